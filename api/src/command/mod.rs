//! What the `api` program can be told to do.
mod admin;
mod agreements;
mod audit;
mod breaks;
mod draw;
mod keys;
mod lifecycle;
mod migrate;
mod serve;

use std::path::PathBuf;

use shared::config::Wrong;

/// How to call it.
pub const USAGE: &str = "\
usage: api [serve]                 serve HTTP
       api migrate                 bring the schema and the seeded reference tables up to date
       api agreements BUREAU [FILE] register partners and memoranda of that bureau: ours, or of a CSV file
       api admin create LOGIN      create the first administrator; the password comes on standard input
       api audit-ledger            prove the books: accounts, differences, and one line of JSON
       api draw DECL_NO            repeat a draw from what is stored, and compare
       api openapi                 print the contract
       api openapi --against FILE  tell what of an earlier contract this one breaks
       api lifecycle DIR           write the state diagrams
       api rules DIR               write the catalogue of rules and the list of fields
       api keys NAME DIR           make an Ed25519 key pair: NAME.pem and NAME.pub.pem";

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    Serve,
    Migrate,
    Agreements { bureau: String, file: Option<PathBuf> },
    CreateAdmin { login: String },
    AuditLedger,
    Draw { decl_no: String },
    OpenApi,
    Breaks { earlier: PathBuf },
    Lifecycle { folder: PathBuf },
    Rules { folder: PathBuf },
    Keys { name: String, folder: PathBuf },
}

/// How it can end other than well.
#[derive(Debug)]
pub enum Ended {
    /// The settings are wrong, all of them named.
    Wrong(Wrong),
    Failed(anyhow::Error),
}

impl From<Wrong> for Ended {
    fn from(wrong: Wrong) -> Self {
        Self::Wrong(wrong)
    }
}

impl From<anyhow::Error> for Ended {
    fn from(error: anyhow::Error) -> Self {
        Self::Failed(error)
    }
}

impl Command {
    /// Reads the arguments; `None` if they are not what [`USAGE`] says.
    #[must_use]
    pub fn parse(arguments: &[String]) -> Option<Self> {
        let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
        Some(match words[..] {
            [] | ["serve"] => Self::Serve,
            ["migrate"] => Self::Migrate,
            ["agreements", bureau] => Self::Agreements { bureau: bureau.to_owned(), file: None },
            ["agreements", bureau, file] => {
                Self::Agreements { bureau: bureau.to_owned(), file: Some(file.into()) }
            }
            ["admin", "create", login] => Self::CreateAdmin { login: login.to_owned() },
            ["audit-ledger"] => Self::AuditLedger,
            ["draw", decl_no] => Self::Draw { decl_no: decl_no.to_owned() },
            ["openapi"] => Self::OpenApi,
            ["openapi", "--against", file] => Self::Breaks { earlier: file.into() },
            ["lifecycle", folder] => Self::Lifecycle { folder: folder.into() },
            ["rules", folder] => Self::Rules { folder: folder.into() },
            ["keys", name, folder] => Self::Keys { name: name.to_owned(), folder: folder.into() },
            _ => return None,
        })
    }

    /// Does it. `env` is the only way to the environment.
    pub async fn run(self, env: fn(&str) -> Option<String>) -> Result<(), Ended> {
        match self {
            Self::Serve => serve::run(env).await?,
            Self::Migrate => migrate::run(env).await?,
            Self::Agreements { bureau, file } => agreements::run(env, &bureau, file).await?,
            Self::CreateAdmin { login } => admin::create(env, &login).await?,
            Self::AuditLedger => audit::run(env).await?,
            Self::Draw { decl_no } => draw::run(env, &decl_no).await?,
            Self::OpenApi => println!("{}", crate::openapi_json()),
            Self::Breaks { earlier } => breaks::tell(&earlier)?,
            Self::Lifecycle { folder } => lifecycle::write(&folder)?,
            Self::Rules { folder } => lifecycle::write_rules(&folder)?,
            Self::Keys { name, folder } => keys::make(&name, &folder)?,
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Option<Command> {
        Command::parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn without_a_word_it_serves() {
        assert_eq!(parse(""), Some(Command::Serve));
        assert_eq!(parse("serve"), Some(Command::Serve));
    }

    #[test]
    fn what_it_does_not_know_it_does_not_guess() {
        assert_eq!(parse("admin create"), None);
        assert_eq!(parse("migrate now"), None);
        assert_eq!(parse("help"), None);
    }
}

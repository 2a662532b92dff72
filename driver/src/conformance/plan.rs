//! What the kit is asked to do.
use std::path::PathBuf;

pub(crate) const USAGE: &str = "\
driver conformance --against URL --as FILE        the bureau and its keys, as --new made them
driver conformance --new FILE --bureau CODE       makes keys for the tester
driver conformance --url URL --admin-password-file FILE …   (a private Anyport, as `cargo xtask conformance` calls it)";

/// Which implementation is looked at, and who we are to it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Plan {
    /// One that has entered us as a partner.
    Against { url: String, file: PathBuf },
    /// An Anyport of our own: its administrator enters us now.
    Private { url: String, password_file: PathBuf },
    /// None yet: make keys.
    New { file: PathBuf, bureau: String },
}

impl Plan {
    /// Reads the command line; the error says what is wrong with it.
    pub(crate) fn parse(given: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut given = given.into_iter();
        let mut flags = Vec::new();
        while let Some(flag) = given.next() {
            let value = given.next().ok_or_else(|| format!("{flag} wants a value"))?;
            flags.push((flag, value));
        }
        let mut take = |name: &str| {
            let at = flags.iter().position(|(flag, _)| flag == name)?;
            Some(flags.remove(at).1)
        };
        let plan = if let Some(url) = take("--against") {
            let file = take("--as").ok_or("--as is missing: the file of the tester's keys")?.into();
            Self::Against { url, file }
        } else if let Some(file) = take("--new") {
            let bureau = take("--bureau").ok_or("--bureau is missing")?;
            if bureau.len() != 6 || !bureau.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(format!("--bureau wants six digits, not {bureau}"));
            }
            Self::New { file: file.into(), bureau }
        } else {
            // What every command of the driver is given.
            let _ = (take("--keys-dir"), take("--run"));
            let url = take("--url").ok_or("--against is missing")?;
            let password_file =
                take("--admin-password-file").ok_or("--admin-password-file is missing")?;
            Self::Private { url, password_file: password_file.into() }
        };
        match flags.first() {
            None => Ok(plan),
            Some((flag, _)) => Err(format!("{flag} is not known here")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Plan, String> {
        Plan::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn wrong_use_is_explained() {
        let (url, file) = ("http://h".to_owned(), "k".into());
        assert_eq!(parsed("--against http://h --as k").unwrap(), Plan::Against { url, file });
        for (line, why) in [
            ("", "--against is missing"),
            ("--against http://h", "--as is missing: the file of the tester's keys"),
            ("--new k --bureau 99", "--bureau wants six digits, not 99"),
            ("--new k --bureau 990000 --loud yes", "--loud is not known here"),
            ("--new", "--new wants a value"),
        ] {
            assert_eq!(parsed(line).unwrap_err(), why, "{line}");
        }
    }
}

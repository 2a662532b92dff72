//! Our own programs: what they are told, and how they are run.
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::{
    account::{Account, run},
    part::{Part, Recipe},
    patiently,
    plan::Plan,
};
use crate::keys::random_hex;

const ADMINISTRATOR: &str = "admin";
const BANK: &str = "SANDBOX";
/// Seconds for which a bureau that cannot be reached is left alone at most: a run has no time for five minutes.
const LONGEST_PAUSE: &str = "10";
/// The first day of the seeded reference data; draw keys must reach as far back.
const FIRST_DAY: &str = "2004-04-01";

/// What all programs of one bureau are told; each reads those settings that it knows.
pub(super) struct Settings<'a> {
    pub(super) plan: &'a Plan,
    /// Who it is to other bureaus.
    pub(super) bureau: &'static str,
    /// Its keys, its administrator's password, its bank's books.
    pub(super) folder: &'a Path,
    pub(super) redis_url: String,
    /// Where callers find it.
    pub(super) front: u16,
    /// Where it finds its bank, and the bank finds it.
    pub(super) bank: u16,
    pub(super) callback: u16,
}

/// One program.
pub(super) struct Program<'a> {
    /// Of what name it is built.
    pub(super) file: &'static str,
    pub(super) name: &'static str,
    pub(super) database_url: &'a str,
    /// Where it listens.
    pub(super) port: u16,
}

impl Settings<'_> {
    /// Makes the folders and all keys of a bureau.
    pub(super) fn make_keys(&self) -> anyhow::Result<()> {
        for name in ["keys", "keys/token", "keys/exchange", "keys/webhook"] {
            Account::default().folder(&self.folder.join(name))?;
        }
        let keys = self.folder.join("keys");
        let wanted = [
            ("token-0001", "token"),
            ("exchange-0001", "exchange"),
            ("webhook-0001", "webhook"),
            ("anyport", "."),
            ("bank", "."),
        ];
        for (name, place) in wanted {
            let mut make = Account::default().command(self.plan.programs.join("api"));
            run(make.args(["keys", name]).arg(keys.join(place)))?;
        }
        // The folders of signing keys hold private keys alone.
        fs::remove_file(keys.join("token/token-0001.pub.pem"))?;
        fs::remove_file(keys.join("exchange/exchange-0001.pub.pem"))?;
        fs::write(keys.join("draw.keys"), format!("{FIRST_DAY} draw-0001 {}\n", random_hex(32)))?;
        Ok(())
    }

    /// Brings a database up to date, and makes the first administrator.
    pub(super) fn migrate(&self, database_url: &str) -> anyhow::Result<()> {
        let migrate = Program { file: "api", name: "migrate", database_url, port: self.front };
        self.finish(&migrate, &["migrate"], "")?;
        let password = random_hex(16);
        fs::write(password_file(self.folder), &password)?;
        self.finish(&migrate, &["admin", "create", ADMINISTRATOR], &password)
    }

    /// Starts a program that goes on.
    pub(super) fn start(&self, program: &Program<'_>) -> anyhow::Result<Part> {
        let mut recipe = self.recipe(program);
        if program.file == "api" {
            recipe.args.push("serve".into());
        }
        let part = Part::new(recipe);
        part.start()?;
        Ok(part)
    }

    /// Runs a program to its end, which must be a good one.
    fn finish(&self, program: &Program<'_>, args: &[&str], input: &str) -> anyhow::Result<()> {
        let recipe = self.recipe(program);
        let mut command: Command = recipe.account.command(&recipe.program);
        command.args(args).env_clear().envs(recipe.env).stdin(Stdio::piped());
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            std::io::Write::write_all(&mut stdin, input.as_bytes())?;
        }
        let ended = child.wait_with_output()?;
        let said = String::from_utf8_lossy(&ended.stderr);
        anyhow::ensure!(ended.status.success(), "api {}: {}", args.join(" "), said.trim());
        Ok(())
    }

    fn recipe(&self, program: &Program<'_>) -> Recipe {
        let plan = self.plan;
        let loopback = |port: u16| format!("127.0.0.1:{port}");
        let web = |port: u16| format!("http://{}", loopback(port));
        let key = |name: &str| self.folder.join("keys").join(name).display().to_string();
        let env = vec![
            ("ANYPORT_MODE", "test".into()),
            ("ANYPORT_CLOCK_FILE", clock_file(plan).display().to_string()),
            ("DATABASE_URL", program.database_url.to_owned()),
            ("REDIS_URL", self.redis_url.clone()),
            ("ANYPORT_BIND", loopback(program.port)),
            ("ANYPORT_WORKER_BIND", loopback(program.port)),
            ("ANYPORT_PUBLIC_URL", web(self.front)),
            ("ANYPORT_TOKEN_KEYS", key("token")),
            ("ANYPORT_BUREAU", self.bureau.into()),
            ("ANYPORT_EXCHANGE_KEYS", key("exchange")),
            ("ANYPORT_WEBHOOK_KEYS", key("webhook")),
            ("ANYPORT_EXCHANGE_LONGEST_PAUSE", LONGEST_PAUSE.into()),
            ("ANYPORT_DRAW_KEYS", key("draw.keys")),
            ("ANYPORT_BANK_CODE", BANK.into()),
            ("ANYPORT_BANK_URL", web(self.bank)),
            ("ANYPORT_BANK_PUBLIC_KEY", key("bank.pub.pem")),
            ("ANYPORT_BANK_SIGNING_KEY", key("anyport.pem")),
            ("SANDBOX_BIND", loopback(program.port)),
            ("SANDBOX_STATE", self.folder.join("bank.state").display().to_string()),
            ("SANDBOX_SIGNING_KEY", key("bank.pem")),
            ("SANDBOX_CLIENT_PUBLIC_KEY", key("anyport.pub.pem")),
            ("SANDBOX_CALLBACK_URL", format!("{}/v1/bank/callback", web(self.callback))),
        ];
        Recipe {
            name: program.name.into(),
            program: plan.programs.join(program.file),
            args: Vec::new(),
            env,
            account: Account::default(),
            log: plan.log(program.name),
            farewell: "TERM",
        }
    }
}

/// Waits until programs give their first good answer.
pub(super) async fn all_answer<'a>(
    doors: impl IntoIterator<Item = (u16, &'static str, &'a Part)>,
) -> anyhow::Result<()> {
    for (port, path, part) in doors {
        let url = format!("http://127.0.0.1:{port}{path}");
        let ask = async || anyhow::Ok(reqwest::get(&url).await?.error_for_status()?);
        patiently(&format!("{} is ready", part.name()), part, ask).await?;
    }
    Ok(())
}

pub(super) fn password_file(folder: &Path) -> PathBuf {
    folder.join("admin.password")
}

/// The offset of the clock by which all bureaus live.
pub(super) fn clock_file(plan: &Plan) -> PathBuf {
    plan.folder.join("clock")
}

//! The town's Redis: append-only file, a password of its own.
use std::{fs, os::unix::fs::PermissionsExt as _, path::PathBuf, time::Duration};

use anyhow::Context as _;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use super::{
    part::{Part, Recipe},
    patiently,
    plan::Plan,
};
use crate::keys::random_hex;

/// A redis-server that is being served.
pub(crate) struct Redis {
    pub(crate) part: Part,
    pub(super) port: u16,
    pub(crate) disk: PathBuf,
    password: String,
}

impl Redis {
    pub(super) async fn start(
        plan: &Plan,
        name: &'static str,
        disk: PathBuf,
        port: u16,
    ) -> anyhow::Result<Self> {
        let password = random_hex(16);
        // The settings go into a file: a password on the command line is everybody's.
        let settings = disk.join("redis.conf");
        let text = format!(
            "bind 127.0.0.1\nport {port}\nrequirepass {password}\ndir \"{}\"\ndaemonize no\nappendonly yes\n\
             appendfsync everysec\nsave \"\"\nmaxmemory-policy noeviction\n",
            disk.display()
        );
        fs::write(&settings, text)?;
        fs::set_permissions(&settings, fs::Permissions::from_mode(0o600))?;
        plan.account.own(&settings)?;
        let server = Part::new(Recipe {
            name: name.into(),
            program: plan.redis.clone(),
            args: vec![settings.into()],
            env: Vec::new(),
            account: plan.account,
            log: plan.log(name),
            farewell: "TERM",
        });
        server.start()?;
        let redis = Self { part: server, port, disk, password };
        patiently("Redis answers", &redis.part, || redis.ask("PING")).await?;
        Ok(redis)
    }

    /// Its address through `port`: its own, or that of a proxy.
    pub(crate) fn url(&self, port: u16) -> String {
        format!("redis://:{}@127.0.0.1:{port}/", self.password)
    }

    /// Takes away everything it would remember. Only while it is stopped.
    pub(crate) fn forget(&self) {
        let _ = fs::remove_dir_all(self.disk.join("appendonlydir"));
    }

    /// One command, and what it answers, past all proxies.
    pub(crate) async fn ask(&self, command: &str) -> anyhow::Result<String> {
        let question = format!("AUTH {}\r\n{command}\r\nQUIT\r\n", self.password);
        let answer = async {
            let mut line = TcpStream::connect(("127.0.0.1", self.port)).await?;
            line.write_all(question.as_bytes()).await?;
            let mut answer = String::new();
            line.read_to_string(&mut answer).await?;
            anyhow::Ok(answer)
        };
        let answer = timeout(Duration::from_secs(2), answer).await.context("Redis is silent")??;
        let answer = answer.strip_prefix("+OK\r\n").context("Redis does not know us")?;
        anyhow::ensure!(!answer.starts_with('-'), "{}", answer.trim());
        Ok(answer.to_owned())
    }
}

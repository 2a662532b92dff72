//! A Redis of one test alone: it may be killed, emptied and left away.
use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use super::{
    eventually,
    program::{Program, free_port},
};

/// A redis-server on a port of its own.
pub struct Redis {
    port: u16,
    folder: PathBuf,
    program: Option<Program>,
}

impl Redis {
    pub(super) async fn start(folder: &Path) -> Self {
        let mut redis = Self { port: free_port(), folder: folder.to_owned(), program: None };
        redis.back().await;
        redis
    }

    /// Starts (again), empty.
    pub async fn back(&mut self) {
        let mut command = Command::new("redis-server");
        command.current_dir(&self.folder).args(["--bind", "127.0.0.1", "--save", ""]);
        command.args(["--appendonly", "no", "--port", &self.port.to_string()]);
        let log = self.folder.join("redis.log");
        self.program = Some(Program::start("redis-server", &mut command, &log));
        eventually("Redis answers", async || self.ask("PING").is_ok_and(|pong| pong == "+PONG"))
            .await;
    }

    /// Kills it with -9.
    pub fn kill(&mut self) {
        if let Some(mut program) = self.program.take() {
            program.kill();
        }
    }

    /// Forgets everything.
    pub fn empty(&self) {
        assert_eq!(self.ask("FLUSHALL").unwrap(), "+OK");
    }

    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    /// One command, and the first line of its answer.
    fn ask(&self, command: &str) -> std::io::Result<String> {
        let mut line = TcpStream::connect(("127.0.0.1", self.port))?;
        line.set_read_timeout(Some(Duration::from_secs(5)))?;
        line.write_all(format!("{command}\r\n").as_bytes())?;
        let mut answer = [0; 64];
        let count = line.read(&mut answer)?;
        let answer = String::from_utf8_lossy(&answer[..count]).into_owned();
        Ok(answer.lines().next().unwrap_or_default().to_owned())
    }
}

//! Programs of others: where they are, and how they are run.
use std::{
    ffi::OsStr,
    fs::{self, File},
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use tokio::{process::Command, time::timeout};

use super::Plan;

/// Where things are.
pub(super) struct Place {
    root: PathBuf,
    tools: PathBuf,
    logs: PathBuf,
    pub(super) annotations: PathBuf,
}

impl Place {
    pub(super) fn open(plan: &Plan) -> anyhow::Result<Self> {
        let logs = plan.tools.join("log");
        fs::create_dir_all(&logs).with_context(|| format!("creating {}", logs.display()))?;
        let (root, tools) = (plan.root.clone(), plan.tools.clone());
        Ok(Self { root, tools, logs, annotations: plan.annotations.clone() })
    }

    /// A file of the checkout.
    pub(super) fn source(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// A file that is made here.
    pub(super) fn made(&self, name: &str) -> PathBuf {
        self.tools.join(name)
    }

    /// A program of the Python environment.
    pub(super) fn python(&self, name: &str) -> PathBuf {
        self.tools.join("python/bin").join(name)
    }

    /// A program of Node's packages in a folder of the checkout.
    pub(super) fn node(&self, folder: &str, name: &str) -> PathBuf {
        self.root.join(folder).join("node_modules/.bin").join(name)
    }

    /// What a program said when it ran.
    pub(super) fn log(&self, name: &str) -> PathBuf {
        self.logs.join(format!("{name}.log"))
    }

    /// Runs a program to its end, at most that long; what it says goes to a log of that name.
    pub(super) async fn run(
        &self,
        name: &str,
        command: &mut Command,
        patience: Duration,
    ) -> anyhow::Result<bool> {
        let path = self.log(name);
        let log = File::create(&path).with_context(|| format!("creating {}", path.display()))?;
        let begun = Instant::now();
        let child = command
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .kill_on_drop(true)
            .spawn();
        let mut child = child.with_context(|| format!("starting {name}"))?;
        let ended = timeout(patience, child.wait()).await;
        let (is_well, word) = match ended {
            Ok(status) if status.as_ref().is_ok_and(std::process::ExitStatus::success) => {
                (true, "ok")
            }
            Ok(_) => (false, "FAILED"),
            Err(_) => (false, "TOO SLOW"),
        };
        println!("{name:<28} {:>6.1} s  {word}", begun.elapsed().as_secs_f64());
        if !is_well {
            eprintln!("{}", last_words(&path));
        }
        Ok(is_well)
    }
}

/// A program with its arguments.
pub(super) fn command<A: AsRef<OsStr>>(
    program: impl AsRef<OsStr>,
    args: impl IntoIterator<Item = A>,
) -> Command {
    let mut command = Command::new(program);
    command.args(args);
    command
}

fn last_words(log: &Path) -> String {
    let said = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<_> = said.lines().collect();
    let last = &lines[lines.len().saturating_sub(15)..];
    format!("driver: the end of {}:\n{}", log.display(), last.join("\n"))
}

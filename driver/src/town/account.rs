//! The user that runs Postgres and Redis, and programs that end with the driver.
use std::{
    ffi::OsStr,
    fs,
    os::unix::{
        fs::{DirBuilderExt as _, chown},
        process::CommandExt as _,
    },
    path::Path,
    process::Command,
};

use anyhow::Context as _;

/// Ourselves, or another user by number: Postgres refuses to be root.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Account(Option<(u32, u32)>);

impl Account {
    /// `106:113`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (user, group) = text.split_once(':')?;
        Some(Self(Some((user.parse().ok()?, group.parse().ok()?))))
    }

    /// A program of this user that the kernel kills when the driver dies, however that happens.
    pub(crate) fn command(self, program: impl AsRef<OsStr>) -> Command {
        let mut command = if Path::new("/usr/bin/setpriv").exists() {
            let mut command = Command::new("/usr/bin/setpriv");
            command.args(["--pdeathsig", "KILL", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        if let Self(Some((user, group))) = self {
            command.uid(user).gid(group);
        }
        command
    }

    /// A folder of this user's alone.
    pub(crate) fn folder(self, path: &Path) -> anyhow::Result<()> {
        let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
        made.with_context(|| format!("creating {}", path.display()))?;
        self.own(path)
    }

    /// Gives a file or folder to this user.
    pub(crate) fn own(self, path: &Path) -> anyhow::Result<()> {
        let Self(Some((user, group))) = self else { return Ok(()) };
        chown(path, Some(user), Some(group)).with_context(|| format!("owning {}", path.display()))
    }

    /// A small disk of this user's in memory, mounted where only this process and its children see it.
    pub(crate) fn mount(self, path: &Path, megabytes: u64) -> anyhow::Result<()> {
        let (user, group) = self.0.unwrap_or_default();
        let options = format!("size={megabytes}m,uid={user},gid={group},mode=0700");
        run(Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(path))
    }
}

/// Runs a short program that must succeed.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<()> {
    let program = command.get_program().to_owned();
    let output = command.output().with_context(|| program.display().to_string())?;
    let said = String::from_utf8_lossy(&output.stderr);
    anyhow::ensure!(output.status.success(), "{}: {}", program.display(), said.trim());
    Ok(())
}

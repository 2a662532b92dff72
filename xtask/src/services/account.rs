//! The user that runs the services. Postgres refuses to be root.

use std::os::unix::fs::chown;
use std::path::Path;

use crate::leash::Task;
use crate::outcome::{Doing, Stop};
use crate::site::{is_root, output_of, program};

/// Ourselves, or another user whose programs root starts.
pub enum Account {
    Own,
    Other { name: String, user: u32, group: u32 },
}

impl Account {
    /// As root: `postgres` where it exists, else a system user `anyport`, made if need be.
    pub fn choose() -> Result<Self, Stop> {
        if !is_root() {
            return Ok(Self::Own);
        }
        if let Some(found) = ["postgres", "anyport"].into_iter().find_map(Self::named) {
            return Ok(found);
        }
        output_of("useradd", &["--system", "--no-create-home", "--shell", "/bin/false", "anyport"]);
        Self::named("anyport").or_else(|| Self::named("nobody")).ok_or_else(|| {
            Stop::Impossible(
                "PostgreSQL does not run as root and there is no other user: create the user `postgres`"
                    .into(),
            )
        })
    }

    fn named(name: &str) -> Option<Self> {
        let id = |kind| output_of("id", &[kind, name])?.parse().ok();
        Some(Self::Other { name: name.into(), user: id("-u")?, group: id("-g")? })
    }

    /// A task run by this user.
    pub fn task(&self, label: &str, file: &Path) -> Result<Task, Stop> {
        let Self::Other { name, user, group } = self else { return Ok(Task::new(label, file)) };
        if let Some(setpriv) = program("setpriv") {
            return Ok(Task::new(label, setpriv)
                .args([format!("--reuid={user}"), format!("--regid={group}")])
                .args(["--clear-groups", "--"])
                .arg(file));
        }
        let Some(runuser) = program("runuser") else {
            return Err(Stop::Impossible(
                "neither `setpriv` nor `runuser` is here: install util-linux".into(),
            ));
        };
        Ok(Task::new(label, runuser).args(["-u", name, "--"]).arg(file))
    }

    /// Gives a file or folder to this user.
    pub fn own(&self, path: &Path) -> Result<(), Stop> {
        match self {
            Self::Own => Ok(()),
            Self::Other { user, group, .. } => {
                chown(path, Some(*user), Some(*group)).doing(path.display())
            }
        }
    }

    /// A folder of this user's alone.
    pub fn folder(&self, path: &Path) -> Result<(), Stop> {
        use std::os::unix::fs::PermissionsExt;

        std::fs::create_dir_all(path).doing(path.display())?;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700))
            .doing(path.display())?;
        self.own(path)
    }
}

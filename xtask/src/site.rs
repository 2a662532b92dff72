//! Where things are: the checkout, the build folder, the data folder, the programs.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::outcome::{Doing, Stop};

/// The folder for data inside the checkout; ignored by git.
const DATA: &str = ".data";

/// The checkout this xtask works for.
pub struct Site {
    pub root: PathBuf,
    pub target: PathBuf,
}

impl Site {
    /// Finds the checkout from cargo's word, else from the current folder upwards.
    pub fn find() -> Result<Self, Stop> {
        let start = match setting("CARGO_MANIFEST_DIR") {
            Some(manifest) => PathBuf::from(manifest),
            None => std::env::current_dir()?,
        };
        let root = start
            .ancestors()
            .find(|folder| folder.join("xtask/Cargo.toml").is_file())
            .ok_or_else(|| Stop::Usage("run this inside a checkout of Anyport".into()))?
            .to_path_buf();
        let target = match setting("CARGO_TARGET_DIR") {
            Some(folder) => std::path::absolute(folder)?,
            None => root.join("target"),
        };
        Ok(Self { root, target })
    }

    /// The folder that keeps data, keys and logs, made if need be: `.data` in the checkout, unless
    /// the unprivileged user that runs Postgres could not reach it there.
    pub fn home(&self) -> Result<PathBuf, Stop> {
        let inside = self.root.join(DATA);
        if self.is_usable(&inside) && private_folder(&inside, 0o755).is_ok() {
            return Ok(inside);
        }
        let key = hash(&format!("{} {}", self.root.display(), user_id()));
        let outside = PathBuf::from(format!("/var/tmp/anyport-{key:016x}"));
        private_folder(&outside, 0o755).doing(outside.display())?;
        Ok(outside)
    }

    fn is_usable(&self, inside: &Path) -> bool {
        let ours = fs::metadata(inside).map_or(true, |found| found.uid() == user_id());
        ours && (!is_root() || is_open_to_others(&self.root))
    }

    /// A cargo command that runs in the checkout.
    pub fn cargo(&self, args: &[&str]) -> crate::leash::Task {
        let cargo = setting("CARGO").unwrap_or_else(|| "cargo".into());
        crate::leash::Task::new("cargo", cargo).args(args).folder(&self.root)
    }
}

/// Reads the environment. The applications have `shared::config` for this; xtask knows none of them.
pub fn setting(name: &str) -> Option<String> {
    std::env::var_os(name)?.into_string().ok().filter(|value| !value.is_empty())
}

/// Makes a folder of ours, or accepts one that is ours already. Anything else is refused: under
/// /var/tmp somebody else could have laid it there.
pub fn private_folder(path: &Path, mode: u32) -> std::io::Result<()> {
    match fs::DirBuilder::new().mode(mode).create(path) {
        // Said again because a strict umask may have taken bits away.
        Ok(()) => fs::set_permissions(path, fs::Permissions::from_mode(mode)),
        Err(error) => match fs::symlink_metadata(path) {
            Ok(found) if found.is_dir() && found.uid() == user_id() => Ok(()),
            Ok(_) => Err(std::io::Error::other("exists and belongs to somebody else")),
            Err(_) => Err(error),
        },
    }
}

/// The effective user of this process.
pub fn user_id() -> u32 {
    fs::metadata("/proc/self").map_or(u32::MAX, |found| found.uid())
}

pub fn is_root() -> bool {
    user_id() == 0
}

/// Whether every folder down to this one lets other users pass.
pub fn is_open_to_others(folder: &Path) -> bool {
    folder.ancestors().all(|part| fs::metadata(part).is_ok_and(|found| found.mode() & 0o001 != 0))
}

/// The path of a program on the search path.
pub fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| is_program(file))
}

pub fn is_program(file: &Path) -> bool {
    fs::metadata(file).is_ok_and(|found| found.is_file() && found.mode() & 0o111 != 0)
}

/// The standard output of a short program that succeeded.
pub fn output_of(program: impl AsRef<OsStr>, args: &[&str]) -> Option<String> {
    let output = Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// FNV-1a: the same name for the same checkout, whatever compiler built this.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrets;

    #[test]
    fn a_closed_parent_closes_the_whole_path() {
        let top = std::env::temp_dir().join(format!("anyport-{}", secrets::hex(8).unwrap()));
        let inner = top.join("a/b");
        fs::create_dir_all(&inner).unwrap();
        let chmod = |mode| fs::set_permissions(&top, fs::Permissions::from_mode(mode)).unwrap();

        chmod(0o755);
        let open = is_open_to_others(&inner) == is_open_to_others(&std::env::temp_dir());
        chmod(0o700);
        let closed = !is_open_to_others(&inner);
        fs::remove_dir_all(&top).unwrap();

        assert!(open && closed);
    }

    #[test]
    fn the_name_of_a_checkout_never_changes() {
        assert_eq!(hash(""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(hash("a"), 0xaf63_dc4c_8601_ec8c);
    }
}

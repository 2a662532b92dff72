//! The folder that one running Anyport has for its data, keys and logs.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use crate::outcome::{Doing, Stop};
use crate::secrets;
use crate::site::{Site, private_folder};

/// A folder held by this process alone: kept between runs, or removed at the end.
pub struct Folder {
    path: PathBuf,
    temporary: bool,
    /// Held as long as the folder is in use; the kernel lets go of it however we end.
    _lock: File,
}

impl Folder {
    /// The kept folder of this checkout, unless another xtask is using it.
    pub fn kept(site: &Site) -> Result<Option<Self>, Stop> {
        let path = home(site)?;
        Ok(hold(&path)?.map(|lock| Self { path, temporary: false, _lock: lock }))
    }

    /// A new folder that is removed at the end. Leftovers of killed runs are removed first.
    pub fn temporary(site: &Site) -> Result<Self, Stop> {
        let home = home(site)?;
        let tmp = home.join("tmp");
        private_folder(&tmp, 0o755).doing(tmp.display())?;
        // One at a time: a folder that is being made must not look like a leftover.
        let gate = File::create(home.join("tmp.lock")).doing(home.display())?;
        gate.lock()?;
        sweep(&tmp)?;
        let path = tmp.join(secrets::hex(6)?);
        private_folder(&path, 0o755).doing(path.display())?;
        let lock =
            hold(&path)?.ok_or_else(|| Stop::Failed(format!("{} is locked", path.display())))?;
        Ok(Self { path, temporary: true, _lock: lock })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn is_temporary(&self) -> bool {
        self.temporary
    }

    /// A folder inside that only its owner can read.
    pub fn inner(&self, name: &str) -> Result<PathBuf, Stop> {
        let path = self.path.join(name);
        private_folder(&path, 0o700).doing(path.display())?;
        Ok(path)
    }

    /// The log of one child, empty at the start of a run.
    pub fn log(&self, name: &str) -> Result<PathBuf, Stop> {
        let file = self.inner("log")?.join(format!("{name}.log"));
        File::create(&file).doing(file.display())?;
        Ok(file)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.temporary {
            let _ = fs::remove_dir_all(&self.path);
            let _ = self.path.parent().map(fs::remove_dir);
        }
    }
}

/// Says where the data go if that is not where one would look.
fn home(site: &Site) -> Result<PathBuf, Stop> {
    let home = site.home()?;
    if !home.starts_with(&site.root) {
        eprintln!("xtask: .data cannot be used here, everything is in {}", home.display());
    }
    Ok(home)
}

fn hold(path: &Path) -> Result<Option<File>, Stop> {
    let name = path.join("lock");
    let lock = File::create(&name).doing(name.display())?;
    match lock.try_lock() {
        Ok(()) => Ok(Some(lock)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

fn sweep(tmp: &Path) -> Result<(), Stop> {
    for entry in fs::read_dir(tmp).doing(tmp.display())?.flatten() {
        if hold(&entry.path())?.is_some() {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    Ok(())
}

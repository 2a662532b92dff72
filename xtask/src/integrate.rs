//! `cargo xtask integrate`: what an integrator brings, against a private Anyport: clients generated from the contract,
//! a Postman collection, a tester that makes up requests, and the linters.
//!
//! The tools come from `PyPI` and npm, pinned in `clients/`, into folders that git ignores.

use std::fs;
use std::path::{Path, PathBuf};

use crate::crew::Crew;
use crate::leash::Task;
use crate::outcome::{Doing, Outcome, Stop};
use crate::profile::{self, DEV};
use crate::services;
use crate::site::Site;
use crate::stage::Stage;
use crate::{lint, npm};

/// Programs and files of the system, and the Debian package that has each.
const WANTED: [(&str, &str); 4] = [
    ("python3", "python3-venv"),
    ("npm", "npm"),
    ("javac", "default-jdk-headless"),
    ("/usr/share/java/geronimo-annotation-1.3-spec.jar", "libgeronimo-annotation-1.3-spec-java"),
];

pub fn run(site: &Site, name: &str, args: &[String]) -> Outcome {
    let (profile, mut args) = profile::take(args)?;
    let tools = bring(site)?;
    // What is right or wrong is so at any speed.
    let mut stage = Stage::private(site, profile.unwrap_or(DEV))?;
    let told = |path: &Path| path.display().to_string();
    args.extend(["--tools".into(), told(&tools), "--root".into(), told(&site.root)]);
    args.extend(["--annotations".into(), WANTED[3].0.into()]);
    args.extend(["--sandbox".into(), stage.bank_url()]);
    stage.drive(name, &args)
}

/// Installs what is missing; returns the folder with the virtual environment.
fn bring(site: &Site) -> Result<PathBuf, Stop> {
    let mut crew = Crew::default();
    services::bring(&WANTED, &mut crew)?;
    let tools = site.target.join("integrate");
    fs::create_dir_all(&tools).doing(tools.display())?;
    bring_python(&site.root.join("clients/requirements.txt"), &tools, &mut crew)?;
    npm::install(&site.root.join("clients"), &mut crew)?;
    npm::install(&lint::folder(site), &mut crew)?;
    Ok(tools)
}

/// A virtual environment with the packages of that list; made anew when the list changes.
fn bring_python(list: &Path, tools: &Path, crew: &mut Crew) -> Result<(), Stop> {
    let (place, installed) = (tools.join("python"), tools.join("requirements.txt"));
    let wanted = fs::read_to_string(list).doing(list.display())?;
    if fs::read_to_string(&installed).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    eprintln!("xtask: installing Python tools");
    let make = Task::new("venv", "python3").args(["-m", "venv", "--clear"]).arg(&place);
    crew.must(&make, "python3 -m venv")?;
    let install = Task::new("pip", place.join("bin/pip"))
        .args(["install", "--quiet", "--disable-pip-version-check", "-r"])
        .arg(list);
    if !crew.run(&install)?.success() {
        return Err(Stop::Impossible("the Python tools could not be installed (pip)".into()));
    }
    fs::write(&installed, wanted).doing(installed.display())
}

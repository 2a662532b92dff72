//! `cargo xtask sqlx`: the committed descriptions of the checked queries.
//!
//! `api migrate` cannot be used here: it does not compile before `.sqlx` is right. So the
//! migrations are applied as plain SQL, in the order of their names.

use std::fs::{self, File, FileTimes};
use std::path::{Path, PathBuf};

use crate::contract;
use crate::crew::Crew;
use crate::drift::{self, Wish};
use crate::folder::Folder;
use crate::outcome::{Doing, Object, Outcome, Stop, Verdict};
use crate::services;
use crate::site::Site;

/// All SQL lives in this crate, so it alone needs preparing.
const SOURCE: &str = "shared/src/lib.rs";

pub fn run(site: &Site, name: &str, args: &[String]) -> Outcome {
    let wish = Wish::from(name, args)?;
    let folder = Folder::temporary(site)?;
    let mut crew = Crew::default();
    let postgres = services::postgres_alone(site, &folder, &mut crew)?;
    for file in migrations(&site.root)? {
        postgres.apply(&file, &mut crew)?;
    }

    let fresh = folder.inner("sqlx")?;
    describe(site, wish, &postgres.url(), &fresh, &mut crew)?;
    let committed = site.root.join(".sqlx");
    if wish == Wish::Check {
        return Ok(drift::verdict(name, &drift::between(&committed, &fresh)?));
    }
    let files = contract::replace(&fresh, &committed)?;
    Ok(Verdict::Says {
        holds: true,
        line: Object::new().bool("ok", true).number("queries", files).to_string(),
    })
}

/// Compiles the crate against the database; its macros write a file for each query.
fn describe(
    site: &Site,
    wish: Wish,
    database_url: &str,
    fresh: &Path,
    crew: &mut Crew,
) -> Result<(), Stop> {
    let source = site.root.join(SOURCE);
    let before = fs::metadata(&source).and_then(|found| found.modified()).doing(SOURCE)?;
    touch(&source, std::time::SystemTime::now())?;
    let check = site
        .cargo(&["check", "--quiet", "--package", "shared", "--lib"])
        .env("SQLX_OFFLINE", "false")
        .env("SQLX_OFFLINE_DIR", fresh)
        .env("SQLX_TMP", fresh.parent().unwrap_or(fresh))
        .env("DATABASE_URL", database_url);
    let done = crew.must(&check, "the queries do not fit the schema (cargo check -p shared)");
    if wish == Wish::Check {
        // Nothing changed, so nothing else need be compiled again.
        touch(&source, before)?;
    }
    done
}

fn touch(file: &Path, time: std::time::SystemTime) -> Result<(), Stop> {
    let times = FileTimes::new().set_modified(time);
    File::options()
        .append(true)
        .open(file)
        .and_then(|file| file.set_times(times))
        .doing(file.display())
}

fn migrations(root: &Path) -> Result<Vec<PathBuf>, Stop> {
    let folder = root.join("migrations");
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)
        .doing(folder.display())?
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "sql"))
        .collect();
    files.sort();
    Ok(files)
}

//! What `api` tells about itself and the repository keeps: the contract and the state diagrams.

use std::fs;
use std::path::Path;

use crate::crew::Crew;
use crate::drift::{self, Wish};
use crate::leash::Task;
use crate::outcome::{Doing, Object, Outcome, Stop, Verdict};
use crate::secrets;
use crate::site::Site;

/// `cargo xtask openapi`
pub fn openapi(site: &Site, name: &str, args: &[String]) -> Outcome {
    let wish = Wish::from(name, args)?;
    generate(site, name, wish, &site.root.join("openapi"), |api, fresh| {
        api.arg("openapi").output(fresh.join("openapi.json"))
    })
}

/// `cargo xtask lifecycle`
pub fn lifecycle(site: &Site, name: &str, args: &[String]) -> Outcome {
    let wish = Wish::from(name, args)?;
    generate(site, name, wish, &site.root.join("docs/lifecycle"), |api, fresh| {
        api.arg("lifecycle").arg(fresh)
    })
}

/// Lets `api` write into a fresh folder, then compares that with the committed one or puts it there.
fn generate(
    site: &Site,
    name: &str,
    wish: Wish,
    committed: &Path,
    task: impl FnOnce(Task, &Path) -> Task,
) -> Outcome {
    let mut crew = Crew::default();
    crew.must(&site.cargo(&["build", "--quiet", "--package", "api"]), "cargo build")?;

    let fresh = site.target.join(format!("xtask-{}", secrets::hex(6)?));
    fs::create_dir_all(&fresh).doing(fresh.display())?;
    let api = Task::new("api", site.target.join("debug/api"));
    let made = crew.must(&task(api, &fresh), &format!("api {name}"));
    let settled = made.and_then(|()| settle(name, wish, &fresh, committed));
    let _ = fs::remove_dir_all(&fresh);
    settled
}

fn settle(name: &str, wish: Wish, fresh: &Path, committed: &Path) -> Outcome {
    if wish == Wish::Check {
        return Ok(drift::verdict(name, &drift::between(committed, fresh)?));
    }
    let files = replace(fresh, committed)?;
    Ok(Verdict::Says {
        holds: true,
        line: Object::new().bool("ok", true).number("files", files).to_string(),
    })
}

/// Makes the files of one folder those of the other; folders inside are left alone.
pub fn replace(fresh: &Path, committed: &Path) -> Result<u64, Stop> {
    fs::create_dir_all(committed).doing(committed.display())?;
    for entry in fs::read_dir(committed).doing(committed.display())?.flatten() {
        if entry.path().is_file() && !fresh.join(entry.file_name()).exists() {
            fs::remove_file(entry.path()).doing(entry.path().display())?;
        }
    }
    let mut files = 0;
    for entry in fs::read_dir(fresh).doing(fresh.display())?.flatten() {
        let place = committed.join(entry.file_name());
        fs::copy(entry.path(), &place).doing(place.display())?;
        files += 1;
    }
    Ok(files)
}

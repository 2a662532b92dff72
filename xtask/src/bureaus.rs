//! `cargo xtask up --bureaus 3`: a port and two inland bureaus on one machine, each with its own database, Redis
//! database, keys and ports; the driver makes partners of them and does their business.

use std::path::PathBuf;

use crate::anyport::{Anyport, Manner, Ports, password_file};
use crate::crew::Crew;
use crate::folder::Folder;
use crate::leash::Task;
use crate::outcome::{Outcome, Stop};
use crate::services::{self, Services};
use crate::site::Site;
use crate::stage::{self, PACKAGES};

/// The port, Shanghai; then inland Zhejiang and Jiangsu.
const CODES: [&str; 3] = ["310000", "330000", "320000"];

/// Fields are dropped in this order: first the children end, then their folder may go.
pub struct Bureaus {
    crew: Crew,
    all: Vec<Anyport>,
    programs: PathBuf,
    folder: Folder,
}

impl Bureaus {
    /// Brings services, databases and all programs.
    pub fn raise(
        site: &Site,
        folder: Folder,
        ports: [Ports; 3],
        profile: &'static str,
    ) -> Result<Self, Stop> {
        let mut crew = Crew::default();
        let services = services::given_or_private(site, &folder, &mut crew)?;
        let programs = stage::build(site, profile, &PACKAGES, &mut crew)?;
        let databases = Task::new("driver", programs.join("driver"))
            .arg("databases")
            .args(CODES.map(database))
            .env("DATABASE_URL", &services.database_url);
        crew.must(&databases, "driver databases")?;

        let places = folder.inner("bureaus")?;
        let mut all = Vec::new();
        for (at, (bureau, ports)) in CODES.into_iter().zip(ports).enumerate() {
            let place = folder.inner(&format!("bureaus/{bureau}"))?;
            let Services { database_url, redis_url } = &services;
            let anyport = Anyport {
                bureau,
                place,
                // What one agrees to do today the other does today: the clock is moved for all of them.
                clock: places.join("clock"),
                programs: programs.clone(),
                ports,
                manner: Manner::ForUse(profile),
                database_url: with_last(database_url, &database(bureau)),
                redis_url: with_last(redis_url, &(at + 1).to_string()),
            };
            anyport.raise(&mut crew)?;
            all.push(anyport);
        }
        Ok(Self { crew, all, programs, folder })
    }

    /// Says where everything is.
    pub fn tell(&self) {
        for one in &self.all {
            eprintln!(
                "xtask: bureau {} is at {}; its keys and logs are in {}, its administrator's password in {}",
                one.bureau,
                one.url(),
                one.place.display(),
                password_file(&one.place).display()
            );
        }
    }

    pub fn urls(&self) -> String {
        self.all.iter().map(Anyport::url).collect::<Vec<_>>().join(", ")
    }

    /// Makes them partners, and runs the business between them; the story and the report are the driver's.
    pub fn drive(&mut self) -> Outcome {
        let run = stage::next_run(self.folder.path())?.to_string();
        let mut task = Task::new("driver", self.programs.join("driver"))
            .args(["bureaus", "--run", &run].map(String::from));
        for one in &self.all {
            let words = format!("{},{},{}", one.bureau, one.url(), one.place.display());
            task = task.arg("--bureau").arg(words);
        }
        stage::narrate(&task, &mut self.crew)
    }

    pub fn serve(&mut self) -> Result<(), Stop> {
        self.crew.serve()
    }
}

fn database(bureau: &str) -> String {
    format!("anyport_{bureau}")
}

/// The same address with another last part: `…/anyport` becomes `…/anyport_330000`.
fn with_last(url: &str, last: &str) -> String {
    let (place, options) = match url.split_once('?') {
        Some((place, options)) => (place, format!("?{options}")),
        None => (url, String::new()),
    };
    let host = place.find("://").map_or(0, |at| at + 3);
    let server = place[host..].find('/').map_or(place, |at| &place[..host + at]);
    format!("{server}/{last}{options}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_bureau_has_a_database_of_its_own_on_the_same_server() {
        let socket = "postgres://anyport@%2Ftmp%2Fx:5432/anyport?options=a/b";
        assert_eq!(with_last(socket, "b"), "postgres://anyport@%2Ftmp%2Fx:5432/b?options=a/b");
        assert_eq!(with_last("redis://:p@127.0.0.1:6379/", "2"), "redis://:p@127.0.0.1:6379/2");
        assert_eq!(with_last("redis://127.0.0.1", "1"), "redis://127.0.0.1/1");
    }
}

//! `cargo xtask up --bureaus 3`: a port and two inland bureaus on one machine, each with its own database, Redis
//! database, keys and ports; the driver makes partners of them and does their business. `cargo xtask partition` puts
//! each into a network of its own.

use std::path::PathBuf;

use crate::anyport::{Anyport, Manner, Ports, Seat, password_file};
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
    /// Brings services and programs for bureaus that stand side by side on this machine.
    pub fn side_by_side(
        site: &Site,
        folder: Folder,
        ports: [Ports; 3],
        profile: &'static str,
    ) -> Result<Self, Stop> {
        let mut crew = Crew::default();
        let services = services::given_or_private(site, &folder, &mut crew)?;
        stage::build(site, profile, &PACKAGES, &mut crew)?;
        Self::raise(site, folder, ports.map(Seat::here), profile, (services, crew))
    }

    /// Brings the databases, and starts all programs, which are built.
    pub fn raise(
        site: &Site,
        folder: Folder,
        seats: [Seat; 3],
        profile: &'static str,
        (services, mut crew): (Services, Crew),
    ) -> Result<Self, Stop> {
        let programs = stage::programs(site, profile);
        let databases = Task::new("driver", programs.join("driver"))
            .arg("databases")
            .args(CODES.map(database))
            .env("DATABASE_URL", &services.database_url);
        crew.must(&databases, "driver databases")?;

        let places = folder.inner("bureaus")?;
        let mut all = Vec::new();
        for (at, (bureau, seat)) in CODES.into_iter().zip(seats).enumerate() {
            let place = folder.inner(&format!("bureaus/{bureau}"))?;
            let Services { database_url, redis_url } = &services;
            let anyport = Anyport {
                bureau,
                place,
                // What one agrees to do today the other does today: the clock is moved for all of them.
                clock: places.join("clock"),
                programs: programs.clone(),
                seat,
                manner: Manner::ForUse(profile),
                database_url: with_last(database_url, &database(bureau)),
                redis_url: redis_database(redis_url, at + 1),
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
        let task = self.driver("bureaus")?;
        stage::narrate(&task, &mut self.crew)
    }

    /// Makes them partners, and cuts the links between them while they do business.
    pub fn part(&mut self, wishes: &[String]) -> Outcome {
        let mut task = self.driver("partition")?.args(wishes);
        for one in &self.all {
            task = task.arg("--ledger").arg(&one.database_url);
        }
        stage::narrate(&task, &mut self.crew)
    }

    /// The driver, told where each of them is.
    fn driver(&self, name: &str) -> Result<Task, Stop> {
        let run = stage::next_run(self.folder.path())?.to_string();
        let mut task =
            Task::new("driver", self.programs.join("driver")).args([name, "--run", &run]);
        for one in &self.all {
            let words = format!("{},{},{}", one.bureau, one.url(), one.place.display());
            task = task.arg("--bureau").arg(words);
        }
        Ok(task)
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

/// Another database of the same Redis; by a socket it stands among the options.
fn redis_database(url: &str, number: usize) -> String {
    if url.starts_with("redis+unix://") {
        format!("{url}&db={number}")
    } else {
        with_last(url, &number.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_bureau_has_a_database_of_its_own_on_the_same_server() {
        let socket = "postgres://anyport@%2Ftmp%2Fx:5432/anyport?options=a/b";
        assert_eq!(with_last(socket, "b"), "postgres://anyport@%2Ftmp%2Fx:5432/b?options=a/b");
        assert_eq!(redis_database("redis://:p@127.0.0.1:6379/", 2), "redis://:p@127.0.0.1:6379/2");
        assert_eq!(redis_database("redis://127.0.0.1", 1), "redis://127.0.0.1/1");
        assert_eq!(
            redis_database("redis+unix:///r.sock?pass=p", 3),
            "redis+unix:///r.sock?pass=p&db=3"
        );
    }
}

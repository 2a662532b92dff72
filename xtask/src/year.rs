//! `cargo xtask replay-2014`: a private Anyport on whose clock the year begins, and the driver that lets it pass.

use std::fs;
use std::time::SystemTime;

use crate::folder::Folder;
use crate::outcome::{Doing, Outcome, Stop};
use crate::profile::{self, QUICK};
use crate::site::Site;
use crate::stage::Stage;

/// Eight in the morning of 1 January 2014 in Shanghai, in seconds since 1970.
const NEW_YEAR: i64 = 1_388_534_400;

pub fn run(site: &Site, name: &str, args: &[String]) -> Outcome {
    let (profile, mut args) = profile::take(args)?;
    let folder = Folder::temporary(site)?;
    let clock = folder.path().join("clock");
    fs::write(&clock, offset()?.to_string()).doing(clock.display())?;
    let mut stage = Stage::beside(site, folder, profile.unwrap_or(QUICK))?;
    args.extend(["--bank".to_owned(), stage.bank_url()]);
    stage.drive(name, &args)
}

/// Milliseconds from the machine's time to that morning.
fn offset() -> Result<i64, Stop> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let now = now.map_err(|error| Stop::Failed(format!("the machine's clock: {error}")))?;
    let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX / 1000);
    Ok((NEW_YEAR - now) * 1000)
}

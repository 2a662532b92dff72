//! `cargo xtask conformance`: the exchange protocol's cases against a private Anyport, or against any implementation.

use crate::crew::Crew;
use crate::leash::Task;
use crate::outcome::{Outcome, Stop};
use crate::profile::DEV;
use crate::site::Site;
use crate::stage::{self, Stage};

/// What stands alone: no Anyport of ours is needed for it.
const ALONE: [&str; 2] = ["--against", "--new"];

pub fn run(site: &Site, name: &str, args: &[String]) -> Outcome {
    // A check of correctness needs no optimiser.
    let Some(first) = args.first() else {
        return Stage::private(site, DEV)?.drive(name, args);
    };
    if !ALONE.contains(&first.as_str()) {
        let usage =
            "`conformance` wants nothing, --against URL --as FILE, or --new FILE --bureau CODE";
        return Err(Stop::Usage(usage.into()));
    }
    let mut crew = Crew::default();
    let programs = stage::build(site, DEV, &["driver"], &mut crew)?;
    let driver = programs.join("driver");
    stage::narrate(&Task::new("driver", driver).arg(name).args(args), &mut crew)
}

//! Faults as they happen. Each function returns when its fault is over.
use std::{fs, path::Path, process::Command, sync::Arc, time::Duration};

use anyhow::Context as _;
use tokio::time::sleep;

use super::{
    fault::{Fault, Kind, Lengths, Victim},
    hangup,
};
use crate::{
    town::{Between, Neighbour, Part, Town, Weather, run},
    traffic::Callers,
};

/// Where it happens.
pub(super) struct Scene {
    pub(super) town: Arc<Town>,
    pub(super) neighbour: Arc<Neighbour>,
    pub(super) callers: Arc<Callers>,
}

/// Lets it happen.
pub(super) async fn strike(scene: &Scene, fault: &Fault, lengths: Lengths) -> anyhow::Result<()> {
    let Scene { town, neighbour, callers } = scene;
    let victim = |victim| match victim {
        Victim::Api => &town.apis[fault.which],
        Victim::Worker => &town.workers[fault.which],
        Victim::Bank => &town.bank,
        Victim::Redis => &town.redis.part,
        Victim::Postgres => &town.postgres.part,
    };
    match fault.kind {
        Kind::Kill(who) => victim(who).kill(),
        Kind::Freeze(who) => freeze(victim(who), lengths.frozen).await,
        Kind::EmptyRedis => {
            town.redis.part.stop();
            town.redis.forget();
            town.redis.part.start()?;
        }
        Kind::FlushRedis => drop(town.redis.ask("FLUSHALL").await?),
        Kind::StopRedis => {
            town.redis.part.stop();
            sleep(lengths.away).await;
            town.redis.part.start()?;
        }
        Kind::Line(_) => {
            let turn = |weather| {
                town.lines[fault.line].turn(weather);
                if let Some(between) = fault.between {
                    neighbour.turn(between, weather);
                }
            };
            turn(fault.weather);
            sleep(lengths.spoilt).await;
            turn(Weather::Fair);
        }
        Kind::HangUp => hangup::hang_up(town, callers).await?,
        Kind::FullDisk(Victim::Redis) => fill(&town.redis.disk, lengths.full).await?,
        Kind::FullDisk(_) => fill(&town.postgres.disk, lengths.full).await?,
        Kind::MoveClock => move_clock(town, fault.seconds)?,
    }
    Ok(())
}

/// What it is, for the log.
pub(super) fn tell(town: &Town, fault: &Fault) -> String {
    let name = fault.kind.name();
    match fault.kind {
        Kind::Kill(Victim::Api | Victim::Worker) | Kind::Freeze(Victim::Api | Victim::Worker) => {
            format!("{name} {}", fault.which + 1)
        }
        Kind::Line(_) => {
            let (line, weather) = (town.lines[fault.line].name, fault.weather);
            let between = fault.between.map_or("", Between::name);
            format!("{name} {line}{between} {weather:?}")
        }
        Kind::MoveClock => format!("{name} by {} s", fault.seconds),
        _ => name,
    }
}

async fn freeze(part: &Part, time: Duration) {
    part.freeze();
    sleep(time).await;
    part.thaw();
}

/// Moves the clock that all programs of the town share.
pub(super) fn move_clock(town: &Town, seconds: i64) -> anyhow::Result<()> {
    let file = town.clock_file();
    let offset: i64 = fs::read_to_string(file)?.trim().parse().context("the clock's offset")?;
    let next = file.with_extension("next");
    fs::write(&next, (offset + seconds * 1000).to_string())?;
    Ok(fs::rename(next, file)?)
}

/// Makes a disk as small as what is on it, and large again.
async fn fill(disk: &Path, time: Duration) -> anyhow::Result<()> {
    let (size, _) = kilobytes(disk)?;
    // Somebody may write between the look and the deed.
    let mut shrunk = Ok(());
    for _ in 0..20 {
        let (_, used) = kilobytes(disk)?;
        shrunk = resize(disk, used);
        if shrunk.is_ok() {
            break;
        }
    }
    shrunk?;
    sleep(time).await;
    resize(disk, size)
}

fn resize(disk: &Path, kilobytes: u64) -> anyhow::Result<()> {
    let size = format!("remount,size={kilobytes}k");
    run(Command::new("mount").args(["-o", &size]).arg(disk))
}

/// Size of a disk, and how much of it is used.
fn kilobytes(disk: &Path) -> anyhow::Result<(u64, u64)> {
    let output = Command::new("df").args(["-k", "--output=size,used"]).arg(disk).output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let mut numbers = text.split_whitespace().filter_map(|word| word.parse().ok());
    numbers.next().zip(numbers.next()).context("df tells no numbers")
}

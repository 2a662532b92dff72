//! How often the disk can be made to keep something: the limit of everybody who commits one by one.
use std::{
    fs::{self, File},
    io::{Seek as _, SeekFrom, Write as _},
    path::Path,
    time::{Duration, Instant},
};

use super::figures::per_second;

/// Long enough to be a figure, short enough to be taken in every round.
const PROBE: Duration = Duration::from_millis(500);
/// What a page of the write-ahead log holds.
const PAGE: usize = 8192;

/// Flushes in a second, one after the other, of a page that is overwritten in place.
pub(crate) fn flushes_per_second(folder: &Path) -> anyhow::Result<f64> {
    let path = folder.join("flush.probe");
    let mut file = File::create(&path)?;
    let begun = Instant::now();
    let mut count = 0;
    while begun.elapsed() < PROBE {
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&[0; PAGE])?;
        file.sync_data()?;
        count += 1;
    }
    let rate = per_second(count, begun.elapsed());
    fs::remove_file(&path)?;
    Ok(rate)
}

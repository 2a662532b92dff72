//! What the driver is asked to do.
use std::path::PathBuf;

use crate::{bench::Plan, integrate, year};

pub(crate) const USAGE: &str = "\
driver demo        --url URL --admin-password-file FILE --keys-dir DIR --run N
driver pressure    --url URL --admin-password-file FILE --keys-dir DIR --run N
driver replay FILE --url URL --admin-password-file FILE --keys-dir DIR --run N [--profile FILE]
driver replay-2014 --bank URL [--sample PERCENT] --url URL --admin-password-file FILE --keys-dir DIR --run N
driver integrate [smoke] --root DIR --tools DIR --annotations FILE --sandbox URL [--minutes N] (as `cargo xtask integrate` calls it)
driver bench NAME  (as `cargo xtask bench` calls it; see docs/numbers.md)";

/// Flags that stand alone.
const SWITCHES: [&str; 1] = ["--report"];

/// One of the jobs.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Job {
    /// File consignments of our own, see them through, tell their story.
    Demo,
    /// Flood, trickle, guess and contend, and tell who was served and who was not.
    Pressure,
    /// File the imports of a file of consignments, see them through, tell what became of them.
    Replay { file: PathBuf, profile: Option<PathBuf> },
    /// Declare, pay, compare and close a year of days.
    Year(year::Plan),
    /// Try what integrators bring.
    Integrate(integrate::Plan),
    /// Measure.
    Bench(Plan),
}

/// Where, with which keys, and in which run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Args {
    pub(crate) job: Job,
    pub(crate) url: String,
    pub(crate) admin_password_file: PathBuf,
    pub(crate) keys_dir: PathBuf,
    /// Stands in references, bills and D/Os, so that everything can be repeated.
    pub(crate) run: u64,
}

/// Reads the command line; the error says what is wrong with it.
pub(crate) fn parse(given: impl IntoIterator<Item = String>) -> Result<Args, String> {
    let mut given = given.into_iter();
    let (mut words, mut flags) = (Vec::new(), Vec::new());
    while let Some(word) = given.next() {
        if SWITCHES.contains(&word.as_str()) {
            flags.push((word, String::new()));
        } else if word.starts_with("--") {
            let value = given.next().ok_or_else(|| format!("{word} wants a value"))?;
            flags.push((word, value));
        } else {
            words.push(word);
        }
    }
    let mut take = |name: &str| {
        let at = flags.iter().position(|(flag, _)| flag == name)?;
        Some(flags.remove(at).1)
    };
    let profile = take("--profile").map(PathBuf::from);
    let must =
        |value: Option<String>, name: &str| value.ok_or_else(|| format!("{name} is missing"));
    let url = must(take("--url"), "--url")?.trim_end_matches('/').to_owned();
    if !url.starts_with("http://") {
        return Err(format!("--url wants http://…, not {url}"));
    }
    let admin_password_file = must(take("--admin-password-file"), "--admin-password-file")?.into();
    let keys_dir = must(take("--keys-dir"), "--keys-dir")?.into();
    let run = must(take("--run"), "--run")?;
    let run = run.parse().map_err(|_| format!("--run wants a number, not {run}"))?;
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    let job = match (words.as_slice(), profile) {
        (["demo"], None) => Job::Demo,
        (["pressure"], None) => Job::Pressure,
        (["replay", file], profile) => Job::Replay { file: file.into(), profile },
        (["replay-2014"], None) => Job::Year(year::Plan::parse(&mut take)?),
        (["integrate"], None) => Job::Integrate(integrate::Plan::parse(false, &mut take)?),
        (["integrate", "smoke"], None) => Job::Integrate(integrate::Plan::parse(true, &mut take)?),
        (["bench"], None) => Job::Bench(Plan::parse(None, &mut take)?),
        (["bench", name], None) => Job::Bench(Plan::parse(Some(name), &mut take)?),
        (["replay"], _) => return Err("replay wants a file".to_owned()),
        _ => {
            return Err(
                "that is neither demo nor pressure nor replay nor replay-2014 nor integrate nor bench".to_owned()
            );
        }
    };
    if let Some((flag, _)) = flags.first() {
        return Err(format!("{flag} is not known, or given twice"));
    }
    Ok(Args { job, url, admin_password_file, keys_dir, run })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Args, String> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn flags_may_stand_anywhere() {
        let args = parsed(
            "replay --url http://127.0.0.1:8080/ a.jsonl --run 7 --keys-dir k --admin-password-file p",
        )
        .unwrap();
        assert_eq!(args.job, Job::Replay { file: "a.jsonl".into(), profile: None });
        assert_eq!((args.url.as_str(), args.run), ("http://127.0.0.1:8080", 7));
    }

    #[test]
    fn wrong_use_is_explained() {
        let rest = "--url http://h --run 1 --keys-dir k --admin-password-file p";
        for (line, why) in [
            (format!("replay {rest}"), "replay wants a file"),
            (
                format!("dance {rest}"),
                "that is neither demo nor pressure nor replay nor replay-2014 nor integrate nor bench",
            ),
            (format!("replay-2014 {rest}"), "--bank is missing"),
            (
                format!("replay-2014 --bank http://b --sample 0 {rest}"),
                "--sample wants a percentage, 1 to 100",
            ),
            (format!("demo {rest} --loud yes"), "--loud is not known, or given twice"),
            (rest.replace("--run 1", ""), "--run is missing"),
            (rest.replace("--run 1", "--run one"), "--run wants a number, not one"),
            (rest.replace("http://h", "h"), "--url wants http://…, not h"),
            ("demo --url".to_owned(), "--url wants a value"),
        ] {
            assert_eq!(parsed(&line).unwrap_err(), why, "{line}");
        }
    }
}

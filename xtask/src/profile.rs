//! `--profile P`: how the programs of a command are built, where the user says so.

use crate::outcome::Stop;

const ALL: [&str; 3] = ["release", "quick", "dev"];
/// The optimiser without the minutes that linking everything together takes.
pub const QUICK: &str = "quick";
/// For what is right or wrong at any speed.
pub const DEV: &str = "dev";

/// The profile asked for, and the other arguments.
pub fn take(args: &[String]) -> Result<(Option<&'static str>, Vec<String>), Stop> {
    let mut rest = args.to_vec();
    let Some(at) = rest.iter().position(|arg| arg == "--profile") else { return Ok((None, rest)) };
    let wanted = rest.get(at + 1).map(String::as_str).unwrap_or_default();
    let known = ALL.into_iter().find(|profile| *profile == wanted);
    let known =
        known.ok_or_else(|| Stop::Usage(format!("--profile wants one of {}", ALL.join(", "))))?;
    rest.drain(at..=at + 1);
    Ok((Some(known), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(line: &str) -> Result<(Option<&'static str>, Vec<String>), Stop> {
        take(&line.split_whitespace().map(String::from).collect::<Vec<_>>())
    }

    #[test]
    fn the_profile_is_taken_out_wherever_it_stands() {
        assert_eq!(split("accept --seconds 2").unwrap().0, None);
        let (profile, rest) = split("clear --profile quick --report").unwrap();
        assert_eq!((profile, rest.join(" ").as_str()), (Some("quick"), "clear --report"));
        assert!(matches!(split("clear --profile fast"), Err(Stop::Usage(_))));
        assert!(matches!(split("clear --profile"), Err(Stop::Usage(_))));
    }
}

//! What `xtask` brought for a town, and what is wanted of it.
use std::path::PathBuf;

use super::account::Account;

/// Where everything is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    /// The folder of `api`, `worker` and `sandbox`.
    pub(crate) programs: PathBuf,
    /// The folder of Postgres's programs.
    pub(crate) postgres: PathBuf,
    /// `redis-server` itself.
    pub(crate) redis: PathBuf,
    /// An empty folder for data, keys and logs; whoever gave it removes it.
    pub(crate) folder: PathBuf,
    /// Who runs Postgres and Redis.
    pub(crate) account: Account,
    /// Whether small disks may be mounted here: we are root, in a mount namespace of our own.
    pub(crate) has_disks: bool,
    pub(crate) minutes: u64,
    pub(crate) seed: u64,
}

pub(crate) const USAGE: &str = "\
driver chaos|soak --programs DIR --postgres DIR --redis FILE --folder DIR [--user UID:GID] [--disks yes]
                  [--minutes N] [--seed S]";

impl Plan {
    /// Reads the command line; the error says what is wrong with it.
    pub(crate) fn parse(given: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut flags = Vec::new();
        let mut given = given.into_iter();
        while let Some(flag) = given.next() {
            let value = given.next().ok_or_else(|| format!("{flag} wants a value"))?;
            flags.push((flag, value));
        }
        let mut take = |name: &str| {
            let at = flags.iter().position(|(flag, _)| flag == name)?;
            Some(flags.remove(at).1)
        };
        let number = |flag: &str, text: Option<String>, default: u64| match text {
            None => Ok(default),
            Some(text) => text.parse().map_err(|_| format!("{flag} wants a number, not {text}")),
        };
        let minutes = number("--minutes", take("--minutes"), 3)?.max(1);
        let seed = number("--seed", take("--seed"), rand::random::<u32>().into())?;
        let account = match take("--user") {
            None => Account::default(),
            Some(text) => Account::parse(&text).ok_or("--user wants UID:GID")?,
        };
        let has_disks = take("--disks").is_some_and(|answer| answer == "yes");
        let mut place =
            |flag: &str| take(flag).map(PathBuf::from).ok_or_else(|| format!("{flag} is missing"));
        let (programs, postgres) = (place("--programs")?, place("--postgres")?);
        let (redis, folder) = (place("--redis")?, place("--folder")?);
        if let Some((flag, _)) = flags.first() {
            return Err(format!("{flag} is not known, or given twice"));
        }
        Ok(Self { programs, postgres, redis, folder, account, has_disks, minutes, seed })
    }

    pub(crate) fn log(&self, name: &str) -> PathBuf {
        self.folder.join("log").join(format!("{name}.log"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Plan, String> {
        Plan::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn what_is_left_out_is_chosen_and_what_is_wrong_is_told() {
        let places = "--programs p --postgres g --redis r --folder f";

        let plan = parsed(&format!("{places} --seed 7 --user 5:6")).unwrap();
        assert_eq!((plan.minutes, plan.seed, plan.has_disks), (3, 7, false));
        assert_eq!(Some(plan.account), Account::parse("5:6"));
        for (line, why) in [
            ("--programs p".to_owned(), "--postgres is missing"),
            (format!("{places} --minutes long"), "--minutes wants a number, not long"),
            (format!("{places} --loud yes"), "--loud is not known, or given twice"),
            (format!("{places} --user me"), "--user wants UID:GID"),
        ] {
            assert_eq!(parsed(&line).unwrap_err(), why);
        }
    }
}

//! The keys of the draw: one is valid from a day on, until the next one is (domain R3, key of the day).
use std::path::Path;

use anyhow::Context as _;
use chrono::NaiveDate;

/// Shorter secrets could be guessed, and with them who is drawn.
const SHORTEST_SECRET: usize = 16;

/// A secret, and the name under which stored draws remember it.
#[derive(Clone, PartialEq, Eq)]
pub struct DrawKey {
    valid_from: NaiveDate,
    id: String,
    secret: Vec<u8>,
}

impl DrawKey {
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn secret(&self) -> &[u8] {
        &self.secret
    }
}

/// Never shows the secret.
impl std::fmt::Debug for DrawKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DrawKey")
            .field("valid_from", &self.valid_from)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// What is wrong with a key file: every line that is, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("; "))]
pub struct WrongKeys(pub Vec<String>);

/// No key of the file is valid on that day yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no draw key is valid on {0}")]
pub struct NoKey(pub NaiveDate);

/// All keys there ever were: old ones are kept, so that old draws can be repeated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawKeys(Vec<DrawKey>);

impl DrawKeys {
    /// The keys in a file, or every line of it that is wrong.
    pub fn open(file: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(file)
            .with_context(|| format!("ANYPORT_DRAW_KEYS: cannot read {}", file.display()))?;
        Self::parse(&text).context("ANYPORT_DRAW_KEYS")
    }

    /// Reads lines of `valid_from key_id secret`, oldest first. Empty lines and lines that begin with `#` are
    /// skipped. A key in force is replaced by adding a line with a later day, never by changing one.
    pub fn parse(text: &str) -> Result<Self, WrongKeys> {
        let mut keys: Vec<DrawKey> = Vec::new();
        let mut wrong = Vec::new();
        for (index, line) in text.lines().enumerate() {
            if line.trim().is_empty() || line.trim_start().starts_with('#') {
                continue;
            }
            let faults = match parse_line(line) {
                Ok(key) => {
                    let faults = faults_beside(&key, &keys);
                    keys.push(key);
                    faults
                }
                Err(faults) => faults,
            };
            wrong.extend(faults.into_iter().map(|fault| format!("line {}: {fault}", index + 1)));
        }
        if keys.is_empty() && wrong.is_empty() {
            wrong.push("there is no key in it".into());
        }
        if wrong.is_empty() { Ok(Self(keys)) } else { Err(WrongKeys(wrong)) }
    }

    /// The key of a Shanghai day: the last line that is valid by then.
    pub fn of_day(&self, day: NaiveDate) -> Result<&DrawKey, NoKey> {
        self.0.iter().rfind(|key| key.valid_from <= day).ok_or(NoKey(day))
    }
}

fn parse_line(line: &str) -> Result<DrawKey, Vec<String>> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let [valid_from, id, secret] = words[..] else {
        return Err(vec![format!("has {} words, not valid_from, key_id and secret", words.len())]);
    };
    let mut faults = Vec::new();
    let valid_from = valid_from.parse::<NaiveDate>();
    if valid_from.is_err() {
        faults.push("valid_from is not a date like 2014-05-12".to_owned());
    }
    if secret.len() < SHORTEST_SECRET {
        faults.push(format!("the secret is shorter than {SHORTEST_SECRET} bytes"));
    }
    match valid_from {
        Ok(valid_from) if faults.is_empty() => {
            Ok(DrawKey { valid_from, id: id.to_owned(), secret: secret.as_bytes().to_vec() })
        }
        _ => Err(faults),
    }
}

fn faults_beside(key: &DrawKey, before: &[DrawKey]) -> Vec<String> {
    let mut faults = Vec::new();
    if before.iter().any(|other| other.id == key.id) {
        faults.push(format!("key_id {} is used twice", key.id));
    }
    if before.last().is_some_and(|last| last.valid_from >= key.valid_from) {
        faults.push("valid_from is not later than that of the line above".to_owned());
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# keys of the draw\n\
        2004-04-01 first  a-secret-of-enough-bytes\n\
        \n\
        2014-06-01 second another-secret-of-enough\n";

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_last_key_valid_by_then_is_the_key_of_the_day() {
        let keys = DrawKeys::parse(FILE).unwrap();

        assert_eq!(keys.of_day(day("2004-04-01")).unwrap().id(), "first");
        assert_eq!(keys.of_day(day("2014-05-31")).unwrap().id(), "first");
        assert_eq!(keys.of_day(day("2014-06-01")).unwrap().id(), "second");
        assert_eq!(keys.of_day(day("2004-03-31")), Err(NoKey(day("2004-03-31"))));
    }

    #[test]
    fn every_wrong_line_is_told_at_once_and_no_secret_is() {
        let file = "2004-04-01 first a-secret-of-enough-bytes\n\
            yesterday second short\n\
            2014-06-01 third\n\
            2003-01-01 first a-hidden-word-of-enough-bytes\n";
        let wrong = DrawKeys::parse(file).unwrap_err();

        assert_eq!(
            wrong.0,
            [
                "line 2: valid_from is not a date like 2014-05-12",
                "line 2: the secret is shorter than 16 bytes",
                "line 3: has 2 words, not valid_from, key_id and secret",
                "line 4: key_id first is used twice",
                "line 4: valid_from is not later than that of the line above",
            ]
        );
        assert_eq!(DrawKeys::parse("# nothing\n").unwrap_err().0, ["there is no key in it"]);
    }

    #[test]
    fn a_printed_key_keeps_its_secret() {
        let printed = format!("{:?}", DrawKeys::parse(FILE).unwrap());

        assert!(printed.contains("second"));
        assert!(!printed.contains("secret"), "{printed}");
    }
}

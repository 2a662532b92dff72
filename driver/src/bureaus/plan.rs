//! Which bureaus there are.
use std::path::PathBuf;

pub(crate) const USAGE: &str = "\
driver bureaus --run N --bureau CODE,URL,FOLDER --bureau …   (as `cargo xtask up --bureaus 3` calls it)";

/// Where one bureau is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) code: String,
    pub(crate) url: String,
    /// Holds its administrator's password and its keys.
    pub(crate) folder: PathBuf,
}

/// What is wanted.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) run: u64,
    pub(crate) places: Vec<Place>,
}

impl Plan {
    /// Reads the command line; the error says what is wrong with it.
    pub(crate) fn parse(given: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut given = given.into_iter();
        let (mut run, mut places) = (None, Vec::new());
        while let Some(flag) = given.next() {
            let value = given.next().ok_or_else(|| format!("{flag} wants a value"))?;
            match flag.as_str() {
                "--run" => {
                    let number = value.parse();
                    run = Some(number.map_err(|_| format!("--run wants a number, not {value}"))?);
                }
                "--bureau" => places.push(Place::parse(&value)?),
                _ => return Err(format!("{flag} is not known")),
            }
        }
        let run = run.ok_or("--run is missing")?;
        if places.len() < 3 {
            Err("three bureaus are wanted".to_owned())
        } else {
            Ok(Self { run, places })
        }
    }
}

impl Place {
    fn parse(text: &str) -> Result<Self, String> {
        let mut parts = text.splitn(3, ',');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(code), Some(url), Some(folder)) => {
                Ok(Self { code: code.to_owned(), url: url.to_owned(), folder: folder.into() })
            }
            _ => Err(format!("--bureau wants CODE,URL,FOLDER, not {text}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Plan, String> {
        Plan::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn bureaus_are_told_one_by_one() {
        let three =
            "--bureau 310000,http://a,/x --bureau 330000,http://b,/y --bureau 320000,http://c,/z,1";

        let plan = parsed(&format!("--run 4 {three}")).unwrap();

        assert_eq!((plan.run, plan.places[2].folder.to_str()), (4, Some("/z,1")));
        assert_eq!(parsed(three).unwrap_err(), "--run is missing");
        assert_eq!(parsed("--run 1").unwrap_err(), "three bureaus are wanted");
        assert_eq!(
            parsed("--bureau 310000").unwrap_err(),
            "--bureau wants CODE,URL,FOLDER, not 310000"
        );
    }
}

//! How settings are read, and how everything that is wrong with them is told.
use std::fmt::{self, Display};

/// What an operator has to put right, all of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Wrong(pub Vec<String>);

impl Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} wrong settings:", self.0.len())?;
        self.0.iter().try_for_each(|complaint| write!(f, "\n  {complaint}"))
    }
}

/// Reads settings one by one and remembers every complaint.
pub struct Reader<'a> {
    env: &'a dyn Fn(&str) -> Option<String>,
    complaints: Vec<String>,
}

/// Reads what a program is told; everything that is wrong with it is told together.
pub(super) fn read<T>(
    env: impl Fn(&str) -> Option<String>,
    all: impl FnOnce(&mut Reader<'_>) -> Option<T>,
) -> Result<T, Wrong> {
    let mut reader = Reader::new(&env);
    let settings = all(&mut reader);
    reader.finish(settings)
}

impl<'a> Reader<'a> {
    #[must_use]
    pub fn new(env: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { env, complaints: Vec::new() }
    }

    /// A setting that may be left out. An empty one counts as left out.
    pub fn optional<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let text = (self.env)(name).filter(|text| !text.trim().is_empty())?;
        match parse(text.trim()) {
            Ok(value) => Some(value),
            Err(complaint) => {
                self.complain(name, complaint);
                None
            }
        }
    }

    /// A setting without which the process cannot run. `None` is already complained about.
    pub fn required<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        if (self.env)(name).is_none_or(|text| text.trim().is_empty()) {
            self.complain(name, "is not set");
            return None;
        }
        self.optional(name, parse)
    }

    pub fn complain(&mut self, name: &str, complaint: impl Display) {
        self.complaints.push(format!("{name} {complaint}"));
    }

    /// The settings, if there was nothing to complain about.
    pub fn finish<T>(self, settings: Option<T>) -> Result<T, Wrong> {
        match settings {
            Some(settings) if self.complaints.is_empty() => Ok(settings),
            _ => Err(Wrong(self.complaints)),
        }
    }
}

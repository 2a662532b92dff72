//! How a command ends: exit code, and the last line of stdout.

use std::fmt::Write;
use std::process::ExitCode;

/// What a command that ran to its end has to say.
pub enum Verdict {
    /// It holds or it does not; the line is a flat JSON object.
    Says { holds: bool, line: String },
    /// Another program's last word stands, and so does its exit code.
    Passes(u8),
}

/// Why a command did not run to its end.
#[derive(Debug)]
pub enum Stop {
    Usage(String),
    Impossible(String),
    Failed(String),
    /// Ctrl-C, SIGTERM or a closed terminal.
    Interrupted,
}

pub type Outcome = Result<Verdict, Stop>;

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

/// Adds what was being done to an I/O error.
pub trait Doing<T> {
    fn doing(self, what: impl std::fmt::Display) -> Result<T, Stop>;
}

impl<T> Doing<T> for std::io::Result<T> {
    fn doing(self, what: impl std::fmt::Display) -> Result<T, Stop> {
        self.map_err(|error| Stop::Failed(format!("{what}: {error}")))
    }
}

/// Prints the last line and gives the exit code.
pub fn report(outcome: Outcome) -> ExitCode {
    match outcome {
        Ok(Verdict::Says { holds, line }) => {
            println!("{line}");
            ExitCode::from(u8::from(!holds))
        }
        Ok(Verdict::Passes(code)) => ExitCode::from(code),
        Err(Stop::Usage(reason)) => fault(&reason, 2),
        Err(Stop::Failed(reason)) => fault(&reason, 1),
        Err(Stop::Impossible(reason)) => {
            eprintln!("xtask: {reason}");
            println!("{}", Object::new().text("skipped", &reason));
            ExitCode::from(3)
        }
        Err(Stop::Interrupted) => {
            println!("{}", Object::new().bool("ok", false).text("error", "interrupted"));
            ExitCode::from(130)
        }
    }
}

fn fault(reason: &str, code: u8) -> ExitCode {
    eprintln!("xtask: {reason}");
    println!("{}", Object::new().bool("ok", false).text("error", reason));
    ExitCode::from(code)
}

/// A flat JSON object, written by hand: xtask has no dependencies.
#[derive(Default)]
pub struct Object(String);

impl Object {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn text(self, key: &str, value: &str) -> Self {
        let quoted = quote(value);
        self.member(key, &quoted)
    }

    pub fn bool(self, key: &str, value: bool) -> Self {
        self.member(key, if value { "true" } else { "false" })
    }

    pub fn number(self, key: &str, value: u64) -> Self {
        self.member(key, &value.to_string())
    }

    fn member(mut self, key: &str, value: &str) -> Self {
        if !self.0.is_empty() {
            self.0.push(',');
        }
        self.0.push_str(&quote(key));
        self.0.push(':');
        self.0.push_str(value);
        self
    }
}

impl std::fmt::Display for Object {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{{{}}}", self.0)
    }
}

fn quote(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c if u32::from(c) < 0x20 => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_one_line_of_json_whatever_it_quotes() {
        let line = Object::new().text("error", "a \"b\"\n\t\\").number("n", 3).bool("ok", false);

        assert_eq!(line.to_string(), r#"{"error":"a \"b\"\n\u0009\\","n":3,"ok":false}"#);
    }
}

//! Where findings are collected: checks note and carry on.
use super::catalogue::TOO_MANY_FINDINGS;
use crate::{
    declaration::content::At,
    kernel::{Rule, Violation, Violations},
};

/// More than any honest declaration has; a body made to have millions shall not cost gigabytes.
const MOST: usize = 10_000;

/// The one notice of a version (一次性告知), while it is written.
#[derive(Debug, Default)]
pub struct Notice {
    found: Violations,
    count: usize,
}

impl Notice {
    /// Notes that `rule` was broken at a place: what was found, and what is wanted.
    pub fn note(
        &mut self,
        rule: &'static Rule,
        at: &At<'_>,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) {
        self.count += 1;
        if self.count == MOST {
            self.write(
                &TOO_MANY_FINDINGS,
                &At::ROOT,
                format!("缺陷多于{MOST}项，其余未列"),
                format!("more than {MOST} findings; the rest is not listed"),
            );
        } else if self.count < MOST {
            self.write(rule, at, zh.into(), en.into());
        }
    }

    fn write(&mut self, rule: &'static Rule, at: &At<'_>, message_zh: String, message_en: String) {
        self.found.push(Violation {
            pointer: at.to_string(),
            code: rule.code.to_owned(),
            severity: rule.severity,
            message_zh,
            message_en,
        });
    }

    #[must_use]
    pub fn is_clear(&self) -> bool {
        self.count == 0
    }

    #[must_use]
    pub fn into_findings(self) -> Violations {
        self.found
    }
}

/// What somebody wrote, short enough for a message.
#[must_use]
pub fn shown(text: &str) -> String {
    match text.char_indices().nth(40) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

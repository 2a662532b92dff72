//! All that is wrong with a statement, told up to a number that can be read, and counted beyond it.
use crate::kernel::Violations;

/// Defects told one by one; the rest is counted.
const LIMIT: usize = 5_000;

/// A growing list of defects that does not grow for ever, however hopeless a file is.
#[derive(Debug, Default)]
pub(super) struct Defects {
    told: Violations,
    total: usize,
}

impl Defects {
    /// Notes a defect and carries on.
    pub(super) fn error(
        &mut self,
        at: impl Into<String>,
        code: &str,
        zh: &str,
        en: impl Into<String>,
    ) {
        self.total += 1;
        if self.total <= LIMIT {
            self.told.error(at, code, zh, en);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.total == 0
    }

    /// The value, if nothing was found wrong on the way.
    pub(super) fn finish<T>(mut self, read: T) -> Result<T, Violations> {
        if let Some(rest) = self.total.checked_sub(LIMIT).filter(|rest| *rest > 0) {
            let (zh, en) = (format!("另有{rest}处错误"), format!("and {rest} more defects"));
            self.told.error("", "more-defects", zh, en);
        }
        self.told.finish(Some(read))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hopeless_file_is_answered_with_a_bounded_list() {
        let mut defects = Defects::default();
        for line in 0..LIMIT + 7 {
            defects.error(format!("/lines/{line}"), "line-malformed", "该行无法读取", "no");
        }

        let told = defects.finish(()).unwrap_err();

        assert_eq!(told.iter().count(), LIMIT + 1);
        assert_eq!(told.iter().last().unwrap().message_en, "and 7 more defects");
    }
}

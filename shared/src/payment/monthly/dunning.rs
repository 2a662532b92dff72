//! When a statement is reminded of, and when patience ends: pure.
use chrono::NaiveDate;

use crate::{kernel::calendar, reference::Books};

/// How payers are reminded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// How many reminders go out.
    pub levels: i32,
    /// Days between the due day and the first, between each two, and between the last one and suspension.
    pub every: u64,
}

/// What is to be done about a statement that is not paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Wait,
    /// The reminder of that level.
    Remind(i32),
    Suspend,
}

impl Rule {
    /// The rule of a day. A statement is dunned by that of the day on which it was issued.
    #[must_use]
    pub fn on(books: &Books, day: NaiveDate) -> Self {
        let whole = |key| books.integer(key, day);
        Self {
            levels: i32::try_from(whole("monthly.dunning_levels")).unwrap_or(i32::MAX),
            every: u64::try_from(whole("monthly.dunning_days")).unwrap_or(1).max(1),
        }
    }

    /// What is to be done on `today`. Days count from the due day, or from the last reminder, with its level: after an
    /// outage nobody gets two in one night, and whoever is suspended had time after the last one.
    #[must_use]
    pub fn next(self, since: NaiveDate, last: i32, today: NaiveDate) -> Step {
        if today < calendar::days_after(since, self.every) {
            Step::Wait
        } else if last < self.levels {
            Step::Remind(last + 1)
        } else {
            Step::Suspend
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RULE: Rule = Rule { levels: 3, every: 5 };

    fn due() -> NaiveDate {
        "2014-06-10".parse().unwrap()
    }

    #[test]
    fn three_reminders_and_then_suspension_as_shipped() {
        assert_eq!(Rule::on(&Books::seeded(), due()), RULE);
    }

    proptest! {
        /// Whenever somebody looks, however often and after whatever outage: each level once, in its order, never two
        /// within the pause, and suspension only after the last of them.
        #[test]
        fn levels_come_once_each_and_in_order(pauses in prop::collection::vec(0..40_u64, 1..60)) {
            let (mut today, mut since, mut last) = (due(), due(), 0);
            for pause in pauses {
                today = calendar::days_after(today, pause);
                match RULE.next(since, last, today) {
                    Step::Wait => prop_assert!(today < calendar::days_after(since, RULE.every)),
                    Step::Remind(level) => {
                        prop_assert_eq!(level, last + 1);
                        prop_assert!(level <= RULE.levels);
                        prop_assert!(today >= calendar::days_after(since, RULE.every));
                        (since, last) = (today, level);
                        prop_assert_eq!(RULE.next(since, last, today), Step::Wait, "twice in a night");
                    }
                    Step::Suspend => prop_assert_eq!(last, RULE.levels),
                }
            }
        }
    }
}

//! Credit of enterprises (信用管理): what is scored against them, and which score makes which class (domain 4.6).
use chrono::NaiveDate;

use crate::reference::{
    Books,
    cell::{Form, Token, choices},
    sheet::{Line, sheet},
};

choices! {
    /// The best class that an enterprise can have in a year in which something happened.
    WorstClass {
        C "C",
        D "D",
    }
}

sheet! {
    /// Score items (记分项): what is taken off the hundred points that a year begins with (domain 4.6).
    CreditItem "credit_items" key [code] {
        /// Its name in events.
        code: Token,
        /// Points taken off, 0 to 100.
        points: u16,
        /// No better than this in that year, whatever the score; empty: the score decides.
        worst_class: Option<WorstClass>,
        /// Chinese name.
        name_zh: String,
        /// English name.
        name_en: String,
    }
    check points_are_of_a_hundred
}

fn points_are_of_a_hundred(row: &CreditItem, line: &mut Line<'_>) {
    if row.points > 100 {
        line.flaw("points", "value-malformed", Form::new("0至100", "from 0 to 100"));
    }
}

impl Books {
    /// What an item weighs on that day.
    #[must_use]
    pub fn credit_item(&self, code: &str, on: NaiveDate) -> Option<&CreditItem> {
        self.tables.credit_items.on(code, on)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_weighs_what_the_book_of_its_day_says() {
        let csv =
            "code,points,worst_class,name_zh,name_en,valid_from\nNC-NEW,9,C,新项,New,2014-06-01\n";
        let books = Books::seeded_with("credit_items", csv);
        let weight = |code: &str, day: &str| {
            let item = books.credit_item(code, day.parse().unwrap())?;
            Some((item.points, item.worst_class))
        };

        assert_eq!(weight("NC-MAJOR", "2014-05-12"), Some((6, None)));
        assert_eq!(weight("CERT-FORGED", "2014-05-12"), Some((36, Some(WorstClass::D))));
        assert_eq!(weight("NC-NEW", "2014-05-31"), None);
        assert_eq!(weight("NC-NEW", "2014-06-01"), Some((9, Some(WorstClass::C))));
    }
}

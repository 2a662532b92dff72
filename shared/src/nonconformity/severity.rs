//! How much a finding weighs: a rule, not an opinion (domain R16).
use super::Category;
use crate::words;

words! {
    /// How much a finding weighs.
    NcSeverity {
        /// The origin bureau should know.
        Minor "MINOR",
        /// The goods are not what the papers say.
        Major "MAJOR",
        /// Facilitations are withheld at once.
        Critical "CRITICAL",
    }
}

/// What else was seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Circumstances {
    /// The seal was broken and the goods behind it are others.
    pub goods_changed: bool,
    /// The pest stands in an alert that is in force.
    pub under_alert: bool,
}

impl NcSeverity {
    /// CRITICAL: forged papers, a broken seal with changed goods, a pest of an alert. MAJOR: another name, more than
    /// declared, bad quality. Everything else is MINOR.
    #[must_use]
    pub const fn of(category: Category, seen: Circumstances) -> Self {
        match category {
            Category::DocForged => Self::Critical,
            Category::Seal if seen.goods_changed => Self::Critical,
            Category::Pest if seen.under_alert => Self::Critical,
            Category::MismatchName | Category::MismatchQtyOver | Category::Quality => Self::Major,
            Category::Seal
            | Category::Pest
            | Category::MismatchQtyShort
            | Category::Marks
            | Category::Packaging
            | Category::Contamination
            | Category::Label => Self::Minor,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rule_knows_three_critical_and_three_major_findings() {
        let plain = |category| NcSeverity::of(category, Circumstances::default());
        let worst = |category| {
            NcSeverity::of(category, Circumstances { goods_changed: true, under_alert: true })
        };
        let of = |weigh: &dyn Fn(Category) -> NcSeverity, severity| -> Vec<_> {
            Category::ALL.iter().copied().filter(|&category| weigh(category) == severity).collect()
        };

        assert_eq!(of(&plain, NcSeverity::Critical), [Category::DocForged]);
        assert_eq!(
            of(&worst, NcSeverity::Critical),
            [Category::Seal, Category::Pest, Category::DocForged]
        );
        for weigh in [&plain as &dyn Fn(Category) -> NcSeverity, &worst] {
            assert_eq!(
                of(weigh, NcSeverity::Major),
                [Category::MismatchName, Category::MismatchQtyOver, Category::Quality]
            );
        }
    }
}

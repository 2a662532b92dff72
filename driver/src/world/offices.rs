//! The offices of the bureau that play a part (domain R8), and the posts at each.

/// Code, Chinese name, English name.
pub(crate) struct Place {
    pub(crate) code: &'static str,
    pub(crate) name_zh: &'static str,
    pub(crate) name_en: &'static str,
}

pub(crate) const fn place(
    code: &'static str,
    name_zh: &'static str,
    name_en: &'static str,
) -> Place {
    Place { code, name_zh, name_en }
}

/// The seventeen offices that take part in declare-anywhere, and the airport, which only inspects.
pub(crate) const OFFICES: [Place; 18] = [
    place("310100", "上海浦江局", "Pujiang"),
    place("310200", "上海吴淞局", "Wusong"),
    place("310300", "上海浦东局", "Pudong"),
    place("310400", "上海浦东机场局", "Pudong Airport"),
    place("310500", "上海南汇局", "Nanhui"),
    place("310600", "上海松江局", "Songjiang"),
    place("310700", "上海外高桥局", "Waigaoqiao"),
    place("310800", "上海嘉定局", "Jiading"),
    place("310900", "上海局航交所办事处", "Shipping Exchange"),
    place("311000", "上海洋山局", "Yangshan"),
    place("311100", "上海闵行局", "Minhang"),
    place("311200", "上海宝山局", "Baoshan"),
    place("311300", "上海金山局", "Jinshan"),
    place("311400", "上海奉贤局", "Fengxian"),
    place("311500", "上海青浦局", "Qingpu"),
    place("311600", "上海崇明局", "Chongming"),
    place("311700", "上海小洋山办事处", "Xiaoyangshan"),
    place("311800", "上海外高桥保税区办事处", "Waigaoqiao bonded zone"),
];

/// The English name of an office, for stories.
pub(crate) fn name_of(code: &str) -> &str {
    OFFICES.iter().find(|place| place.code == code).map_or(code, |place| place.name_en)
}

/// A post: one person with one role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Post {
    Acceptance,
    Fee,
    Release,
    Chief,
    FirstInspector,
    SecondInspector,
    Certification,
    Cashier,
    SecondFee,
}

impl Post {
    /// Those of every office of the demo; it has no outbound goods to certify, and takes no money by hand.
    pub(crate) const USUAL: [Self; 6] = [
        Self::Acceptance,
        Self::Fee,
        Self::Release,
        Self::Chief,
        Self::FirstInspector,
        Self::SecondInspector,
    ];

    /// Role, English and Chinese name of the post.
    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Acceptance => ("acceptance_officer", "acceptance", "受理员"),
            Self::Fee => ("fee_officer", "fee", "计费员"),
            Self::Release => ("release_officer", "release", "放行员"),
            Self::Chief => ("duty_chief", "chief", "值班科长"),
            Self::FirstInspector => ("inspector", "inspector1", "施检员一"),
            Self::SecondInspector => ("inspector", "inspector2", "施检员二"),
            Self::Certification => ("certification_officer", "certification", "签证员"),
            Self::SecondFee => ("fee_officer", "fee2", "计费员二"),
            Self::Cashier => ("cashier", "cashier", "收费员"),
        }
    }

    pub(crate) const fn role(self) -> &'static str {
        self.words().0
    }

    /// `inspector1.310700`.
    pub(crate) fn login(self, office: &str) -> String {
        format!("{}.{office}", self.words().1)
    }

    /// A name by office and post; nobody real has it.
    pub(crate) const fn name(self) -> &'static str {
        self.words().2
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_office_and_every_login_is_there_once() {
        let codes: BTreeSet<_> = OFFICES.iter().map(|place| place.code).collect();
        let logins: BTreeSet<_> = OFFICES
            .iter()
            .flat_map(|place| Post::USUAL.map(|post| post.login(place.code)))
            .collect();
        assert_eq!((codes.len(), logins.len()), (18, 108));
        assert_eq!(name_of("310700"), "Waigaoqiao");
    }
}

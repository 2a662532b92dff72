//! Exemption from the check at the port (免于口岸查验): what keeps goods of a recommended enterprise from it. Pure
//! (domain 4.6 rules 1, 2 and 5, R3).
use crate::{identity::CreditClass, words};

words! {
    /// Why goods are checked at the port although their bureau recommended the enterprise.
    Hindrance {
        /// Its bureau does not recommend it, or not for all of these goods.
        NotRecommended "NOT_RECOMMENDED",
        /// No memorandum of exemption is in force with its bureau.
        NotAgreed "NOT_AGREED",
        /// The lowest class of the parties is D.
        ClassD "CLASS_D",
        /// Facilitations are withheld from one of the parties.
        Blocked "BLOCKED",
        DangerousGoods "DANGEROUS_GOODS",
        LiveAnimals "LIVE_ANIMALS",
        /// An alert of any level is in force for the goods.
        Alert "ALERT",
        /// The country of destination wants them inspected before shipment.
        PreShipment "PRE_SHIPMENT",
    }
}

/// What the rule looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each answers a question of its own")]
pub struct Facts {
    pub is_recommended: bool,
    pub is_agreed: bool,
    /// The lowest of the parties.
    pub class: CreditClass,
    pub is_blocked: bool,
    pub has_dangerous_goods: bool,
    pub has_live_animals: bool,
    pub is_alerted: bool,
    pub is_inspected_before_shipment: bool,
}

impl Facts {
    /// Everything that stands in the way; nothing: only the audit quota looks at them.
    #[must_use]
    pub fn hindrances(&self) -> Vec<Hindrance> {
        let stands_in_the_way = |hindrance: &Hindrance| match hindrance {
            Hindrance::NotRecommended => !self.is_recommended,
            Hindrance::NotAgreed => !self.is_agreed,
            Hindrance::ClassD => self.class == CreditClass::D,
            Hindrance::Blocked => self.is_blocked,
            Hindrance::DangerousGoods => self.has_dangerous_goods,
            Hindrance::LiveAnimals => self.has_live_animals,
            Hindrance::Alert => self.is_alerted,
            Hindrance::PreShipment => self.is_inspected_before_shipment,
        };
        Hindrance::ALL.iter().copied().filter(stands_in_the_way).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLEAR: Facts = Facts {
        is_recommended: true,
        is_agreed: true,
        class: CreditClass::A,
        is_blocked: false,
        has_dangerous_goods: false,
        has_live_animals: false,
        is_alerted: false,
        is_inspected_before_shipment: false,
    };

    #[test]
    fn each_hindrance_stands_in_the_way_by_itself() {
        for (facts, hindrance) in [
            (Facts { is_recommended: false, ..CLEAR }, Hindrance::NotRecommended),
            (Facts { is_agreed: false, ..CLEAR }, Hindrance::NotAgreed),
            (Facts { class: CreditClass::D, ..CLEAR }, Hindrance::ClassD),
            (Facts { is_blocked: true, ..CLEAR }, Hindrance::Blocked),
            (Facts { has_dangerous_goods: true, ..CLEAR }, Hindrance::DangerousGoods),
            (Facts { has_live_animals: true, ..CLEAR }, Hindrance::LiveAnimals),
            (Facts { is_alerted: true, ..CLEAR }, Hindrance::Alert),
            (Facts { is_inspected_before_shipment: true, ..CLEAR }, Hindrance::PreShipment),
        ] {
            assert_eq!(facts.hindrances(), [hindrance]);
        }
        assert_eq!(CLEAR.hindrances(), []);
    }
}

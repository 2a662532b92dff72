//! The class that counts, where another bureau gave the enterprise one as well (domain R14, invariant 23): the lowest.
use serde::{Deserialize, Serialize};

use super::{CreditClass, PartyFacts};
use crate::words;

words! {
    /// What a bureau asks for its enterprise beside the class.
    #[schema(as = CreditPrivilege)]
    Privilege {
        /// Its goods are spared the check at the port (免于口岸查验).
        PortCheckExemption "PORT_CHECK_EXEMPTION",
    }
}

/// A class that another bureau gave its enterprise and that counts here today.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recognised {
    /// The bureau.
    pub partner: String,
    pub class: CreditClass,
    /// First digits of HS codes; empty: all goods.
    pub hs_scope: Vec<String>,
    pub privileges: Vec<Privilege>,
}

impl Recognised {
    /// Whether it is about such goods.
    #[must_use]
    pub fn covers(&self, hs: &str) -> bool {
        self.hs_scope.is_empty()
            || self.hs_scope.iter().any(|prefix| hs.starts_with(prefix.as_str()))
    }
}

/// All that is known of one registration number, whoever registered it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// `None`: it is not registered with this bureau.
    pub party: Option<PartyFacts>,
    /// Every facilitation is withheld from it (domain R16).
    pub is_blocked: bool,
    /// What its own bureaus say of it.
    pub recognised: Vec<Recognised>,
}

impl Known {
    /// The class for these goods: the lowest of ours and of every other that is in scope. Who is not registered here
    /// has the other bureau's alone, and is unrated (B) for what that is not about. `None`: nobody knows it.
    #[must_use]
    pub fn class_for(&self, goods: &[&str]) -> Option<CreditClass> {
        let is_about = |one: &&Recognised| goods.iter().any(|hs| one.covers(hs));
        let theirs = self.recognised.iter().filter(is_about).map(|one| one.class).max();
        let is_rated = |hs: &&str| self.recognised.iter().any(|one| one.covers(hs));
        let own = match &self.party {
            Some(party) => Some(party.credit_class),
            None if theirs.is_some() && !goods.iter().all(is_rated) => Some(CreditClass::B),
            None => None,
        };
        // Classes are ordered best first, and nothing is better than anything.
        own.max(theirs)
    }

    /// What is known of the party, with the class that counts for these goods.
    #[must_use]
    pub fn party_for(&self, goods: &[&str]) -> Option<PartyFacts> {
        let party = self.party.clone()?;
        let credit_class = self.class_for(goods).unwrap_or(party.credit_class);
        Some(PartyFacts { credit_class, ..party })
    }

    /// Bureaus that ask for that privilege, for all of these goods.
    pub fn granted(&self, privilege: Privilege, goods: &[&str]) -> impl Iterator<Item = &str> {
        let is_for_all = move |one: &&Recognised| {
            one.privileges.contains(&privilege) && goods.iter().all(|hs| one.covers(hs))
        };
        self.recognised.iter().filter(is_for_all).map(|one| one.partner.as_str())
    }
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::select};
    use uuid::Uuid;

    use super::*;
    use crate::{
        identity::{OrganisationId, OrganisationState},
        kernel::OrganisationKind,
    };

    fn registered(class: CreditClass) -> PartyFacts {
        PartyFacts {
            organisation: OrganisationId(Uuid::nil()),
            kind: OrganisationKind::Enterprise,
            state: OrganisationState::Active,
            credit_class: class,
            registered_on: "2010-01-04".parse().unwrap(),
            eligibility: None,
            is_blocked: false,
            is_registered_a_year: true,
        }
    }

    fn said(class: CreditClass, scope: &[&str]) -> Recognised {
        Recognised {
            partner: "340000".into(),
            class,
            hs_scope: scope.iter().map(|prefix| (*prefix).to_owned()).collect(),
            privileges: vec![Privilege::PortCheckExemption],
        }
    }

    fn known(own: Option<CreditClass>, recognised: Vec<Recognised>) -> Known {
        Known { party: own.map(registered), is_blocked: false, recognised }
    }

    #[test]
    fn the_lowest_counts_and_only_in_scope() {
        use CreditClass::{A, Aa, B, C, D};
        let (down, wine) = (["0505100090"], ["2204210000"]);

        assert_eq!(known(Some(A), vec![said(C, &[])]).class_for(&down), Some(C));
        assert_eq!(known(Some(C), vec![said(Aa, &[])]).class_for(&down), Some(C), "ours is lower");
        assert_eq!(known(Some(A), vec![said(D, &["22"])]).class_for(&down), Some(A));
        assert_eq!(known(Some(A), vec![said(D, &["22"])]).class_for(&wine), Some(D));
        assert_eq!(known(None, vec![said(Aa, &["05"])]).class_for(&down), Some(Aa));
        assert_eq!(known(None, vec![said(Aa, &["05"])]).class_for(&wine), None);
        let both = [down[0], wine[0]];
        assert_eq!(
            known(None, vec![said(Aa, &["05"])]).class_for(&both),
            Some(B),
            "wine is unrated"
        );
        assert_eq!(known(None, vec![]).class_for(&down), None);
    }

    #[test]
    fn a_privilege_is_for_all_of_the_goods_or_for_none() {
        let known = known(None, vec![said(CreditClass::Aa, &["05", "06"])]);
        let granted = |goods: &[&str]| {
            known
                .granted(Privilege::PortCheckExemption, goods)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };

        assert_eq!(granted(&["0505100090", "0601101000"]), ["340000"]);
        assert_eq!(granted(&["0505100090", "2204210000"]), [""; 0]);
    }

    proptest! {
        /// Whatever other bureaus say, nobody is better here than we say, nor than any of them says of its goods.
        #[test]
        fn no_word_of_a_partner_makes_anybody_better(
            own in select(&CreditClass::ALL[..]),
            theirs in prop::collection::vec(select(&CreditClass::ALL[..]), 0..4),
        ) {
            let recognised = theirs.iter().map(|&class| said(class, &[])).collect();
            let class = known(Some(own), recognised).class_for(&["0505100090"]).unwrap();
            prop_assert!(class >= own);
            prop_assert!(theirs.iter().all(|&one| class >= one));
            prop_assert!(class == own || theirs.contains(&class));
        }
    }
}

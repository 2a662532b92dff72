//! The life of a consignment, as one table (domain 4.5, R16).
use crate::{
    direct_release::model::words,
    kernel::{Refusal, lifecycle},
};

words! {
    /// Where a consignment stands.
    State as DirectConsignmentState {
        /// Sealed, on its way on the form that was issued.
        Issued "ISSUED",
        /// At the exit port, and drawn: two inspectors read the seals.
        AtPort "AT_PORT",
        /// At the exit port, and not drawn.
        NotChecked "NOT_CHECKED",
        /// The seals are those of the form, and intact.
        CheckOk "CHECK_OK",
        /// They are not: the goods are looked at, and the issuing side is asked.
        CheckAnomaly "CHECK_ANOMALY",
        /// Explained and corrected.
        Resolved "RESOLVED",
        /// It goes no further.
        Stopped "STOPPED",
        /// Left the country.
        Exited "EXITED",
        /// Went back to where it came from.
        Returned "RETURNED",
        /// An import at its destination: two inspectors read the seals.
        AtDestination "AT_DESTINATION",
        /// An import that came as the form says: the declaration at the destination goes on alone.
        Delivered "DELIVERED",
    }
}

words! {
    /// What is done with a consignment; by the checking side, all but the recall.
    Action as DirectConsignmentAction {
        /// At the exit port: drawn or not.
        Arrive "ARRIVE",
        /// At the destination, where every seal is read.
        ArriveInland "ARRIVE_INLAND",
        /// Not drawn.
        Spare "SPARE",
        PassCheck "PASS_CHECK",
        FindAnomaly "FIND_ANOMALY",
        Resolve "RESOLVE",
        Stop "STOP",
        Exit "EXIT",
        /// At the destination, as soon as nothing is left to be explained.
        Deliver "DELIVER",
        Return "RETURN",
        /// The issuing side takes it back and voids its form: the goods did not set out, or shall not leave.
        Recall "RECALL",
    }
}

impl State {
    /// The whole lifecycle. Anything not listed is refused.
    #[must_use]
    pub const fn after(self, action: Action) -> Option<Self> {
        use {Action::*, State::*};
        Some(match (self, action) {
            (Issued, Arrive) => AtPort,
            (Issued, ArriveInland) => AtDestination,
            (AtPort, Spare) => NotChecked,
            (AtPort | AtDestination, PassCheck) => CheckOk,
            (AtPort | AtDestination, FindAnomaly) => CheckAnomaly,
            (CheckAnomaly, Resolve) => Resolved,
            (CheckAnomaly, Stop) => Stopped,
            (NotChecked | CheckOk | Resolved, Exit) => Exited,
            (CheckOk | Resolved, Deliver) => Delivered,
            (NotChecked | CheckOk | Resolved | Stopped, Return)
            | (
                Issued | AtPort | AtDestination | NotChecked | CheckOk | CheckAnomaly | Resolved,
                Recall,
            ) => Returned,
            _ => return None,
        })
    }

    /// The state that `action` leads to.
    pub fn take(self, action: Action) -> Result<Self, Refusal> {
        self.after(action).ok_or_else(|| {
            let detail = format!(
                "{} is not possible while {}",
                action.name().to_lowercase().replace('_', " "),
                self.name()
            );
            Refusal::new("direct-consignment/wrong-state", detail)
        })
    }

    #[must_use]
    pub fn is_final(self) -> bool {
        Action::ALL.iter().all(|&action| self.after(action).is_none())
    }

    /// Whether the goods still travel on their form: whatever belongs to it is left alone meanwhile.
    #[must_use]
    pub const fn is_under_way(self) -> bool {
        !matches!(self, Self::Stopped | Self::Exited | Self::Delivered | Self::Returned)
    }

    /// Whether the issuing side may still put another form in the place of this one.
    #[must_use]
    pub const fn is_correctable(self) -> bool {
        self.is_under_way() && !matches!(self, Self::Resolved)
    }

    /// Whether the side that holds `self` may be told `told`: some lawful walk leads there. Reports may overtake each
    /// other; what is skipped is not missed. Who took a lot back may be told that it came too late: where goods are
    /// is known where they are.
    #[must_use]
    pub fn may_be_told(self, told: Self) -> bool {
        if self == Self::Returned && !told.is_under_way() {
            return true;
        }
        let mut reached = vec![self];
        let mut place = 0;
        while place < reached.len() {
            for &action in Action::ALL {
                if let Some(next) = reached[place].after(action)
                    && !reached.contains(&next)
                {
                    reached.push(next);
                }
            }
            place += 1;
        }
        reached.contains(&told)
    }
}

/// The diagram of `docs/lifecycle/direct-consignment.md`.
#[must_use]
pub fn mermaid() -> String {
    lifecycle::mermaid(
        State::ALL,
        Action::ALL,
        |from, action| from.after(*action),
        State::name,
        |action| action.name().to_lowercase().replace('_', " "),
    )
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::select};

    use super::*;

    proptest! {
        /// However silly the order: nothing drawn leaves without a check, nothing anomalous without an explanation,
        /// nothing stopped at all, and nothing final is ever left.
        #[test]
        fn every_walk_is_lawful(actions in prop::collection::vec(select(Action::ALL), 0..40)) {
            let mut walk = vec![State::Issued];
            for action in actions {
                let here = *walk.last().unwrap();
                match here.take(action) {
                    Ok(next) => {
                        prop_assert!(!here.is_final());
                        walk.push(next);
                    }
                    Err(refusal) => {
                        prop_assert_eq!(refusal.code, "direct-consignment/wrong-state");
                    }
                }
            }
            let passed = |state| walk.contains(&state);
            if passed(State::Delivered) {
                prop_assert!(passed(State::CheckOk) || passed(State::Resolved));
            }
            if passed(State::Exited) {
                prop_assert!(passed(State::NotChecked) || passed(State::CheckOk) || passed(State::Resolved));
                prop_assert!(!passed(State::Stopped));
                prop_assert!(!passed(State::CheckAnomaly) || passed(State::Resolved));
            }
        }

        /// Whatever reports come, in whatever order and however often, the issuing side ends where the newest one says.
        #[test]
        fn reports_in_any_order_lead_to_the_newest(
            actions in prop::collection::vec(select(Action::ALL), 0..40),
            order in prop::collection::vec(any::<prop::sample::Index>(), 1..60),
        ) {
            let mut reports = vec![State::Issued];
            for action in actions {
                if let Some(next) = reports.last().unwrap().after(action) {
                    reports.push(next);
                }
            }
            let (mut known, mut state) = (0, State::Issued);
            for place in order {
                let version = place.index(reports.len());
                if version > known {
                    prop_assert!(state.may_be_told(reports[version]));
                    (known, state) = (version, reports[version]);
                }
            }
            prop_assert_eq!(state, reports[known]);
        }
    }

    #[test]
    fn every_state_can_be_reached_and_three_are_final() {
        let reachable = State::ALL.iter().all(|&state| State::Issued.may_be_told(state));
        let finals: Vec<State> =
            State::ALL.iter().copied().filter(|state| state.is_final()).collect();

        assert!(reachable);
        assert_eq!(finals, [State::Exited, State::Returned, State::Delivered]);
    }

    #[test]
    fn who_took_a_lot_back_may_be_told_that_it_had_left() {
        assert!(State::Returned.may_be_told(State::Exited));
        assert!(!State::Returned.may_be_told(State::AtPort));
        assert!(!State::Exited.may_be_told(State::Returned));
    }

    #[test]
    fn nothing_is_told_backwards() {
        assert!(!State::Stopped.may_be_told(State::Exited));
        assert!(!State::CheckOk.may_be_told(State::AtPort));
        assert!(State::CheckOk.may_be_told(State::CheckOk));
    }

    #[test]
    fn names_on_the_wire_are_names_in_the_table() {
        for &state in State::ALL {
            assert_eq!(serde_json::to_value(state).unwrap(), state.name());
        }
    }
}

//! The life of a transfer, as one table (domain R15).
//!
//! Both bureaus walk it: the port takes the steps, the origin takes them again as the port reports them. Where the
//! ruling leaves room (a revocation that meets a claim, a check nobody ended) see `docs/domain-decisions.md`.
use serde::{Deserialize, Serialize};

use crate::kernel::{Refusal, lifecycle};

/// Where a transfer stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(as = TransferState)]
pub enum State {
    /// Made at the origin; it has not arrived anywhere yet.
    Created,
    /// Whoever carries it gave a signed receipt.
    SentToHub,
    /// The port has it: it can be claimed.
    ReceivedByPort,
    /// Claimed, and not drawn: its form is on its way.
    Claimed,
    /// Drawn: two inspectors of the port look at the goods.
    SpotCheckPending,
    SpotCheckOk,
    SpotCheckFail,
    /// Exchanged for a clearance form (通关单).
    Swapped,
    /// Customs has used that form.
    Consumed,
    Expired,
    RevokedByOrigin,
    ReturnedToOrigin,
}

impl State {
    pub const ALL: [Self; 12] = [
        Self::Created,
        Self::SentToHub,
        Self::ReceivedByPort,
        Self::Claimed,
        Self::SpotCheckPending,
        Self::SpotCheckOk,
        Self::SpotCheckFail,
        Self::Swapped,
        Self::Consumed,
        Self::Expired,
        Self::RevokedByOrigin,
        Self::ReturnedToOrigin,
    ];

    /// The whole lifecycle. Anything not listed is refused.
    #[must_use]
    pub const fn after(self, action: Action) -> Option<Self> {
        use {Action::*, State::*};
        Some(match (self, action) {
            (Created, Send) => SentToHub,
            (Created | SentToHub, Receive) | (Claimed, WithdrawClaim) => ReceivedByPort,
            (ReceivedByPort, Claim) => Claimed,
            (Claimed, OrderCheck) => SpotCheckPending,
            (SpotCheckPending, PassCheck | WaiveCheck) | (SpotCheckFail, PassCheck) => SpotCheckOk,
            (SpotCheckPending, FailCheck) => SpotCheckFail,
            (Claimed | SpotCheckOk, Swap) => Swapped,
            (SpotCheckPending | SpotCheckOk | SpotCheckFail, Return) => ReturnedToOrigin,
            (Swapped, Consume) => Consumed,
            (
                Created | SentToHub | ReceivedByPort | Claimed | SpotCheckPending | SpotCheckOk
                | SpotCheckFail | Swapped,
                Expire,
            ) => Expired,
            (
                Created | SentToHub | ReceivedByPort | Claimed | SpotCheckPending | SpotCheckOk
                | SpotCheckFail | Swapped,
                Revoke,
            ) => RevokedByOrigin,
            _ => return None,
        })
    }

    /// Takes the step, or says why it cannot be taken.
    pub fn take(self, action: Action) -> Result<Self, Refusal> {
        self.after(action).ok_or_else(|| {
            Refusal::new(
                "transfer/wrong-state",
                format!("cannot {} a transfer that is {}", action.verb(), self.name()),
            )
        })
    }

    /// Nothing can happen to it any more.
    #[must_use]
    pub fn is_final(self) -> bool {
        Action::ALL.iter().all(|&action| self.after(action).is_none())
    }

    /// The goods are on their way through it: the origin leaves its declaration alone.
    #[must_use]
    pub const fn is_live(self) -> bool {
        !matches!(self, Self::Expired | Self::RevokedByOrigin | Self::ReturnedToOrigin)
    }

    /// Somebody at the port claimed it, and its case there is not ended.
    #[must_use]
    pub const fn is_claimed(self) -> bool {
        matches!(
            self,
            Self::Claimed
                | Self::SpotCheckPending
                | Self::SpotCheckOk
                | Self::SpotCheckFail
                | Self::Swapped
        )
    }

    /// The name on the wire and in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Created => "CREATED",
            Self::SentToHub => "SENT_TO_HUB",
            Self::ReceivedByPort => "RECEIVED_BY_PORT",
            Self::Claimed => "CLAIMED",
            Self::SpotCheckPending => "SPOT_CHECK_PENDING",
            Self::SpotCheckOk => "SPOT_CHECK_OK",
            Self::SpotCheckFail => "SPOT_CHECK_FAIL",
            Self::Swapped => "SWAPPED",
            Self::Consumed => "CONSUMED",
            Self::Expired => "EXPIRED",
            Self::RevokedByOrigin => "REVOKED_BY_ORIGIN",
            Self::ReturnedToOrigin => "RETURNED_TO_ORIGIN",
        }
    }
}

macro_rules! actions {
    ($($(#[$doc:meta])* $action:ident $verb:literal $event:literal),* $(,)?) => {
        /// What can happen to a transfer.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Action { $($(#[$doc])* $action),* }

        impl Action {
            pub const ALL: &'static [Self] = &[$(Self::$action),*];

            /// For people: "cannot <verb> a transfer that is …".
            #[must_use]
            pub const fn verb(self) -> &'static str {
                match self { $(Self::$action => $verb),* }
            }

            /// The event that it leaves in the ledger, and the type of the message with which the port reports it.
            #[must_use]
            pub const fn event(self) -> &'static str {
                match self { $(Self::$action => $event),* }
            }
        }
    };
}

actions! {
    /// Its message was receipted on the way.
    Send "send" "transfer.sent",
    /// The port has it.
    Receive "receive" "transfer.received",
    /// Somebody showed its number and its password.
    Claim "claim" "transfer.claimed",
    /// The claimant takes the claim back.
    WithdrawClaim "withdraw the claim of" "transfer.claim_withdrawn",
    /// Drawn, or ordered by an inspector.
    OrderCheck "check" "transfer.check_ordered",
    /// Two inspectors found it in order, at once or after a correction that the origin agreed to.
    PassCheck "pass" "transfer.check_passed",
    /// The duty chief took it off the check.
    WaiveCheck "waive the check of" "transfer.check_waived",
    /// Two inspectors found that goods and papers do not agree.
    FailCheck "fail" "transfer.check_failed",
    /// Exchanged for a clearance form.
    Swap "swap" "transfer.swapped",
    /// The goods go back to the origin.
    Return "return" "transfer.returned",
    /// Customs has used the form.
    Consume "consume" "transfer.consumed",
    /// Its last day is over.
    Expire "expire" "transfer.expired",
    /// The origin takes it back.
    Revoke "revoke" "transfer.revocation_applied",
}

/// The diagram of `docs/lifecycle/transfer.md`, drawn from the table.
#[must_use]
pub fn mermaid() -> String {
    lifecycle::mermaid(
        &State::ALL,
        Action::ALL,
        |from, action| from.after(*action),
        State::name,
        |action| format!("{action:?}"),
    )
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::select};

    use super::*;

    proptest! {
        /// However silly the order: swapped only after a claim, never while a check is open or failed, and nothing
        /// final is ever left.
        #[test]
        fn every_walk_is_lawful(actions in prop::collection::vec(select(Action::ALL), 0..60)) {
            let mut here = State::Created;
            let (mut is_claimed, mut is_checked) = (false, true);
            for action in actions {
                use Action::*;
                let Ok(next) = here.take(action) else { continue };
                prop_assert!(!here.is_final());
                match action {
                    Claim => (is_claimed, is_checked) = (true, true),
                    WithdrawClaim => is_claimed = false,
                    OrderCheck | FailCheck => is_checked = false,
                    PassCheck | WaiveCheck => is_checked = true,
                    _ => {}
                }
                if next == State::Swapped {
                    prop_assert!(is_claimed && is_checked);
                }
                here = next;
            }
        }

        /// What was revoked, returned or has expired is never claimed, swapped or used afterwards.
        #[test]
        fn what_has_ended_stays_ended(actions in prop::collection::vec(select(Action::ALL), 0..60)) {
            let mut here = State::Created;
            let mut has_ended = false;
            for action in actions {
                let Ok(next) = here.take(action) else { continue };
                prop_assert!(!has_ended, "{here:?} went on to {next:?}");
                has_ended |= !next.is_live();
                here = next;
            }
        }
    }

    #[test]
    fn the_final_states_are_those_of_the_ruling() {
        use State::*;
        let finals: Vec<State> = State::ALL.into_iter().filter(|s| s.is_final()).collect();
        assert_eq!(finals, [Consumed, Expired, RevokedByOrigin, ReturnedToOrigin]);
    }

    #[test]
    fn every_state_can_be_reached() {
        let mut reached = vec![State::Created];
        let mut next = 0;
        while next < reached.len() {
            for &action in Action::ALL {
                if let Some(to) = reached[next].after(action)
                    && !reached.contains(&to)
                {
                    reached.push(to);
                }
            }
            next += 1;
        }
        assert_eq!(reached.len(), State::ALL.len());
    }

    #[test]
    fn names_on_the_wire_are_names_in_the_table() {
        for state in State::ALL {
            assert_eq!(serde_json::to_value(state).unwrap(), state.name());
        }
    }
}

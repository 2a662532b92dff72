//! What a word of the bank does to a payment: pure, total, and never in doubt about money (domain R6).
use super::{bank::Outcome, status::payment::PaymentState};
use crate::kernel::Fen;

/// What we know of the payment the bank speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Believed<'a> {
    pub state: PaymentState,
    pub amount: Fen,
    /// The booking that made it a success.
    pub bank_ref: Option<&'a str>,
}

/// What the bank says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said<'a> {
    pub outcome: Outcome,
    pub amount: Fen,
    pub bank_ref: &'a str,
}

/// What follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Effect {
    /// The payment succeeds.
    Succeed,
    /// The payment fails.
    Fail,
    /// Money came that no payment waits for: to suspense, and back to the payer.
    Suspend,
    /// It does not fit what we asked for: the payment stays unknown until somebody looks.
    Hold,
    /// The payment that succeeded by this booking is taken back.
    Reverse,
    /// The booking that lies in suspense as nobody's is taken back.
    Return,
    /// It denies a success that we believe: noted for the close of the day, nothing changes.
    Contradict,
    /// Known already.
    Nothing,
}

/// Decides. Every success of the bank ends as exactly one of: a successful payment, money in suspense, a
/// payment on hold (invariant 17).
#[must_use]
pub fn effect(believed: Believed<'_>, said: Said<'_>) -> Effect {
    use PaymentState::*;
    let fits = said.amount == believed.amount;
    match (said.outcome, believed.state) {
        (_, Created | Sent | Unknown) if !fits => Effect::Hold,
        (Outcome::Success, Created | Sent | Unknown) => Effect::Succeed,
        (Outcome::Failed, Created | Sent | Unknown) => Effect::Fail,
        (Outcome::Success, Success | Reversed) if believed.bank_ref == Some(said.bank_ref) => {
            Effect::Nothing
        }
        (Outcome::Success, Success | Reversed | Failed) => Effect::Suspend,
        (Outcome::Reversed, Success) if fits && believed.bank_ref == Some(said.bank_ref) => {
            Effect::Reverse
        }
        // What it takes back was never told as fitting: a person has to look.
        (Outcome::Reversed, Created | Sent | Unknown) => Effect::Hold,
        (Outcome::Reversed, Success | Failed) | (Outcome::Failed, Success) => Effect::Contradict,
        (Outcome::Reversed, Reversed) | (Outcome::Failed, Failed | Reversed) => Effect::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKED: Fen = Fen::yuan(484);

    fn believed(state: PaymentState) -> Believed<'static> {
        let bank_ref = (state == PaymentState::Success).then_some("B1");
        Believed { state, amount: ASKED, bank_ref }
    }

    fn said(outcome: Outcome, bank_ref: &str) -> Said<'_> {
        Said { outcome, amount: ASKED, bank_ref }
    }

    #[test]
    fn an_open_payment_believes_the_bank() {
        for state in PaymentState::ALL.into_iter().filter(|state| state.is_open()) {
            assert_eq!(effect(believed(state), said(Outcome::Success, "B1")), Effect::Succeed);
            assert_eq!(effect(believed(state), said(Outcome::Failed, "B1")), Effect::Fail);
        }
    }

    #[test]
    fn another_amount_is_held_until_somebody_looks() {
        for outcome in [Outcome::Success, Outcome::Failed] {
            let word = Said { amount: Fen::yuan(483), ..said(outcome, "B1") };
            assert_eq!(effect(believed(PaymentState::Sent), word), Effect::Hold);
            assert_eq!(effect(believed(PaymentState::Unknown), word), Effect::Hold);
        }
    }

    #[test]
    fn money_for_a_failed_payment_goes_to_suspense() {
        let effect = effect(believed(PaymentState::Failed), said(Outcome::Success, "B1"));
        assert_eq!(effect, Effect::Suspend);
    }

    #[test]
    fn a_second_booking_for_one_payment_goes_to_suspense_and_the_first_told_again_does_not() {
        let paid = believed(PaymentState::Success);
        assert_eq!(effect(paid, said(Outcome::Success, "B2")), Effect::Suspend);
        assert_eq!(effect(paid, said(Outcome::Success, "B1")), Effect::Nothing);
    }

    #[test]
    fn only_the_booking_itself_is_taken_back_and_once() {
        let paid = believed(PaymentState::Success);
        let back = Believed { state: PaymentState::Reversed, ..paid };

        assert_eq!(effect(paid, said(Outcome::Reversed, "B1")), Effect::Reverse);
        assert_eq!(effect(paid, said(Outcome::Reversed, "B2")), Effect::Contradict);
        assert_eq!(effect(back, said(Outcome::Reversed, "B1")), Effect::Nothing);
        assert_eq!(effect(back, said(Outcome::Success, "B1")), Effect::Nothing);
    }

    #[test]
    fn a_success_is_not_undone_by_a_later_refusal() {
        let effect = effect(believed(PaymentState::Success), said(Outcome::Failed, "B1"));
        assert_eq!(effect, Effect::Contradict);
    }

    #[test]
    fn no_success_of_the_bank_is_ever_lost() {
        for state in PaymentState::ALL {
            for amount in [ASKED, Fen(1)] {
                let word = Said { amount, ..said(Outcome::Success, "B9") };
                let effect = effect(believed(state), word);
                assert!(matches!(effect, Effect::Succeed | Effect::Suspend | Effect::Hold));
            }
        }
    }
}

//! Agreements with payers.
use serde::Serialize;
use uuid::Uuid;

use crate::{
    ledger::Event,
    payment::{model::AgreementId, status::agreement::AgreementState},
};

/// An agreement came into force. The subject of agreement events is the agreement.
#[derive(Debug, Serialize)]
pub struct AgreementSigned<'a> {
    pub agreement: AgreementId,
    pub reg_no: &'a str,
}

impl Event for AgreementSigned<'_> {
    const KIND: &'static str = "payment.agreement_signed";
    fn subject(&self) -> Uuid {
        self.agreement.0
    }
}

macro_rules! agreement_events {
    ($($(#[$doc:meta])* $name:ident $kind:literal),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Serialize)]
        pub struct $name<'a> {
            pub agreement: AgreementId,
            #[serde(skip)]
            pub from: AgreementState,
            #[serde(skip)]
            pub to: AgreementState,
            #[serde(skip)]
            pub reason: &'a str,
        }

        impl Event for $name<'_> {
            const KIND: &'static str = $kind;
            fn subject(&self) -> Uuid {
                self.agreement.0
            }
            fn step(&self) -> Option<(&str, &str)> {
                Some((self.from.name(), self.to.name()))
            }
            fn reason(&self) -> Option<&str> {
                Some(self.reason)
            }
        }
    )*};
}

agreement_events! {
    /// No new debits for the time being.
    AgreementSuspended "payment.agreement_suspended",
    /// Debits may be created again.
    AgreementResumed "payment.agreement_resumed",
    /// It is over.
    AgreementEnded "payment.agreement_ended",
}

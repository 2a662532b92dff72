//! What happened around an inspection without moving the declaration. Steps of the lifecycle are told by the
//! declaration itself. Rates and draws never stand in events: the declarant reads the timeline.
use serde::Serialize;
use uuid::Uuid;

use super::{AppointmentId, InspectionId, SampleId, verdict::Verdict};
use crate::{declaration::DeclarationId, ledger::Event};

macro_rules! told {
    ($($(#[$doc:meta])* $name:ident $kind:literal { $($field:ident : $kind_of:ty),* $(,)? })*) => { $(
        $(#[$doc])*
        #[derive(Debug, Serialize)]
        pub struct $name {
            #[serde(skip)]
            pub declaration: DeclarationId,
            $(pub $field: $kind_of),*
        }

        impl Event for $name {
            const KIND: &'static str = $kind;

            fn subject(&self) -> Uuid {
                self.declaration.0
            }
        }
    )* };
}

told! {
    /// Somebody fixed when and where the goods can be seen.
    Appointed "inspection.appointed" { appointment: AppointmentId }
    /// The laboratory reported on one sample while others are still out.
    SampleReported "inspection.sample_reported" { sample: SampleId }
    /// One inspector signed; another has to.
    Signed "inspection.signed" { inspection: InspectionId, verdict: Verdict }
    /// An amendment raised the rate, and it was compared with the stored draw.
    RateRaised "inspection.rate_raised" { version: i32, selects: bool }
}

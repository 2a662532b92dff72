//! Losing direct release (停止直通放行): on which grounds. Who may not go directly meanwhile is kept by `identity`.
use super::model::words;

words! {
    /// Why an enterprise loses direct release (domain 4.5, five grounds).
    Ground as DirectReleaseGround {
        /// A condition does not hold any more.
        ConditionsUnmet "CONDITIONS_UNMET",
        /// Goods that went directly came back or were claimed, with bad effect.
        ReturnedOrClaimed "RETURNED_OR_CLAIMED",
        /// It broke a seal, swapped goods, changed lots or packaging.
        Tampering "TAMPERING",
        /// Other goods of it did not agree with their papers at the port: critical or major notices only.
        MismatchAtPort "MISMATCH_AT_PORT",
        /// Another violation for which it was penalised.
        Penalised "PENALISED",
    }
}

//! Direct release (直通放行; domain 4.5, R16): what moves a consignment together with a declaration, a clearance form, a
//! notice of non-conformity or the day's draw.
mod anomaly;
mod check;
mod consign;
mod correct;
pub(super) mod hear;
mod seals;
mod under_way;

pub use anomaly::{Stopped, look_at_goods, resolve, send_back, stop};
pub use check::{arrive, arrive_inland, check, exit};
pub use consign::consign;
pub use correct::{confirm, correct, recall};
pub use seals::{apply_seals, seals_of};
pub(super) use under_way::must_not_be_under_way;

//! What the bureau counts (domain 4.1, 4.2, 4.8): read from the records themselves, never kept beside them.
//!
//! A batch counts on the Shanghai day of its acceptance, at its declaring office. "Released" means RELEASED.
mod figures;
pub mod service;
mod store;

pub use figures::{Figures, OfficeFigures, Period, Share};

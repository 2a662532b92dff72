//! The draw, and what inspectors find.
pub mod draw;
pub mod keys;

pub use draw::{Draw, Inputs, Rate, Reason, Selection, select};
pub use keys::{DrawKey, DrawKeys, NoKey, WrongKeys};

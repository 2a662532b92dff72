//! Persons who sign in.
pub mod create;
pub mod disable;
pub mod enable;
pub mod get;
pub mod list;
pub mod reset_password;
pub mod unlock;

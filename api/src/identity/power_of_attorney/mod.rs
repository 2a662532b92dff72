//! Powers of attorney (代理报检委托书).
pub mod get;
pub mod grant;
pub mod list;
pub mod revoke;

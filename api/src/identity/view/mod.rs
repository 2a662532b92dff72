//! What this room says and hears over HTTP.
pub mod access;
pub mod client;
pub mod eligibility;
pub mod organisation;
pub mod power_of_attorney;
pub mod staff;

use chrono::{DateTime, Utc};
use shared::{
    identity::staff::is_login,
    kernel::{Failure, Violations},
};
use uuid::Uuid;

/// A code to filter by: 6 or 10 digits.
pub fn code(pointer: &str, given: Option<&str>) -> Result<Option<String>, Failure> {
    let mut violations = Violations::default();
    let is_code =
        |code: &str| matches!(code.len(), 6 | 10) && code.bytes().all(|byte| byte.is_ascii_digit());
    if given.is_some_and(|code| !is_code(code)) {
        violations.error(
            pointer,
            "organisation-code-malformed",
            "应为6位机构代码或10位登记号",
            "6 digits of an office or 10 of a registration number",
        );
    }
    Ok(violations.finish(Some(given.map(str::to_owned)))?)
}

/// A login to filter by.
pub fn login(pointer: &str, given: Option<&str>) -> Result<Option<String>, Failure> {
    let mut violations = Violations::default();
    if given.is_some_and(|login| !is_login(login)) {
        violations.error(pointer, "login-malformed", "登录名格式有误", "No login looks like this");
    }
    Ok(violations.finish(Some(given.map(str::to_owned)))?)
}

/// The moment and id in examples.
fn then() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + chrono::Duration::days(16_000)
}
fn some_id(number: u128) -> Uuid {
    Uuid::from_u128(0x0145_0000_0000_7000_8000_0000_0000_0000 + number)
}

/// One page of a list, as the contract shows it.
macro_rules! page {
    ($name:ident of $item:ty) => {
        /// One page of a list, newest first.
        #[derive(serde::Serialize, utoipa::ToSchema)]
        pub struct $name {
            /// At most `limit` of them.
            #[schema(max_items = 200)]
            pub data: Vec<$item>,
            /// The `cursor` of the next page; null on the last.
            pub next_cursor: Option<uuid::Uuid>,
            /// Whether there is a next page.
            pub has_more: bool,
        }

        impl $name {
            /// For the contract.
            #[must_use]
            pub fn example() -> Self {
                Self { data: vec![<$item>::example()], next_cursor: None, has_more: false }
            }
        }
    };
}
use page;

//! How the bank behaves, on request: by the token of the account, or by a header of the order.
use serde::{Deserialize, Serialize};

/// The header that outranks the account.
pub const BEHAVIOUR_HEADER: &str = "sandbox-behaviour";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Behaviour {
    /// Books the debit, says so, and calls back.
    Ok,
    /// There is not enough money.
    Refuse,
    /// Books the debit and never answers; a query is told, and the callback comes late.
    Timeout,
    /// Answers 500 and books the debit only when it has been asked about twice.
    Unknown,
    /// Calls back twice.
    Twice,
    /// Calls back before it answers.
    CallbackFirst,
    /// Loses the order, and never answers.
    Silent,
    /// Books another amount than was ordered.
    Misbook,
    /// Answers a second later than others.
    Slow,
    /// Somebody else answers and calls back in its name, and cannot sign as it does; the bank itself, when asked,
    /// tells the truth.
    Forged,
}

impl Behaviour {
    const ALL: [(&'static str, Self); 10] = [
        ("ok", Self::Ok),
        ("refuse", Self::Refuse),
        ("timeout", Self::Timeout),
        ("unknown", Self::Unknown),
        ("twice", Self::Twice),
        ("callback-first", Self::CallbackFirst),
        ("silent", Self::Silent),
        ("misbook", Self::Misbook),
        ("slow", Self::Slow),
        ("forged", Self::Forged),
    ];

    /// What an order asks for: its header, else the account `acct-<behaviour>` with anything after it, else
    /// nothing special.
    #[must_use]
    pub fn of(header: Option<&str>, account_token: &str) -> Self {
        Self::named(header, account_token.strip_prefix("acct-").unwrap_or_default())
    }

    /// What a refund to an account asks for: its header, else `acct-refund-<behaviour>`.
    #[must_use]
    pub fn of_refund(header: Option<&str>, account_token: &str) -> Self {
        Self::named(header, account_token.strip_prefix("acct-refund-").unwrap_or_default())
    }

    fn named(header: Option<&str>, account: &str) -> Self {
        let named = header.and_then(|name| Self::ALL.iter().find(|(known, _)| *known == name));
        let by_account = || Self::ALL.iter().find(|(known, _)| is_name(known, account));
        named.or_else(by_account).map_or(Self::Ok, |(_, behaviour)| *behaviour)
    }
}

/// `refuse` is a name of `refuse` and of `refuse-3100601234`.
fn is_name(known: &str, account: &str) -> bool {
    account.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_outranks_the_account_and_the_account_may_have_more_to_its_name() {
        assert_eq!(Behaviour::of(None, "acct-callback-first-3100601234"), Behaviour::CallbackFirst);
        assert_eq!(Behaviour::of(Some("silent"), "acct-ok"), Behaviour::Silent);
        assert_eq!(Behaviour::of(Some("polite"), "acct-refuse"), Behaviour::Refuse);
        assert_eq!(Behaviour::of(None, "any other account"), Behaviour::Ok);
    }
}

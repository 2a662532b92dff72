//! Passwords: what is good enough, and how they are kept (argon2id, m=19456 t=2 p=1, as domain R15).
use std::sync::LazyLock;

use anyhow::anyhow;
use argon2::{Argon2, PasswordHasher, PasswordVerifier, password_hash::phc::PasswordHash};

use super::staff::Proof;
use crate::kernel::Violations;

/// Fewest characters of a password.
pub const MIN_LENGTH: usize = 12;
/// Most characters: a longer one only costs time.
pub const MAX_LENGTH: usize = 128;

/// What is wrong with a password, for the account it is meant for.
#[must_use]
pub fn faults(password: &str, login: &str) -> Violations {
    let mut violations = Violations::default();
    let length = password.chars().count();
    if !(MIN_LENGTH..=MAX_LENGTH).contains(&length) {
        violations.error(
            "/password",
            "password-length",
            format!("密码长度应为{MIN_LENGTH}至{MAX_LENGTH}个字符"),
            format!("A password has {MIN_LENGTH} to {MAX_LENGTH} characters"),
        );
    }
    let mut characters: Vec<char> = password.chars().collect();
    characters.sort_unstable();
    characters.dedup();
    if characters.len() < 5 || (!login.is_empty() && password.to_lowercase().contains(login)) {
        violations.error(
            "/password",
            "password-guessable",
            "密码过于简单,或包含登录名",
            "This password is easily guessed: too few different characters, or it contains the login",
        );
    }
    violations
}

/// The PHC string to keep. Slow on purpose: never on a thread that serves requests.
pub fn hash(password: &str) -> anyhow::Result<String> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    Ok(hash.map_err(|error| anyhow!("hashing a password: {error}"))?.to_string())
}

/// Compares. Slow on purpose: never on a thread that serves requests.
#[must_use]
pub fn compare(password: &str, kept: &str) -> Proof {
    let Ok(kept) = PasswordHash::new(kept) else { return Proof::Wrong };
    match Argon2::default().verify_password(password.as_bytes(), &kept) {
        Ok(()) => Proof::Right,
        Err(_) => Proof::Wrong,
    }
}

/// A digest that is as slow to search through as [`hash`], and always the same for the same salt.
pub fn veil(password: &str, salt: &[u8; 32]) -> anyhow::Result<[u8; 32]> {
    let mut digest = [0; 32];
    Argon2::default()
        .hash_password_into(password.as_bytes(), salt, &mut digest)
        .map_err(|error| anyhow!("veiling a password: {error}"))?;
    Ok(digest)
}

/// Takes as long as [`compare`] and never agrees: for a login that nobody has.
#[must_use]
pub fn compare_with_nobody(password: &str) -> Proof {
    static NOBODY: LazyLock<Option<String>> =
        LazyLock::new(|| hash("nobody has this password").ok());
    if let Some(kept) = NOBODY.as_deref() {
        std::hint::black_box(compare(password, kept));
    }
    Proof::Wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_kept_as_argon2id_and_known_again() {
        let kept = hash("correct horse battery").unwrap();

        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert_eq!(compare("correct horse battery", &kept), Proof::Right);
        assert_eq!(compare("correct horse batterY", &kept), Proof::Wrong);
        assert_eq!(compare("anything", "not a hash"), Proof::Wrong);
        assert_eq!(compare_with_nobody("nobody has this password"), Proof::Wrong);
    }

    #[test]
    fn a_veiled_password_tells_one_request_from_another() {
        let veiled = |password: &str, salt: u8| veil(password, &[salt; 32]).unwrap();
        assert_eq!(veiled("correct horse", 1), veiled("correct horse", 1));
        assert_ne!(veiled("correct horse", 1), veiled("correct horse", 2));
        assert_ne!(veiled("correct horse", 1), veiled("correct h0rse", 1));
    }

    #[test]
    fn a_weak_password_is_told_what_is_wrong() {
        let codes = |password: &str| -> Vec<String> {
            faults(password, "wang.li").into_vec().into_iter().map(|found| found.code).collect()
        };
        assert!(codes("correct horse battery").is_empty());
        assert_eq!(codes("short-1"), ["password-length"]);
        assert_eq!(codes(&"a".repeat(129)), ["password-length", "password-guessable"]);
        assert_eq!(codes("Wang.Li-is-my-login"), ["password-guessable"]);
        assert_eq!(codes("aaaaaaaaaaaa"), ["password-guessable"]);
    }
}

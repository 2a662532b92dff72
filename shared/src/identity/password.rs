//! Passwords: what is good enough, and how they are kept (argon2id, m=19456 t=2 p=1, as domain R15).
use std::sync::OnceLock;

use anyhow::anyhow;
use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::{
        generate_salt,
        phc::{Output, ParamsString, PasswordHash, Salt},
    },
};

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

/// The memory that makes guessing dear: 19 MiB from the first use on. It is used again and again; a heap that is
/// asked for as much each time, by whichever thread, keeps a piece of that size for every one of them.
#[derive(Default)]
pub struct Memory(Vec<Block>);

impl Memory {
    fn digest(
        &mut self,
        argon2: &Argon2<'_>,
        password: &str,
        salt: &[u8],
        digest: &mut [u8],
    ) -> argon2::Result<()> {
        let wanted = argon2.params().block_count();
        if self.0.len() < wanted {
            self.0.resize(wanted, Block::new());
        }
        argon2.hash_password_into_with_memory(password.as_bytes(), salt, digest, &mut self.0)
    }
}

/// The PHC string to keep. Slow on purpose: never on a thread that serves requests.
pub fn hash(password: &str, memory: &mut Memory) -> anyhow::Result<String> {
    let broken = |error: &dyn std::fmt::Display| anyhow!("hashing a password: {error}");
    let (argon2, salt) = (Argon2::default(), generate_salt());
    let mut digest = [0; Params::DEFAULT_OUTPUT_LEN];
    memory.digest(&argon2, password, &salt, &mut digest).map_err(|error| broken(&error))?;
    let kept = PasswordHash {
        algorithm: argon2::ARGON2ID_IDENT,
        version: Some(Version::default().into()),
        params: ParamsString::try_from(argon2.params()).map_err(|error| broken(&error))?,
        salt: Some(Salt::new(&salt).map_err(|error| broken(&error))?),
        hash: Some(Output::new(&digest).map_err(|error| broken(&error))?),
    };
    Ok(kept.to_string())
}

/// Compares. Slow on purpose: never on a thread that serves requests.
#[must_use]
pub fn compare(password: &str, kept: &str, memory: &mut Memory) -> Proof {
    match digest_again(password, kept, memory) {
        // Of one digest with another: it takes as long wherever they differ.
        Some((digest, kept)) if digest == kept => Proof::Right,
        _ => Proof::Wrong,
    }
}

/// The digest of a password, made as the kept one was, and the kept one.
fn digest_again(password: &str, kept: &str, memory: &mut Memory) -> Option<(Output, Output)> {
    let kept = PasswordHash::new(kept).ok()?;
    let (salt, hash) = (kept.salt?, kept.hash?);
    let algorithm = Algorithm::try_from(kept.algorithm.as_str()).ok()?;
    let version = Version::try_from(kept.version?).ok()?;
    let argon2 = Argon2::new(algorithm, version, Params::try_from(&kept).ok()?);
    let mut digest = vec![0; hash.len()];
    memory.digest(&argon2, password, &salt, &mut digest).ok()?;
    Some((Output::new(&digest).ok()?, hash))
}

/// A digest that is as slow to search through as [`hash`], and always the same for the same salt.
pub fn veil(password: &str, salt: &[u8; 32], memory: &mut Memory) -> anyhow::Result<[u8; 32]> {
    let mut digest = [0; 32];
    memory
        .digest(&Argon2::default(), password, salt, &mut digest)
        .map_err(|error| anyhow!("veiling a password: {error}"))?;
    Ok(digest)
}

/// Takes as long as [`compare`] and never agrees: for a login that nobody has.
#[must_use]
pub fn compare_with_nobody(password: &str, memory: &mut Memory) -> Proof {
    static NOBODY: OnceLock<Option<String>> = OnceLock::new();
    let nobody = NOBODY.get_or_init(|| hash("nobody has this password", memory).ok());
    if let Some(kept) = nobody {
        std::hint::black_box(compare(password, kept, memory));
    }
    Proof::Wrong
}

#[cfg(test)]
mod tests {
    use argon2::{PasswordHasher as _, PasswordVerifier as _};

    use super::*;

    #[test]
    fn a_password_is_kept_as_argon2id_and_known_again() {
        let mut memory = Memory::default();
        let kept = hash("correct horse battery", &mut memory).unwrap();

        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert_eq!(compare("correct horse battery", &kept, &mut memory), Proof::Right);
        assert_eq!(compare("correct horse batterY", &kept, &mut memory), Proof::Wrong);
        assert_eq!(compare("anything", "not a hash", &mut memory), Proof::Wrong);
        assert_eq!(compare_with_nobody("nobody has this password", &mut memory), Proof::Wrong);
    }

    #[test]
    fn hashes_are_those_of_everybody_elses_argon2() {
        let (word, mut memory) = ("correct horse battery", Memory::default());
        let small = Argon2::from(Params::new(64, 1, 2, None).unwrap());
        let theirs = small.hash_password(word.as_bytes()).unwrap().to_string();
        let ours = hash(word, &mut memory).unwrap();

        assert_eq!(compare(word, &theirs, &mut memory), Proof::Right);
        assert_eq!(compare("correct horse batterY", &theirs, &mut memory), Proof::Wrong);
        assert!(Argon2::default().verify_password(word.as_bytes(), ours.as_str()).is_ok());
    }

    #[test]
    fn a_veiled_password_tells_one_request_from_another() {
        let mut memory = Memory::default();
        let mut veiled =
            |password: &str, salt: u8| veil(password, &[salt; 32], &mut memory).unwrap();
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

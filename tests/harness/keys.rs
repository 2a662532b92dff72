//! Keys for tests: made from fixed seeds, written once for all tests of a run.
use std::{path::PathBuf, sync::LazyLock, time::Duration};

use ed25519_dalek::{
    SigningKey,
    pkcs8::{EncodePrivateKey as _, spki::der::pem::LineEnding},
};
use shared::payment::signature::SealingKey;
use worker::outbound::bank::Bank;

/// Beside the test program: made once, the same for all tests, gone with the build.
static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let program = std::env::current_exe().unwrap();
    let folder = program.parent().unwrap().join("anyport-test-keys");
    std::fs::create_dir_all(&folder).unwrap();
    let key = SigningKey::from_bytes(&[7; 32]).to_pkcs8_pem(LineEnding::LF).unwrap();
    // Several test processes may write it at once: each puts a whole file in place.
    let fresh = folder.join(format!("{}.fresh", std::process::id()));
    std::fs::write(&fresh, key.as_bytes()).unwrap();
    std::fs::rename(fresh, folder.join("test.pem")).unwrap();
    folder
});

/// Where the token key lies.
pub(crate) fn folder() -> PathBuf {
    FOLDER.clone()
}

/// The bank's own key.
pub(crate) fn bank() -> SealingKey {
    SealingKey::from_seed(&[9; 32])
}

/// A bank that nobody opened: whoever needs one opens the sandbox.
pub(crate) fn no_bank() -> Bank {
    let ours = SealingKey::from_seed(&[8; 32]);
    let theirs = bank().checking_key();
    Bank::new("SANDBOX", "http://127.0.0.1:9", ours, theirs, Duration::from_secs(1)).unwrap()
}

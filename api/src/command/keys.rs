//! `api keys NAME DIR`: an Ed25519 key pair in PEM, the secret one readable by its owner only.
use std::{fs, io::Write as _, os::unix::fs::OpenOptionsExt as _, path::Path};

use anyhow::Context as _;
use ed25519_dalek::{
    SigningKey,
    pkcs8::{EncodePrivateKey as _, EncodePublicKey as _, spki::der::pem::LineEnding},
};

pub(super) fn make(name: &str, folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder)?;
    let seed: [u8; 32] = random_seed()?;
    let key = SigningKey::from_bytes(&seed);
    let secret = key.to_pkcs8_pem(LineEnding::LF)?;
    let public = key.verifying_key().to_public_key_pem(LineEnding::LF)?;
    let file = folder.join(format!("{name}.pem"));
    // Never over a key that exists: whoever signed with it must stay believable.
    fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&file)
        .with_context(|| format!("{} cannot be made", file.display()))?
        .write_all(secret.as_bytes())?;
    fs::write(folder.join(format!("{name}.pub.pem")), public)?;
    Ok(())
}

/// 32 bytes from the operating system.
fn random_seed() -> anyhow::Result<[u8; 32]> {
    let mut seed = [0; 32];
    fs::File::open("/dev/urandom")
        .and_then(|mut file| std::io::Read::read_exact(&mut file, &mut seed))
        .context("no random bytes to be had")?;
    Ok(seed)
}

//! The folder in which the driver keeps what nobody else may read: passwords and client credentials.
use std::{
    fs,
    io::Write as _,
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use ed25519_dalek::{
    SigningKey,
    pkcs8::{EncodePrivateKey as _, EncodePublicKey as _, spki::der::pem::LineEnding},
};
use rand::RngCore as _;
use serde::{Serialize, de::DeserializeOwned};

/// Files of mode 0600 in a folder of mode 0700.
#[derive(Clone, Debug)]
pub(crate) struct Keys {
    folder: PathBuf,
}

impl Keys {
    pub(crate) fn open(folder: &Path) -> anyhow::Result<Self> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true).mode(0o700);
        builder.create(folder).with_context(|| format!("creating {}", folder.display()))?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// A folder that is there already, and whatever else is in it.
    pub(crate) fn of(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// What a file holds; `None` where there is none.
    pub(crate) fn read(&self, name: &str) -> anyhow::Result<Option<String>> {
        match fs::read_to_string(self.path(name)) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => {
                Err(error).with_context(|| format!("reading {}", self.path(name).display()))
            }
        }
    }

    /// Replaces a file in one step: a crash leaves the old one or the new one.
    pub(crate) fn write(&self, name: &str, text: &str) -> anyhow::Result<()> {
        let (path, draft) = (self.path(name), self.path(&format!(".{name}.new")));
        let write = || {
            let mut options = fs::OpenOptions::new();
            options.write(true).create(true).truncate(true).mode(0o600);
            let mut file = options.open(&draft)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&draft, &path)
        };
        write().with_context(|| format!("writing {}", path.display()))
    }

    pub(crate) fn read_json<T: DeserializeOwned + Default>(&self, name: &str) -> anyhow::Result<T> {
        let Some(text) = self.read(name)? else { return Ok(T::default()) };
        serde_json::from_str(&text)
            .with_context(|| format!("reading {}", self.path(name).display()))
    }

    pub(crate) fn write_json(&self, name: &str, value: &impl Serialize) -> anyhow::Result<()> {
        self.write(name, &serde_json::to_string_pretty(value)?)
    }
}

/// `count` random bytes, as hexadecimal digits: passwords, `jti`, idempotency keys.
pub(crate) fn random_hex(count: usize) -> String {
    let mut bytes = vec![0_u8; count];
    rand::rng().fill_bytes(&mut bytes);
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// A new Ed25519 key pair in PEM: private, public.
pub(crate) fn new_key_pair() -> anyhow::Result<(String, String)> {
    let mut seed = [0_u8; 32];
    rand::rng().fill_bytes(&mut seed);
    let key = SigningKey::from_bytes(&seed);
    let private = key.to_pkcs8_pem(LineEnding::LF)?.to_string();
    Ok((private, key.verifying_key().to_public_key_pem(LineEnding::LF)?))
}

/// The public half of a private key in PEM.
pub(crate) fn public_of(private: &str) -> anyhow::Result<String> {
    use ed25519_dalek::pkcs8::DecodePrivateKey as _;
    let key = SigningKey::from_pkcs8_pem(private)?;
    Ok(key.verifying_key().to_public_key_pem(LineEnding::LF)?)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn only_the_owner_reads_what_is_kept() {
        let folder = std::env::temp_dir().join(format!("anyport-driver-{}", random_hex(6)));
        let keys = Keys::open(&folder).unwrap();
        assert_eq!(keys.read("a").unwrap(), None);
        keys.write("a", "secret").unwrap();
        keys.write("a", "new secret").unwrap();
        assert_eq!(keys.read("a").unwrap().as_deref(), Some("new secret"));
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&keys.path("a")), mode(&folder)), (0o600, 0o700));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_key_pair_belongs_together() {
        let (private, public) = new_key_pair().unwrap();
        assert_eq!(public_of(&private).unwrap(), public);
        assert!(public.starts_with("-----BEGIN PUBLIC KEY-----"));
    }
}

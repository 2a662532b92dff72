//! Who the kit is: a bureau code and a key, in a file; and how an Anyport of our own is told.
use std::path::Path;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    client::Server,
    keys::{Keys, new_key_pair, random_hex},
    protocol::Signer,
    session::{Credential, Session},
};

/// Nobody's code.
const TESTER: &str = "990000";
/// Since when the key is good: messages may be older than the request that brings them.
const SINCE: &str = "2010-01-01T00:00:00Z";

/// The file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    bureau: String,
    key_id: String,
    /// PKCS#8 in PEM.
    private_key: String,
}

/// Makes a key, keeps it in the file, and says what the other side has to enter.
pub(super) fn make_keys(file: &Path, bureau: &str) -> anyhow::Result<()> {
    anyhow::ensure!(!file.exists(), "{} is there already", file.display());
    let (folder, name) = (file.parent(), file.file_name().and_then(|name| name.to_str()));
    let folder = folder.filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let (private_key, _) = new_key_pair()?;
    let key_id = format!("kit-{}", random_hex(4));
    let signer = Signer::from_pem(bureau, &key_id, &private_key)?;
    let kept = Kept { bureau: bureau.to_owned(), key_id, private_key };
    anyhow::ensure!(folder.is_dir(), "{} is no folder", folder.display());
    Keys::of(folder).write_json(name.context("--new wants a file")?, &kept)?;
    eprintln!(
        "driver: enter bureau {bureau} as a partner that cannot be called, without a memorandum"
    );
    println!(
        "{}",
        json!({ "bureau": bureau, "key_id": signer.key_id, "public_key": signer.public_key(),
            "valid_from": SINCE })
    );
    Ok(())
}

/// The tester whose file it is.
pub(super) fn read_keys(file: &Path) -> anyhow::Result<Signer> {
    let text =
        std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    let kept: Kept =
        serde_json::from_str(&text).with_context(|| format!("reading {}", file.display()))?;
    Signer::from_pem(&kept.bureau, &kept.key_id, &kept.private_key)
}

/// Has the administrator of a private Anyport enter the tester.
pub(super) async fn register(url: &str, password_file: &Path) -> anyhow::Result<Signer> {
    introduce(url, password_file, (TESTER, "一致性测试局"), &[]).await
}

/// Has the administrator of a private Anyport enter a bureau of ours that cannot be called, with these memoranda.
pub(crate) async fn introduce(
    url: &str,
    password_file: &Path,
    (code, name): (&str, &str),
    memoranda: &[&str],
) -> anyhow::Result<Signer> {
    let password = std::fs::read_to_string(password_file)
        .with_context(|| format!("reading {}", password_file.display()))?;
    let credential = Credential::Password {
        login: "admin".to_owned(),
        password: password.trim_end().to_owned(),
    };
    let admin = Session::new(&Server::at(url)?, credential);
    let (private, _) = new_key_pair()?;
    let signer = Signer::from_pem(code, "kit", &private)?;
    let partner = json!({ "code": code, "name_zh": name });
    admin.act("/v1/partners", Some(&partner)).await.with_context(|| format!("entering {code}"))?;
    let key =
        json!({ "key_id": signer.key_id, "public_key": signer.public_key(), "valid_from": SINCE });
    let path = format!("/v1/partners/{code}");
    admin.act(&format!("{path}/keys"), Some(&key)).await.context("entering its key")?;
    for kind in memoranda {
        let memorandum = json!({ "kind": kind, "valid_from": "2010-01-01" });
        let agreed = admin.act(&format!("{path}/memoranda"), Some(&memorandum)).await;
        agreed.with_context(|| format!("agreeing on {kind}"))?;
    }
    Ok(signer)
}

//! One bureau, seen by whoever runs it: its administrator, and the key with which it signs.
use std::{fs, path::Path, time::Duration};

use anyhow::{Context as _, bail};
use serde_json::Value;
use tokio::time::{Instant, sleep};

use super::plan::Place;
use crate::{
    client::Server,
    protocol::{Call, Door, MESSAGES, Signer},
    session::{Credential, Session},
};

/// How long a message may take from one worker to the other.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);
const GLANCE: Duration = Duration::from_millis(50);

pub(crate) struct Bureau {
    pub(crate) code: String,
    pub(crate) url: String,
    pub(crate) admin: Session,
    /// Its exchange key, as it lies in its folder.
    pub(crate) signer: Signer,
}

impl Bureau {
    /// Signs in as its administrator.
    pub(crate) async fn at(place: &Place) -> anyhow::Result<Self> {
        let Place { code, url, folder } = place;
        let server = Server::at(url)?;
        let file = folder.join("admin.password");
        let password =
            fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
        let login = "admin".to_owned();
        let password = password.trim_end().to_owned();
        let admin = Session::new(&server, Credential::Password { login, password });
        admin.sign_in().await.with_context(|| format!("the administrator of {code}"))?;
        let signer = newest(code, &folder.join("keys/exchange"))?;
        Ok(Self { code: code.clone(), url: url.clone(), admin, signer })
    }

    /// What became, at the other side, of a message of ours: asked with our own signature. `None`: it is not there.
    pub(crate) async fn asks(&self, other: &Self, message: &str) -> anyhow::Result<Option<Value>> {
        let door = Door::new(&other.url, self.signer.clone())?;
        let answer = door.call(Call::get(&format!("{MESSAGES}/{message}"))).await?;
        match answer.status {
            200 => Ok(Some(answer.body)),
            404 => Ok(None),
            status => bail!("{} says {status} when it is asked: {}", other.code, answer.body),
        }
    }

    /// Waits until a message of ours took effect at the other side, and tells what it brought about.
    pub(crate) async fn sees_applied(&self, other: &Self, message: &str) -> anyhow::Result<Value> {
        let until = Instant::now() + PATIENCE;
        loop {
            let known = self.asks(other, message).await?;
            let state = known.as_ref().and_then(|known| known["state"].as_str());
            match (state, known.as_ref()) {
                (Some("APPLIED"), Some(known)) => return Ok(known.clone()),
                (Some("REFUSED" | "PARKED"), Some(known)) => {
                    bail!("{} has it as {}: {}", other.code, known["state"], known["reason"])
                }
                _ if Instant::now() > until => {
                    let state = state.unwrap_or("not there");
                    bail!("{message} from {} is {state} at {}", self.code, other.code)
                }
                _ => sleep(GLANCE).await,
            }
        }
    }
}

/// The newest key of a folder is the one that signs.
fn newest(code: &str, folder: &Path) -> anyhow::Result<Signer> {
    let files = fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?;
    let files = files.collect::<Result<Vec<_>, _>>()?.into_iter().map(|file| file.path());
    let newest = files.filter(|file| file.extension().is_some_and(|end| end == "pem")).max();
    let newest = newest.with_context(|| format!("no key in {}", folder.display()))?;
    let key_id = newest.file_stem().and_then(|name| name.to_str()).context("a key's name")?;
    Signer::from_pem(code, key_id, &fs::read_to_string(&newest)?)
}

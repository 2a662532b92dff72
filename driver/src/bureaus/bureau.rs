//! One bureau, seen by whoever runs it: its administrator, its people, and the key with which it signs.
use std::{fs, path::Path, sync::Arc, time::Duration};

use anyhow::{Context as _, bail, ensure};
use chrono::NaiveDate;
use serde_json::Value;
use tokio::time::{Instant, sleep};

use super::{cast, plan::Place, told::text};
use crate::{
    api::Judgement,
    client::Server,
    keys::Keys,
    protocol::{Call, Door, MESSAGES, Signer},
    session::{Credential, Session},
    wire::{Declaration, Status},
    world::{Post, World},
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
    pub(crate) world: Arc<World>,
}

impl Bureau {
    /// Signs in as its administrator, and finds or makes its people.
    pub(crate) async fn at(place: &Place) -> anyhow::Result<Self> {
        Self::of(place, &Server::at(&place.url)?).await
    }

    /// The same, over a connection of the caller's.
    pub(crate) async fn of(place: &Place, server: &Arc<Server>) -> anyhow::Result<Self> {
        let Place { code, url, folder } = place;
        let file = folder.join("admin.password");
        let password =
            fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
        let login = "admin".to_owned();
        let password = password.trim_end().to_owned();
        let admin = Session::new(server, Credential::Password { login, password });
        admin.sign_in().await.with_context(|| format!("the administrator of {code}"))?;
        let signer = newest(code, &folder.join("keys/exchange"))?;
        let enterprises = cast::enterprises(code);
        let cast = cast::of(code, &enterprises)?;
        let world = World::of(&admin, Keys::open(&folder.join("keys"))?, &cast).await;
        let world = Arc::new(world.with_context(|| format!("the people of {code}"))?);
        Ok(Self { code: code.clone(), url: url.clone(), admin, signer, world })
    }

    /// Whoever fills a post at an office.
    pub(crate) fn who(&self, office: &str, post: Post) -> anyhow::Result<&Session> {
        Ok(&self.world.officer(office, post)?.session)
    }

    /// The day there.
    pub(crate) fn today(&self) -> anyhow::Result<NaiveDate> {
        self.world.server.clock.today()
    }

    /// An enterprise files goods that are drawn for inspection; where the review wants a person, an officer accepts them.
    pub(crate) async fn drawn(&self, reg_no: &str, goods: &Value) -> anyhow::Result<Declaration> {
        let declarant = self.world.declarant(reg_no)?;
        let (receipt, _) = declarant.file(goods).await.context("filing")?;
        if receipt.status == Status::ManualReview {
            let officer = self.who(text(goods, "/decl_org"), Post::Acceptance)?;
            officer.accept(&receipt.id).await.context("accepting")?;
        }
        let case: Declaration = declarant.get(&format!("/v1/declarations/{}", receipt.id)).await?;
        let status = case.status.name();
        ensure!(case.status == Status::Selected, "filed, it is {status}: {:?}", receipt.defects);
        Ok(case)
    }

    /// An enterprise pays what a case costs, and the bank says so; what that was.
    pub(crate) async fn pays(&self, reg_no: &str, id: &str) -> anyhow::Result<String> {
        let payer = self.world.declarant(reg_no)?;
        let notices = payer.fee_notices(id).await?;
        let notice = notices.first().context("no fee notice")?;
        payer.pay(&notice.id).await.context("paying")?;
        until("the bank", async || {
            Ok((payer.fee_notice(&notice.id).await?.state == "PAID").then_some(()))
        })
        .await?;
        Ok(notice.total.to_string())
    }

    /// Two inspectors of an office look at the goods of a case and find them in order.
    pub(crate) async fn inspect(&self, office: &str, id: &str) -> anyhow::Result<()> {
        let inspectors = [Post::FirstInspector, Post::SecondInspector];
        let [first, second] = inspectors.map(|post| self.world.officer(office, post));
        let (first, second) = (first?, second?);
        let now = self.world.server.clock.now().context("the server's time is unknown")?;
        first.session.appoint(id, now).await.context("the appointment")?;
        first.session.start_inspection(id, &second.id).await.context("starting the inspection")?;
        let goods = first.session.goods_lines(id).await?;
        for inspector in [first, second] {
            let signed = inspector.session.sign_result(id, &Judgement::Pass, &goods).await;
            signed.context("signing the result")?;
        }
        Ok(())
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

/// Looks again and again until something is there, or patience ends.
pub(crate) async fn until<T>(
    what: &str,
    look: impl AsyncFn() -> anyhow::Result<Option<T>>,
) -> anyhow::Result<T> {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look().await.with_context(|| format!("waiting for {what}"))? {
            return Ok(found);
        }
        ensure!(Instant::now() < end, "{what}: not after {PATIENCE:?}");
        sleep(GLANCE).await;
    }
}

/// What is at a path, if it is there yet.
pub(crate) async fn found(eyes: &Session, path: &str) -> anyhow::Result<Option<Value>> {
    match eyes.get(path).await {
        Ok(body) => Ok(Some(body)),
        Err(fault) if fault.status() == Some(404) => Ok(None),
        Err(fault) => Err(fault.into()),
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

//! Sections 2 and 4: keys, and requests that prove who makes them.
use anyhow::ensure;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use chrono::TimeDelta;

use crate::{
    conformance::kit::{Kit, said},
    protocol::{Call, MESSAGES, Seal, Signer},
};

pub(super) async fn keys(kit: &Kit) -> anyhow::Result<String> {
    let (bureau, keys) = Kit::read_keys(&kit.door).await?;
    ensure!(bureau.len() == 6, "bureau {bureau}");
    for (id, key) in &keys {
        let bytes = BASE64.decode(key).map(|bytes| bytes.len());
        ensure!(bytes.as_ref().is_ok_and(|count| *count == 32), "key {id} is {key}");
    }
    Ok(format!("bureau {bureau}, {} keys", keys.len()))
}

fn bringing(kit: &Kit) -> Call {
    Call::bring(&[kit.message()])
}

/// Sends a call under a seal; it must be turned away.
async fn turned_away(kit: &Kit, call: Call, seal: Option<Seal>) -> anyhow::Result<String> {
    let answer = kit.door.send(call, seal).await?;
    ensure!(answer.status == 401, "{}", said(&answer));
    Ok("401".to_owned())
}

pub(super) async fn unsigned(kit: &Kit) -> anyhow::Result<String> {
    turned_away(kit, bringing(kit), None).await
}

async fn sealed_by(kit: &Kit, signer: &Signer) -> anyhow::Result<String> {
    let call = bringing(kit);
    let seal = call.seal(signer, TimeDelta::zero());
    turned_away(kit, call, Some(seal)).await
}

pub(super) async fn forged(kit: &Kit) -> anyhow::Result<String> {
    sealed_by(kit, &kit.stranger).await
}

pub(super) async fn key_unknown(kit: &Kit) -> anyhow::Result<String> {
    let mut signer = kit.signer().clone();
    "never-entered".clone_into(&mut signer.key_id);
    sealed_by(kit, &signer).await
}

pub(super) async fn bureau_unknown(kit: &Kit) -> anyhow::Result<String> {
    let mut signer = kit.signer().clone();
    "999999".clone_into(&mut signer.bureau);
    sealed_by(kit, &signer).await
}

async fn dated(kit: &Kit, off: TimeDelta) -> anyhow::Result<String> {
    let call = bringing(kit);
    let seal = call.seal(kit.signer(), off);
    turned_away(kit, call, Some(seal)).await
}

pub(super) async fn old(kit: &Kit) -> anyhow::Result<String> {
    dated(kit, TimeDelta::minutes(-6)).await
}

pub(super) async fn future(kit: &Kit) -> anyhow::Result<String> {
    dated(kit, TimeDelta::minutes(6)).await
}

pub(super) async fn in_window(kit: &Kit) -> anyhow::Result<String> {
    let call = bringing(kit);
    let seal = call.seal(kit.signer(), TimeDelta::minutes(-4));
    let answer = kit.door.send(call, Some(seal)).await?;
    ensure!(answer.status == 200, "{}", said(&answer));
    Ok("200".to_owned())
}

pub(super) async fn body_changed(kit: &Kit) -> anyhow::Result<String> {
    let seal = bringing(kit).seal(kit.signer(), TimeDelta::zero());
    turned_away(kit, bringing(kit), Some(seal)).await
}

pub(super) async fn misdirected(kit: &Kit) -> anyhow::Result<String> {
    let elsewhere = Call::get(&format!("{MESSAGES}?of=others"));
    let seal = elsewhere.seal(kit.signer(), TimeDelta::zero());
    turned_away(kit, Call::get(MESSAGES), Some(seal)).await
}

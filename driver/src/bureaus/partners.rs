//! Each bureau's administrator enters the others: who they are, the key that is theirs, and what was agreed.
use anyhow::{Context as _, ensure};
use serde_json::{Value, json};

use super::Bureau;
use crate::client::Fault;

/// Everything that two bureaus can agree on.
pub(crate) const MEMORANDA: [&str; 6] =
    ["TRANSFER", "DIRECT_RELEASE", "CREDIT", "EXEMPTION", "NON_CONFORMITY", "HANDOFF"];
/// Since when: long before any message.
const SINCE: &str = "2010-01-01";

/// Makes partners of all of them, each way; what is there already stays.
pub(crate) async fn befriend(bureaus: &[Bureau]) -> anyhow::Result<()> {
    for own in bureaus {
        for other in bureaus.iter().filter(|other| other.code != own.code) {
            let met = enter(own, other).await;
            met.with_context(|| format!("{} enters {}", own.code, other.code))?;
        }
    }
    Ok(())
}

async fn enter(own: &Bureau, other: &Bureau) -> anyhow::Result<()> {
    let partner =
        json!({ "code": other.code, "name_zh": name_of(&other.code), "base_url": other.url });
    if !is_new(own.admin.act("/v1/partners", Some(&partner)).await, "exchange/partner-exists")? {
        // It may have moved since the last run.
        call_at(own, &other.code, &other.url).await?;
    }
    check_key(own, other).await?;
    let key = json!({ "key_id": other.signer.key_id, "public_key": other.signer.public_key(),
        "valid_from": format!("{SINCE}T00:00:00Z") });
    let path = format!("/v1/partners/{}", other.code);
    is_new(own.admin.act(&format!("{path}/keys"), Some(&key)).await, "exchange/key-exists")?;
    for kind in MEMORANDA {
        let memorandum = json!({ "kind": kind, "valid_from": SINCE });
        let agreed = own.admin.act(&format!("{path}/memoranda"), Some(&memorandum)).await;
        is_new(agreed, "exchange/memorandum-overlaps")?;
    }
    Ok(())
}

/// From now on `own` brings its messages for a partner there.
pub(crate) async fn call_at(own: &Bureau, partner: &str, url: &str) -> anyhow::Result<()> {
    let change = json!({ "name_zh": name_of(partner), "base_url": url });
    own.admin.put(&format!("/v1/partners/{partner}"), &change).await?;
    Ok(())
}

/// The key that the other side publishes must be the one that came another way: here, out of its folder.
async fn check_key(own: &Bureau, other: &Bureau) -> anyhow::Result<()> {
    let published: Value = other.admin.get("/v1/exchange/keys").await?;
    ensure!(
        published["bureau"] == other.code.as_str(),
        "it says that it is {}",
        published["bureau"]
    );
    let keys = published["keys"].as_array().map_or(&[][..], Vec::as_slice);
    let is_there = keys.iter().any(|key| {
        key["key_id"] == other.signer.key_id.as_str()
            && key["public_key"] == other.signer.public_key().as_str()
    });
    ensure!(
        is_there,
        "the published keys of {} are not those that {} was given",
        other.code,
        own.code
    );
    Ok(())
}

/// Whether something was made; `false`: it was there before.
fn is_new<T>(made: Result<T, Fault>, there: &str) -> anyhow::Result<bool> {
    match made {
        Ok(_) => Ok(true),
        Err(fault) if fault.code() == there => Ok(false),
        Err(fault) => Err(fault.into()),
    }
}

/// What a bureau is called.
pub(crate) fn name_of(code: &str) -> &'static str {
    match code {
        "310000" => "上海出入境检验检疫局",
        "320000" => "江苏出入境检验检疫局",
        "330000" => "浙江出入境检验检疫局",
        "340000" => "安徽出入境检验检疫局",
        _ => "其他出入境检验检疫局",
    }
}

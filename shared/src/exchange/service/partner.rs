//! Who our partners are, which keys are believed, and what was agreed. An administrator says so.
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;
use sqlx::PgConnection;

use crate::{
    exchange::{
        event::{KeyChanged, MemorandumChanged, PartnerChanged},
        keys::OwnKeys,
        model::{Key, Memorandum, MemorandumId, MemorandumKind, Partner, PartnerState},
        store,
    },
    kernel::{Actor, Failure, Violations, signature::CheckingKey},
    ledger::Tx,
};

const MISSING: Failure = Failure::Missing("partner");

/// A new partner, as it was asked for.
#[derive(Clone, Debug)]
pub struct Input {
    pub code: String,
    pub name_zh: String,
    pub name_en: Option<String>,
    pub base_url: Option<String>,
}

/// What an administrator may change about a partner.
#[derive(Clone, Debug)]
pub struct Change {
    pub name_zh: String,
    pub name_en: Option<String>,
    pub base_url: Option<String>,
}

/// Registers a partner. Nothing is agreed with it yet, and none of its keys is known.
pub async fn register(
    tx: &mut Tx,
    actor: &Actor,
    own: Option<&str>,
    input: Input,
) -> Result<Partner, Failure> {
    let mut wrong = Violations::default();
    check_code(&input.code, own, &mut wrong);
    check_words(&input.name_zh, input.base_url.as_deref(), &mut wrong);
    wrong.finish(Some(()))?;
    let partner = Partner {
        code: input.code,
        name_zh: input.name_zh,
        name_en: input.name_en,
        base_url: input.base_url.map(|url| url.trim_end_matches('/').to_owned()),
        state: PartnerState::Active,
        failures: 0,
        next_try_at: None,
        last_error: None,
        reached_at: None,
        heard_at: None,
        created_at: tx.now,
        updated_at: tx.now,
    };
    if !store::partner::insert(tx, &partner).await? {
        let detail = "a partner of that code is registered already";
        return Err(Failure::refused("exchange/partner-exists", detail));
    }
    tx.record(actor, &PartnerChanged { partner: &partner.code, what: "registered" })?;
    Ok(partner)
}

/// Changes its names, and where it is called.
pub async fn change(
    tx: &mut Tx,
    actor: &Actor,
    code: &str,
    change: Change,
) -> Result<Partner, Failure> {
    let mut wrong = Violations::default();
    check_words(&change.name_zh, change.base_url.as_deref(), &mut wrong);
    wrong.finish(Some(()))?;
    let mut partner = hold(tx, code).await?;
    partner.name_zh = change.name_zh;
    partner.name_en = change.name_en;
    partner.base_url = change.base_url.map(|url| url.trim_end_matches('/').to_owned());
    save(tx, actor, partner, "changed").await
}

/// Takes nothing more from it, and lets what we have for it wait.
pub async fn suspend(tx: &mut Tx, actor: &Actor, code: &str) -> Result<Partner, Failure> {
    let mut partner = hold(tx, code).await?;
    partner.state = PartnerState::Suspended;
    save(tx, actor, partner, "suspended").await
}

/// Speaks with it again.
pub async fn resume(tx: &mut Tx, actor: &Actor, code: &str) -> Result<Partner, Failure> {
    let mut partner = hold(tx, code).await?;
    partner.state = PartnerState::Active;
    save(tx, actor, partner, "resumed").await
}

async fn hold(tx: &mut Tx, code: &str) -> Result<Partner, Failure> {
    let partner = store::partner::lock(tx, code).await?.ok_or(MISSING)?;
    tx.must_be_current(partner.revision())?;
    Ok(partner)
}

async fn save(
    tx: &mut Tx,
    actor: &Actor,
    mut partner: Partner,
    what: &'static str,
) -> Result<Partner, Failure> {
    partner.updated_at = tx.now;
    store::partner::update(tx, &partner).await?;
    tx.record(actor, &PartnerChanged { partner: &partner.code, what })?;
    Ok(partner)
}

fn check_code(code: &str, own: Option<&str>, wrong: &mut Violations) {
    if code.len() != 6 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        wrong.error(
            "/code",
            "bureau-code-malformed",
            "机构代码应为6位数字",
            "a bureau code has 6 digits",
        );
    } else if own == Some(code) {
        wrong.error(
            "/code",
            "bureau-is-own",
            "不能与本局互为伙伴",
            "this bureau is no partner of itself",
        );
    }
}

fn check_words(name_zh: &str, base_url: Option<&str>, wrong: &mut Violations) {
    if name_zh.trim().is_empty() || name_zh.chars().count() > 100 {
        wrong.error(
            "/name_zh",
            "name-malformed",
            "名称为1至100个字",
            "a name has 1 to 100 characters",
        );
    }
    let is_url = |url: &str| url.starts_with("http://") || url.starts_with("https://");
    if base_url.is_some_and(|url| !is_url(url) || url.len() > 300) {
        let (zh, en) =
            ("地址应以 http:// 或 https:// 开头", "an address begins with http:// or https://");
        wrong.error("/base_url", "url-malformed", zh, en);
    }
}

/// One partner.
pub async fn get(conn: &mut PgConnection, code: &str) -> Result<Partner, Failure> {
    store::partner::find(conn, code).await?.ok_or(MISSING)
}

/// All partners, by their codes.
pub async fn list(conn: &mut PgConnection) -> Result<Vec<Partner>, Failure> {
    Ok(store::partner::all(conn).await?)
}

/// Publishes our own public keys, so that messages can be verified when the private ones are long gone.
pub async fn publish_own_keys(tx: &mut Tx, keys: &OwnKeys) -> Result<(), Failure> {
    for (key_id, public_key) in keys.public() {
        let key = Key {
            bureau: keys.bureau().to_owned(),
            key_id: key_id.to_owned(),
            public_key,
            valid_from: DateTime::UNIX_EPOCH,
            valid_to: None,
            revoked_at: None,
        };
        let now = tx.now;
        if store::partner::insert_key(tx, &key, now).await? {
            let what = "published";
            tx.record(&Actor::system(), &KeyChanged { bureau: &key.bureau, key_id, what })?;
        }
    }
    Ok(())
}

/// Believes a key of a partner. Keys may overlap, so that a partner can change to a new one without a pause.
pub async fn add_key(tx: &mut Tx, actor: &Actor, key: Key) -> Result<Key, Failure> {
    let mut wrong = Violations::default();
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    if key.key_id.is_empty() || key.key_id.len() > 64 || !key.key_id.bytes().all(is_word) {
        let (zh, en) = ("密钥编号格式有误", "a key id has 1 to 64 letters, digits, dots, dashes");
        wrong.error("/key_id", "key-id-malformed", zh, en);
    }
    if CheckingKey::from_base64(&key.public_key).is_err() {
        let (zh, en) = ("公钥应为32字节的base64", "a public key is 32 bytes of Ed25519 in base64");
        wrong.error("/public_key", "public-key-malformed", zh, en);
    }
    if key.valid_to.is_some_and(|end| end <= key.valid_from) {
        let (zh, en) = ("截止应晚于起始", "it ends after it begins");
        wrong.error("/valid_to", "validity-malformed", zh, en);
    }
    wrong.finish(Some(()))?;
    hold(tx, &key.bureau).await?;
    let now = tx.now;
    if !store::partner::insert_key(tx, &key, now).await? {
        let detail =
            "the partner has a key of that id already: an id is never given to another key";
        return Err(Failure::refused("exchange/key-exists", detail));
    }
    let (bureau, key_id) = (&key.bureau, &key.key_id);
    tx.record(actor, &KeyChanged { bureau, key_id, what: "added" })?;
    Ok(key)
}

/// Believes nothing any more that arrives signed with that key. What arrived before stays believed.
pub async fn revoke_key(
    tx: &mut Tx,
    actor: &Actor,
    bureau: &str,
    key_id: &str,
) -> Result<Key, Failure> {
    let now = tx.now;
    let key = store::partner::revoke_key(tx, bureau, key_id, now).await?;
    let key = key.ok_or(Failure::Missing("key"))?;
    tx.record(actor, &KeyChanged { bureau, key_id, what: "revoked" })?;
    Ok(key)
}

/// All keys of a bureau, also those that are over: old messages are verified with them.
pub async fn keys_of(conn: &mut PgConnection, bureau: &str) -> Result<Vec<Key>, Failure> {
    Ok(store::partner::keys_of(conn, bureau).await?)
}

/// Agrees on something with a partner. Two memoranda of one kind never overlap.
pub async fn agree(
    tx: &mut Tx,
    actor: &Actor,
    partner: &str,
    (kind, valid_from, valid_to): (MemorandumKind, NaiveDate, Option<NaiveDate>),
    terms: Value,
) -> Result<Memorandum, Failure> {
    let mut wrong = Violations::default();
    if valid_to.is_some_and(|end| end < valid_from) {
        let (zh, en) = ("截止不得早于起始", "it does not end before it begins");
        wrong.error("/valid_to", "validity-malformed", zh, en);
    }
    if !terms.is_object() {
        wrong.error("/terms", "terms-malformed", "条款应为对象", "terms are an object");
    }
    wrong.finish(Some(()))?;
    // Holding the partner keeps two of one kind from being agreed at once.
    hold(tx, partner).await?;
    let memorandum = Memorandum {
        id: MemorandumId::mint(tx.now),
        partner: partner.to_owned(),
        kind,
        valid_from,
        valid_to,
        terms,
        ended_at: None,
    };
    if store::partner::overlapping(tx, &memorandum).await?.is_some() {
        let detail = "there is a memorandum of this kind in that time: end it first";
        return Err(Failure::refused("exchange/memorandum-overlaps", detail));
    }
    let now = tx.now;
    store::partner::insert_memorandum(tx, &memorandum, now).await?;
    let changed = MemorandumChanged { partner, memorandum: memorandum.id, what: "agreed" };
    tx.record(actor, &changed)?;
    Ok(memorandum)
}

/// Ends a memorandum with today.
pub async fn end(
    tx: &mut Tx,
    actor: &Actor,
    partner: &str,
    id: MemorandumId,
) -> Result<Memorandum, Failure> {
    hold(tx, partner).await?;
    let (now, today) = (tx.now, tx.today());
    let ended = store::partner::end_memorandum(tx, partner, id, today, now).await?;
    let ended = ended.ok_or(Failure::Missing("memorandum"))?;
    tx.record(actor, &MemorandumChanged { partner, memorandum: id, what: "ended" })?;
    Ok(ended)
}

/// All that was ever agreed with a partner, oldest first.
pub async fn memoranda_of(
    conn: &mut PgConnection,
    partner: &str,
) -> Result<Vec<Memorandum>, Failure> {
    Ok(store::partner::memoranda_of(conn, partner).await?)
}

/// Partners with which a memorandum of that kind is in force: by their codes.
pub async fn agreed(
    conn: &mut PgConnection,
    kind: MemorandumKind,
    day: NaiveDate,
) -> Result<Vec<String>, Failure> {
    Ok(store::partner::agreed(conn, kind, day).await?)
}

/// The key of that name, if a message sent then and received now may be signed with it.
pub async fn good_key(
    conn: &mut PgConnection,
    (bureau, key_id): (&str, &str),
    sent_at: DateTime<Utc>,
    received_at: DateTime<Utc>,
) -> Result<Option<Key>, Failure> {
    let keys = store::partner::keys_of(conn, bureau).await?;
    Ok(keys.into_iter().find(|key| key.key_id == key_id && key.is_good(sent_at, received_at)))
}

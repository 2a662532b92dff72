//! What partners say about transfers when they are late, wrong, or not who they say they are.
use serde_json::{Value, json};
use shared::exchange::{Envelope, MemorandumKind, Outcome};
use sqlx::PgPool;
use tests::{Bureau, Neighbour, SHANGHAI, SSE, down, keys_of};
use uuid::Uuid;

use crate::swaps::{NUMBER, XIAOSHAN, ZHEJIANG, claimed, open, state, states, transferred};

const JIANGSU: &str = "320000";
const TRANSFER: &[MemorandumKind] = &[MemorandumKind::Transfer];

fn talk() -> Uuid {
    Uuid::from_u128(4_567)
}

/// `transfer.created` of the down of Xiaoshan.
async fn created(bureau: &Bureau) -> Value {
    let hash = bureau.ctx.passwords.hash("4821".into()).await.unwrap();
    json!({
        "transfer_no": format!("{NUMBER}T"), "version": 1, "decl_no": NUMBER, "origin_org": XIAOSHAN,
        "port_bureau": SHANGHAI, "port_org": SSE, "password_hash": hash, "concluded_on": "2014-05-10",
        "valid_until": "2014-07-09",
        "handling": { "is_consolidated_at_port": false, "is_certified_at_port": false },
        "declaration": down("XS-1").0,
    })
}

fn decided(version: i32) -> Value {
    json!({ "transfer_no": format!("{NUMBER}T"), "version": version, "reason": "合同取消" })
}

async fn brings(neighbour: &Neighbour<'_>, message: &Envelope) {
    assert_eq!(neighbour.push_one(message).await.outcome, Outcome::Stored);
    neighbour.bureau.settle().await;
}

/// What became of a message: its state in the inbox.
async fn became(bureau: &Bureau, message: &Envelope) -> (String, Value) {
    sqlx::query_as("select state, coalesce(outcome, to_jsonb(reason)) from inbox where id = $1")
        .bind(message.header.id.0)
        .fetch_one(bureau.pool())
        .await
        .unwrap()
}

/// The port, and the origin that has transferred the down.
async fn port_with_transfer(bureau: &Bureau) -> Neighbour<'_> {
    let origin = Neighbour::of(bureau, ZHEJIANG, TRANSFER).await;
    let message = origin.says("transfer.created", (talk(), 1), created(bureau).await);
    brings(&origin, &message).await;
    assert_eq!(state(bureau).await, "RECEIVED_BY_PORT");
    origin
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn whatever_is_wrong_with_a_transfer_is_told_at_the_door_all_of_it(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let origin = Neighbour::of(&bureau, ZHEJIANG, TRANSFER).await;
    let mut payload = created(&bureau).await;
    payload["decl_no"] = json!("320400214004567");
    payload["transfer_no"] = json!("330900214004567");
    payload["port_bureau"] = json!(JIANGSU);
    payload["password_hash"] = json!("$argon2id$v=19$m=1048576,t=9,p=1$c2FsdHNhbHQ$aGFzaA");
    payload["handling"]["is_consolidated_at_port"] = json!(true);
    payload["declaration"]["goods"][0]["hs_code"] = json!("0105941000");

    let receipt = origin.push_one(&origin.says("transfer.created", (talk(), 1), payload)).await;

    let codes: Vec<_> = receipt.errors.iter().map(|error| error.code.as_str()).collect();
    assert_eq!(
        codes,
        [
            "subject-not-own",
            "transfer-no-malformed",
            "receiver-wrong",
            "password-hash-malformed",
            "transfer-excluded",
            "transfer-excluded",
        ]
    );
    assert_eq!(bureau.count("select count(*) from transfers").await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn without_a_memorandum_nobody_transfers_anything(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let origin = Neighbour::of(&bureau, ZHEJIANG, &[]).await;
    let message = origin.says("transfer.created", (talk(), 1), created(&bureau).await);

    let receipt = origin.push_one(&message).await;

    assert_eq!(receipt.errors[0].code, "not-agreed");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_transfer_that_comes_twice_is_there_once(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let origin = Neighbour::of(&bureau, ZHEJIANG, TRANSFER).await;
    let payload = created(&bureau).await;
    let message = origin.says("transfer.created", (talk(), 1), payload.clone());
    brings(&origin, &message).await;

    let replayed = origin.push_one(&message).await;
    let other_words = created(&bureau).await;
    let anew = origin.says("transfer.created", (talk(), 2), other_words);
    brings(&origin, &anew).await;

    assert_eq!(replayed.outcome, Outcome::Stored, "the same receipt again");
    assert_eq!(became(&bureau, &anew).await.1["ignored"], "it is known");
    assert_eq!(bureau.count("select count(*) from transfers").await, 1);
    let kept: String = sqlx::query_scalar("select password_hash from transfers")
        .fetch_one(bureau.pool())
        .await
        .unwrap();
    assert_eq!(payload["password_hash"], kept, "the first password holds");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_word_that_is_not_newer_than_what_is_known_changes_nothing(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let origin = port_with_transfer(&bureau).await;
    let stale = origin.says("transfer.revoked", (talk(), 2), decided(1));

    brings(&origin, &stale).await;
    let unmoved = state(&bureau).await;
    let newer = origin.says("transfer.revoked", (talk(), 3), decided(2));
    brings(&origin, &newer).await;

    assert_eq!(became(&bureau, &stale).await.1["ignored"], "the version is not newer");
    assert_eq!(
        (unmoved, state(&bureau).await),
        ("RECEIVED_BY_PORT".into(), "REVOKED_BY_ORIGIN".into())
    );
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_partner_says_nothing_about_the_transfers_of_another(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    port_with_transfer(&bureau).await;
    let jiangsu = Neighbour::of(&bureau, JIANGSU, TRANSFER).await;
    let words = [
        ("transfer.revoked", decided(9)),
        ("transfer.correction_agreed", decided(9)),
        (
            "transfer.amendment_decided",
            json!({ "transfer_no": format!("{NUMBER}T"), "version": 9, "amendment": Uuid::from_u128(1),
                "is_agreed": true, "reason": "同意" }),
        ),
    ];

    let whole = jiangsu.says("transfer.created", (talk(), 1), created(&bureau).await);
    let refused = jiangsu.push_one(&whole).await;
    for (place, (kind, payload)) in words.into_iter().enumerate() {
        let message = jiangsu.says(kind, (talk(), 1 + i32::try_from(place).unwrap()), payload);
        brings(&jiangsu, &message).await;
        let (state, why) = became(&bureau, &message).await;
        assert_eq!(state, "REFUSED", "{kind}: {why}");
    }

    assert_eq!(refused.errors[0].code, "subject-not-own");
    assert_eq!(state(&bureau).await, "RECEIVED_BY_PORT");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_forged_word_does_not_pass_the_door(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let origin = port_with_transfer(&bureau).await;
    Neighbour::of(&bureau, JIANGSU, TRANSFER).await;
    let true_word = origin.says("transfer.revoked", (talk(), 2), decided(2));
    let forger = Neighbour { bureau: &bureau, keys: keys_of(JIANGSU, "2014-a") };
    let by_another = forger.signed(true_word.header.clone(), true_word.payload.clone());
    let altered = Envelope { payload: decided(7), ..true_word.clone() };

    let codes = [
        origin.push_one(&by_another).await.errors[0].code.clone(),
        origin.push_one(&altered).await.errors[0].code.clone(),
        forger.push_one(&true_word).await.errors[0].code.clone(),
    ];

    assert_eq!(codes, ["signature-invalid", "payload-changed", "sender-not-caller"]);
    bureau.settle().await;
    assert_eq!(state(&bureau).await, "RECEIVED_BY_PORT");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_origin_believes_the_port_alone_and_what_is_new_alone(pool: PgPool) {
    let league = open(pool).await;
    let (_case, password) = transferred(&league).await;
    claimed(&league, &password).await;
    league.settle().await;
    let origin = league.at(ZHEJIANG);
    let jiangsu = Neighbour::of(origin, JIANGSU, TRANSFER).await;
    let report = |version: i32| {
        json!({ "transfer_no": format!("{NUMBER}T"), "version": version, "port_org": null, "port_decl_no": null,
            "clearance_no": null, "valid_until": null, "reason": "伪报" })
    };
    let port = Neighbour { bureau: origin, keys: keys_of(SHANGHAI, "2014-a") };

    let foreign = jiangsu.says("transfer.returned", (talk(), 1), report(99));
    brings(&jiangsu, &foreign).await;
    let stale = port.says("transfer.claim_withdrawn", (talk(), 1), report(2));
    brings(&port, &stale).await;

    assert_eq!(became(origin, &foreign).await.0, "REFUSED");
    assert_eq!(became(origin, &stale).await.1["ignored"], "the version is not newer");
    assert_eq!(states(&league).await, ("SWAPPED".into(), "SWAPPED".into()));
}

//! Figures: whatever happens to the records, they equal a recount.
use chrono::Duration;
use proptest::{prelude::*, strategy::ValueTree as _, test_runner::TestRunner};
use serde_json::{Value, json};
use shared::{kernel::Role, ledger::Tx, statistics::service};
use sqlx::PgPool;
use tests::{Bureau, HAIYUAN, SSE, WAIGAOQIAO, YANGSHAN, screws, toys, wine};

use crate::cases::{Case, force};

const YEARS: &str = "/v1/statistics?from=2013-07-03&to=2016-02-10";

/// What the head office is told about these years.
async fn figures(bureau: &Bureau) -> Value {
    figures_of(bureau, YEARS).await
}

async fn figures_of(bureau: &Bureau, period: &str) -> Value {
    let head = bureau.officer("310000", Role::DutyChief).await;
    head.get(period).await.expect(200).body
}

/// The same, counted in the records.
async fn recount(bureau: &Bureau) -> Value {
    sqlx::query_scalar(
        "with accepted as (
            select decl_org as office, count(*) as batches, count(*) filter (where anywhere) as anywhere,
                count(*) filter (where kind = 'OUTSIDE_CATALOGUE') as outside,
                count(*) filter (where is_selected) as selected,
                count(*) filter (where released_at is not null) as released,
                percentile_disc(0.5) within group (order by extract(epoch from released_at - filed_at))
                    filter (where released_at is not null) as median
            from declarations
            where (accepted_at at time zone 'Asia/Shanghai')::date between '2013-07-03' and '2016-02-10'
            group by 1
        ), paid as (
            select n.decl_org as office, count(*) as paid, count(*) filter (where p.channel = 'EPAY') as online,
                coalesce(sum(p.amount_fen) filter (where p.channel = 'EPAY'), 0) as fen
            from payments p join fee_notices n on n.id = p.notice_id
            where p.state = 'SUCCESS'
              and (p.settled_at at time zone 'Asia/Shanghai')::date between '2013-07-03' and '2016-02-10'
            group by 1
        )
        select coalesce(jsonb_agg(jsonb_build_array(office, coalesce(batches, 0), coalesce(anywhere, 0),
            coalesce(outside, 0), coalesce(selected, 0), coalesce(released, 0), coalesce(paid, 0),
            coalesce(online, 0), to_char(coalesce(fen, 0) / 100.0, 'FM9999990.00'),
            round(1000 * median)) order by office), '[]')
        from accepted full join paid using (office)",
    )
    .fetch_one(bureau.pool())
    .await
    .unwrap()
}

/// The figures in the shape of the recount.
fn in_brief(told: &Value, counted: &Value) -> Value {
    let error: f64 = told["median_release_error"].as_str().unwrap().parse().unwrap();
    let offices = told["offices"].as_array().unwrap().iter().enumerate();
    let brief = offices.map(|(at, one)| {
        let (median, exact) = (&one["median_release_ms"], &counted[at][9]);
        // A median is right where it is as exact as it says.
        let is_close = match (median.as_f64(), exact.as_f64()) {
            (Some(median), Some(exact)) => (median - exact).abs() <= exact * error + 1.0,
            (median, exact) => median == exact,
        };
        json!([
            one["office"],
            one["batches"],
            one["anywhere_batches"],
            one["self_declaration_batches"],
            one["selected_batches"],
            one["released_batches"],
            one["paid_batches"],
            one["e_payment_batches"],
            one["e_payment_amount"]["amount"],
            if is_close { exact } else { median },
        ])
    });
    brief.collect()
}

async fn must_agree(bureau: &Bureau, after: &str) {
    let (told, counted) = (figures(bureau).await, recount(bureau).await);
    assert_eq!(in_brief(&told, &counted), counted, "after {after}");
}

async fn fold(bureau: &Bureau) -> i64 {
    let mut tx = Tx::begin(bureau.pool(), &bureau.ctx.clock).await.unwrap();
    let deltas = service::fold(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    deltas
}

/// What happens next, to which case, after how many minutes; and whether it is folded then.
type Step = (u8, prop::sample::Index, i64, bool);

/// A life of the bureau, always the same one.
fn steps(count: usize) -> Vec<Step> {
    let step = (0_u8..13, any::<prop::sample::Index>(), 0_i64..4_000, prop::bool::weighted(0.25));
    let mut runner = TestRunner::deterministic();
    prop::collection::vec(step, count).new_tree(&mut runner).unwrap().current()
}

async fn file(bureau: &Bureau, kind: u8, serial: usize) -> Case<'_> {
    let releasing = [WAIGAOQIAO, YANGSHAN, SSE][serial % 3];
    let (declarant, goods) = match kind {
        0 => (bureau.declarant(HAIYUAN).await, wine(&format!("W-{serial}"))),
        1 => (bureau.derui().await, toys(&format!("T-{serial}"))),
        _ => (bureau.derui().await, screws(&format!("S-{serial}")).at(SSE, releasing)),
    };
    Case::filed(bureau, &declarant, goods).await
}

/// One of the acts that change what a record counts for. That some are refused is part of life.
async fn act(case: &Case<'_>, what: u8) -> &'static str {
    let bureau = case.bureau;
    let because = json!({ "reason": "合同取消" });
    match what {
        4 => {
            case.officer(SSE, Role::AcceptanceOfficer, "accept", Value::Null).await;
            "an acceptance"
        }
        5 => {
            bureau.derui().await.post(&case.url("withdraw"), because.clone()).await;
            case.officer(SSE, Role::AcceptanceOfficer, "approve-withdrawal", because).await;
            "a withdrawal"
        }
        6 => {
            let to = json!({ "release_org": YANGSHAN });
            bureau.derui().await.post(&case.url("change-release-office"), to).await;
            "another office of release"
        }
        7 => {
            case.officer(YANGSHAN, Role::DutyChief, "deselect", because.clone()).await;
            case.officer(WAIGAOQIAO, Role::DutyChief, "deselect", because).await;
            "a deselection"
        }
        8 | 9 => {
            let owed = "select count(*)::text from fee_notices where declaration_id = $1
                and state = 'ISSUED'";
            if case.text(owed).await == "1" {
                case.pay().await;
            }
            "a payment"
        }
        10 => {
            case.force(
                "update payments set state = 'REVERSED' where state = 'SUCCESS' and notice_id in
                    (select id from fee_notices where declaration_id = $1)",
            )
            .await;
            "a reversal"
        }
        11 => {
            case.force(
                "update declarations set kind = 'CATALOGUE', decl_org = '310300' where id = $1",
            )
            .await;
            "an amendment"
        }
        _ => {
            bureau.settle().await;
            "what the worker owed"
        }
    }
}

/// Random acts, with days between them, folded at random moments: after each, the figures equal a recount.
#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn figures_equal_a_recount_whatever_happens_and_whenever_it_is_folded(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let mut cases = Vec::new();
    for (what, which, minutes, is_folded) in steps(70) {
        bureau.wait(Duration::minutes(minutes));
        if what < 4 || cases.is_empty() {
            cases.push(file(&bureau, what, cases.len()).await);
            must_agree(&bureau, "a filing").await;
        } else {
            let done = act(which.get(&cases), what).await;
            must_agree(&bureau, done).await;
        }
        if is_folded {
            fold(&bureau).await;
            must_agree(&bureau, "folding").await;
        }
    }
    fold(&bureau).await;
    must_agree(&bureau, "folding all").await;

    assert_eq!(fold(&bureau).await, 0, "a delta is folded once");
    for happened in [
        "select count(*) from declarations where released_at is not null",
        "select count(*) from declarations where is_selected",
        "select count(*) from payments where state = 'SUCCESS'",
        "select count(*) from payments where state = 'REVERSED'",
        "select count(*) from declarations where status = 'WITHDRAWN' and accepted_at is not null",
    ] {
        assert!(bureau.count(happened).await > 0, "this life is too quiet: {happened}");
    }
}

/// Most of a month is read as the month without the rest.
#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_lies_beside_the_period_is_taken_away_with_its_times(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    for reference in ["M-12", "M-13"] {
        let derui = bureau.derui().await;
        Case::filed(&bureau, &derui, screws(reference)).await;
        bureau.settle().await;
        bureau.wait(Duration::days(1));
    }
    fold(&bureau).await;
    let both = figures_of(&bureau, "/v1/statistics?from=2014-05-02&to=2014-05-31").await;
    let second = figures_of(&bureau, "/v1/statistics?from=2014-05-13&to=2014-05-31").await;
    let neither = figures_of(&bureau, "/v1/statistics?from=2014-05-14&to=2014-05-31").await;

    for (told, batches) in [(&both, 2), (&second, 1), (&neither, 0)] {
        assert_eq!(told["total"]["batches"], batches, "{told}");
        assert_eq!(told["total"]["released_batches"], batches, "{told}");
        assert_eq!(told["total"]["median_release_ms"].is_null(), batches == 0, "{told}");
    }
    assert_eq!(neither["offices"], json!([]));
}

/// Somebody who began before a fold and commits after it is not forgotten.
#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_change_that_commits_after_a_fold_is_counted_by_the_next(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let one = Case::filed(&bureau, &derui, screws("F-1")).await;
    let mut slow = bureau.pool().begin().await.unwrap();
    sqlx::query("update declarations set anywhere = not anywhere")
        .execute(&mut *slow)
        .await
        .unwrap();

    Case::filed(&bureau, &derui, screws("F-2")).await;
    assert!(fold(&bureau).await > 0, "nobody waits for the slow one");
    must_agree(&bureau, "a fold beside an open transaction").await;
    slow.commit().await.unwrap();

    must_agree(&bureau, "the late commit").await;
    fold(&bureau).await;
    must_agree(&bureau, "the next fold").await;
    force(bureau.pool(), &one.id, "update declarations set updated_at = updated_at where id = $1")
        .await
        .unwrap();
    assert_eq!(fold(&bureau).await, 0, "what counts for nothing leaves nothing");
}

/// The worker folds by itself, and two who fold at once count nothing twice.
#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn two_workers_that_fold_at_once_count_nothing_twice(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    for serial in 0..4 {
        Case::filed(&bureau, &derui, screws(&format!("P-{serial}"))).await;
    }

    let (first, second) = tokio::join!(fold(&bureau), fold(&bureau));

    assert!(first > 0 || second > 0);
    must_agree(&bureau, "two folds").await;
    Case::filed(&bureau, &derui, screws("P-9")).await;
    bureau.settle().await;
    crate::cases::tick(&bureau).await;
    assert_eq!(bureau.count("select count(*) from statistics_deltas").await, 0);
    must_agree(&bureau, "the worker's fold").await;
}

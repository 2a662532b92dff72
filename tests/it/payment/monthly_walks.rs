//! Monthly settlement holds whatever is issued, paid, voided, taken back, suspended and waited for, in whatever order.
use proptest::{
    prelude::*,
    sample::{Index, select},
    test_runner::TestCaseError,
};
use shared::{
    kernel::{Failure, Fen, money::Amount},
    payment::{
        self, AgreementDraft, FeeNotice, MonthlySettlementDraft, MonthlySettlementId,
        MonthlyStatementId, NoticeId,
        bank::{Outcome, Source, Word},
    },
};
use sqlx::PgPool;
use uuid::Uuid;

use super::{
    desk::{BANK, Desk, PAYER, booked, declarant, draft, officer},
    walks::{self, Law, every_walk_holds, take_all},
};

#[derive(Clone, Debug)]
enum Act {
    Issue,
    /// From an account that behaves so.
    Pay(Index, &'static str),
    /// The latest statement, whole.
    PayStatement,
    Void(Index),
    /// The bank takes a success back.
    TakeBack(Index),
    Suspend,
    Resume,
    /// The payer pays all that is unpaid, and the settlement is resumed where it was suspended.
    Clear,
    Work,
    /// Days go by; each night what recurs is done.
    Days(u8),
}

fn act() -> impl Strategy<Value = Act> {
    let which = any::<Index>;
    let account = select(&["acct-ok", "acct-refuse", "acct-unknown"][..]);
    prop_oneof![
        9 => Just(Act::Issue),
        3 => (which(), account).prop_map(|(which, account)| Act::Pay(which, account)),
        4 => Just(Act::PayStatement),
        2 => which().prop_map(Act::Void),
        2 => which().prop_map(Act::TakeBack),
        1 => Just(Act::Suspend),
        1 => Just(Act::Resume),
        4 => Just(Act::Clear),
        4 => Just(Act::Work),
        5 => select(&[1_u8, 2, 6, 20, 33][..]).prop_map(Act::Days),
    ]
}

/// Two at once, as often as one alone.
fn steps() -> impl Strategy<Value = Vec<(Act, Option<Act>)>> {
    prop::collection::vec((act(), prop::option::of(act())), 10..25)
}

async fn take(desk: &Desk, notices: &[FeeNotice], act: &Act) {
    let mut tx = desk.begin().await;
    let done = match act {
        Act::Issue => Ok(()),
        Act::Pay(which, account) => {
            desk.moves_account_to(account).await;
            let paying = payment::pay(&mut tx, &declarant(PAYER), which.get(notices).id).await;
            paying.map(drop)
        }
        Act::PayStatement => match latest_statement(desk).await {
            Some(id) => {
                payment::pay_monthly_statement(&mut tx, &declarant(PAYER), id).await.map(drop)
            }
            None => Ok(()),
        },
        Act::Void(which) => {
            let notice = which.get(notices).id;
            payment::void_notice(&mut tx, &officer(), notice, "错").await.map(drop)
        }
        Act::TakeBack(which) => match desk.billed(which.get(notices).id).await.latest {
            Some(payment) if payment.bank_ref.is_some() => {
                let word = booked(payment.id, payment.bank_ref.as_deref().unwrap_or_default());
                let amount = Amount::from(payment.amount);
                let word = Word { outcome: Outcome::Reversed, amount, ..word };
                let bank = shared::kernel::Actor::bank(BANK);
                payment::hear(&mut tx, &bank, Source::Callback, &word).await
            }
            _ => Ok(()),
        },
        Act::Suspend => {
            let id = settlement(desk).await;
            payment::suspend_monthly_settlement(&mut tx, &officer(), id, "存疑").await.map(drop)
        }
        Act::Resume => {
            let id = settlement(desk).await;
            payment::resume_monthly_settlement(&mut tx, &officer(), id, "已缴清").await.map(drop)
        }
        Act::Clear => {
            clear(desk).await;
            let id = settlement(desk).await;
            payment::resume_monthly_settlement(&mut tx, &officer(), id, "已缴清").await.map(drop)
        }
        Act::Work => {
            desk.work().await;
            Ok(())
        }
        Act::Days(days) => {
            for _ in 0..*days {
                desk.ctx.clock.advance(chrono::Duration::days(1)).unwrap();
                night(desk).await;
            }
            Ok(())
        }
    };
    match done {
        Ok(()) => tx.commit().await.unwrap(),
        Err(Failure::Fault(fault)) => panic!("{act:?}: {fault:#}"),
        Err(_) => tx.roll_back().await.unwrap(),
    }
}

async fn night(desk: &Desk) {
    let mut tx = desk.begin().await;
    let books = desk.ctx.shelf.books();
    payment::overdue(&mut tx).await.unwrap();
    payment::issue_monthly_statements(&mut tx).await.unwrap();
    payment::dun_monthly_statements(&mut tx, &books).await.unwrap();
    tx.commit().await.unwrap();
}

/// Pays whatever is unpaid, and waits until the bank has said how it ended.
async fn clear(desk: &Desk) {
    desk.moves_account_to("acct-ok").await;
    for _ in 0..3 {
        desk.wait(chrono::Duration::minutes(5)).await;
        let unpaid = "select id from fee_notices where state in ('ISSUED', 'OVERDUE')";
        let unpaid: Vec<Uuid> = sqlx::query_scalar(unpaid).fetch_all(&desk.ctx.pool).await.unwrap();
        for id in unpaid {
            desk.pay(NoticeId(id)).await.unwrap();
        }
        desk.work().await;
    }
}

async fn latest_statement(desk: &Desk) -> Option<MonthlyStatementId> {
    let latest = "select id from monthly_statements order by id desc limit 1";
    let id: Option<Uuid> = sqlx::query_scalar(latest).fetch_optional(&desk.ctx.pool).await.unwrap();
    id.map(MonthlyStatementId)
}

async fn settlement(desk: &Desk) -> MonthlySettlementId {
    let only = "select id from monthly_settlements";
    MonthlySettlementId(sqlx::query_scalar(only).fetch_one(&desk.ctx.pool).await.unwrap())
}

/// Each counts what must not be there.
const LAWS: [Law; 6] = [
    (
        "the books are right",
        "select differing + abs(sum_fen) from ledger_proof",
    ),
    (
        "no more is on credit than the limit, but for what the bank took back",
        "select count(*) from monthly_settlements s where credit_limit_fen < (
             select coalesce(sum(n.total_fen), 0) from fee_notices n
             where n.reg_no = s.reg_no and n.credit = 'GRANTED' and n.state in ('ISSUED', 'PAYING', 'OVERDUE')
               and not exists (select from payments p where p.notice_id = n.id and p.state = 'REVERSED'))",
    ),
    (
        "a statement is paid when nothing is unpaid on it, and only then",
        "select count(*) from monthly_statements s where (s.state = 'PAID') = exists (select from fee_notices n
             where n.statement_id = s.id and n.state in ('ISSUED', 'PAYING', 'OVERDUE'))",
    ),
    (
        "a month that is over is told of",
        "select count(*) from fee_notices n where n.credit = 'GRANTED' and n.statement_id is null
             and n.state in ('ISSUED', 'PAYING', 'OVERDUE')
             and date_trunc('month', n.issued_at at time zone 'Asia/Shanghai') < (
                select max(date_trunc('month', at at time zone 'Asia/Shanghai')) from events
                where kind = 'payment.monthly_statement_issued')
             and not exists (select from payments p where p.notice_id = n.id and p.state = 'REVERSED')",
    ),
    (
        "a statement asks for what its notices ask",
        "select count(*) from monthly_statements s where s.total_fen <> (
             select sum(n.total_fen) from fee_notices n where n.statement_id = s.id and n.reg_no = s.reg_no)",
    ),
    (
        "levels come once each and none is left out",
        "select count(*) from (select from dunnings group by statement_id having max(level) <> count(*)) gaps",
    ),
];

impl walks::Act for Act {
    fn issues(&self) -> bool {
        matches!(self, Self::Issue)
    }

    fn takes_time(&self) -> bool {
        matches!(self, Self::Days(_) | Self::Clear)
    }

    async fn take(&self, desk: &Desk, notices: &[FeeNotice]) {
        take(desk, notices, self).await;
    }
}

async fn walk(desk: &Desk, steps: &[(Act, Option<Act>)]) -> Result<(), TestCaseError> {
    take(desk, &[], &Act::Clear).await;
    take_all(desk, steps, &LAWS).await
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn monthly_settlement_holds_whatever_happens_in_whatever_order(pool: PgPool) {
    let desk = Desk::open(pool).await;
    desk.sign(AgreementDraft { credit_settlement: true, ..draft("acct-ok") }).await;
    let mut tx = desk.begin().await;
    let terms = MonthlySettlementDraft {
        reg_no: PAYER.into(),
        credit_limit: Some(Fen::yuan(3 * 484).into()),
        due_day: None,
        valid_from: None,
        valid_until: None,
    };
    let books = desk.ctx.shelf.books();
    payment::grant_monthly_settlement(&mut tx, &officer(), &books, terms).await.unwrap();
    tx.commit().await.unwrap();

    every_walk_holds(12, steps, async move |steps| Box::pin(walk(&desk, &steps)).await).await;
}

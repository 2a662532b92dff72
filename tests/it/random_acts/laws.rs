//! What must hold after every act (domain, section 9).
use std::collections::HashMap;

use shared::declaration::{Action, Status};
use sqlx::Row as _;
use tests::Bureau;
use uuid::Uuid;

use super::acts::{Asked, Done, Who};

/// Each counts what must not be there.
const LAWS: &[(&str, &str)] = &[
    (
        "exactly one office holds a case, and it is one of its own",
        "select count(*) from declarations
         where holder_org not in (decl_org, release_org, coalesce(insp_org, decl_org))",
    ),
    (
        "a delivery order has one live declaration",
        "select count(*) from (select 1 from declarations where do_key is not null and status not in
             ('DRAFT', 'REJECTED', 'WITHDRAWN', 'AUTO_WITHDRAWN', 'CANCELLED_BY_CIQ')
         group by direct_bureau, do_key having count(*) > 1) twice",
    ),
    (
        "a declaration has at most one live form",
        "select count(*) from (select 1 from clearance_forms where state not in ('VOID', 'EXPIRED')
         group by declaration_id having count(*) > 1) twice",
    ),
    (
        "nothing is released with fees outstanding",
        "select count(*) from releases r join fee_notices n using (declaration_id)
         where n.state in ('DRAFT', 'ISSUED', 'PAYING', 'OVERDUE') and n.issued_at <= r.released_at",
    ),
    (
        "what was selected is released only after two inspectors signed one result",
        "select count(*) from releases r join declarations d on d.id = r.declaration_id
         where d.is_selected and not exists (
             select from inspections i join signatures s on s.inspection_id = i.id
             where i.declaration_id = d.id and i.verdict = s.verdict group by i.id having count(*) >= 2)",
    ),
    (
        "what is released was accepted, and stands as released",
        "select count(*) from releases r join declarations d on d.id = r.declaration_id
         where d.accepted_at is null or d.released_at is null
            or d.status not in ('RELEASED', 'CLOSED', 'CANCELLED_BY_CIQ')",
    ),
    (
        "what is released has its release",
        "select count(*) from declarations d where status = 'RELEASED'
             and not exists (select from releases r where r.declaration_id = d.id)",
    ),
    (
        "accepted is numbered, drawn and assigned",
        "select count(*) from declarations d where (accepted_at is not null) and (decl_no is null
             or insp_org is null or not exists (select from selections s where s.declaration_id = d.id))",
    ),
    (
        "a declaration is offered to one office at a time",
        "select count(*) from (select 1 from handoffs where state = 'OFFERED'
         group by declaration_id having count(*) > 1) twice",
    ),
    (
        "an offer comes from whoever holds the case",
        "select count(*) from handoffs h join declarations d on d.id = h.declaration_id
         where h.state = 'OFFERED' and h.from_org <> d.holder_org",
    ),
    (
        "a notice is paid at most once",
        "select count(*) from (select 1 from payments where state = 'SUCCESS'
         group by notice_id having count(*) > 1) twice",
    ),
    (
        "a paid notice has its payment",
        "select count(*) from fee_notices n where state = 'PAID' and not exists (
             select from payments p where p.notice_id = n.id and p.state = 'SUCCESS')",
    ),
    (
        "a notice is being paid as long as a payment is under way",
        "select count(*) from fee_notices n where (state = 'PAYING') <> exists (
             select from payments p where p.notice_id = n.id and p.state in ('CREATED', 'SENT', 'UNKNOWN'))",
    ),
    (
        "no more comes back than was paid",
        "select count(*) from payments p where amount_fen <
             (select coalesce(sum(r.amount_fen), 0) from refunds r where r.payment_id = p.id)",
    ),
    (
        "what is owed is what the open notices say",
        "select count(*) from (
             select n.reg_no, sum(total_fen) filter (where state in ('ISSUED', 'OVERDUE', 'PAYING')) as owed
             from fee_notices n group by n.reg_no) bill
         where coalesce(owed, 0) <>
             (select coalesce(sum(amount_fen), 0) from postings where debit = 'RECEIVABLE:' || reg_no)
           - (select coalesce(sum(amount_fen), 0) from postings where credit = 'RECEIVABLE:' || reg_no)",
    ),
    ("every account holds what is claimed of it", "select differing from ledger_proof"),
    (
        "every event names who acted, where",
        "select count(*) from events where organisation = ''
             or (actor_kind in ('STAFF', 'CLIENT')) <> (actor_id is not null)",
    ),
    (
        "every version has one receipt, and they are counted from one",
        "select count(*) from declarations d where version <>
             (select count(*) from declaration_versions v where v.declaration_id = d.id)",
    ),
    ("no promise is given up", "select count(*) from jobs where state = 'dead'"),
];

/// Everything that an act may change, in one number.
const TRACES: &str = "select (select count(*) from events) + (select count(*) from jobs)
    + (select coalesce(sum(revision), 0)::bigint from declarations)
    + (select coalesce(sum(revision), 0)::bigint from fee_notices)
    + (select count(*) from payments) + (select count(*) from bank_words)
    + (select count(*) from postings) + (select count(*) from appointments)
    + (select count(*) from signatures) + (select count(*) from samples)";

/// What was seen before.
pub struct Laws {
    traces: i64,
    /// How many events there were, and a digest of all of them.
    events: (i64, String),
    cases: HashMap<Uuid, (i64, String)>,
}

impl Laws {
    pub async fn of(bureau: &Bureau) -> Self {
        let traces = bureau.count(TRACES).await;
        Self { traces, events: history(bureau, i64::MAX).await, cases: HashMap::new() }
    }

    /// Holds the bureau to everything, and remembers how it stands.
    pub async fn after(&mut self, bureau: &Bureau, done: &Done) -> Result<(), String> {
        let traces = bureau.count(TRACES).await;
        if let Some(asked) = &done.asked {
            answered_as_told(asked, traces == self.traces)?;
        }
        for (law, sql) in LAWS {
            let broken = bureau.count(sql).await;
            if broken > 0 {
                return Err(format!("{law}: broken {broken} times"));
            }
        }
        self.nothing_is_rewritten(bureau).await?;
        self.every_step_is_told(bureau).await?;
        self.traces = traces;
        Ok(())
    }

    /// What happened stays as it was written.
    async fn nothing_is_rewritten(&mut self, bureau: &Bureau) -> Result<(), String> {
        if history(bureau, self.events.0).await != self.events {
            return Err("history was rewritten".to_owned());
        }
        self.events = history(bureau, i64::MAX).await;
        Ok(())
    }

    /// Revisions grow; a state is never left but by a step of the lifecycle, with its event.
    async fn every_step_is_told(&mut self, bureau: &Bureau) -> Result<(), String> {
        let rows = sqlx::query("select id, revision, status from declarations");
        for row in rows.fetch_all(bureau.pool()).await.unwrap() {
            let (id, now): (Uuid, (i64, String)) =
                (row.get("id"), (row.get("revision"), row.get("status")));
            if let Some(before) = self.cases.get(&id)
                && (now.0 < before.0 || (now.0 == before.0 && now.1 != before.1))
            {
                return Err(format!("{before:?} became {now:?} under one revision"));
            }
            let told = told_state(bureau, id).await?;
            if told != now.1 {
                return Err(format!("events tell of {told}, but it is {}", now.1));
            }
            self.cases.insert(id, now);
        }
        Ok(())
    }
}

fn answered_as_told(asked: &Asked, is_unchanged: bool) -> Result<(), String> {
    let Asked { who, reply, is_theirs } = asked;
    let status = reply.status.as_u16();
    let complain = |what: &str| Err(format!("{who:?} got {status}, {what}: {:#}", reply.body));
    if status >= 500 || status == 408 || status == 429 {
        return complain("and nobody should");
    }
    if !(200..300).contains(&status) && !is_unchanged {
        return complain("and yet something changed");
    }
    let is_turned_away = match who {
        Who::Stranger => status == 401,
        // Whether what was sent can be read is told before whose it is.
        _ => matches!(status, 403 | 404) || (status == 400 && is_unchanged),
    };
    if !is_theirs && !is_turned_away {
        return complain("and it was not theirs to ask");
    }
    Ok(())
}

async fn history(bureau: &Bureau, first: i64) -> (i64, String) {
    let row = sqlx::query(
        "select count(*) as many, coalesce(md5(string_agg(e::text, '' order by seq)), '') as digest
         from (select * from events order by seq limit $1) e",
    )
    .bind(first)
    .fetch_one(bureau.pool())
    .await
    .unwrap();
    (row.get("many"), row.get("digest"))
}

/// The state that the events of a declaration lead to, each one a lawful step from the one before.
async fn told_state(bureau: &Bureau, id: Uuid) -> Result<String, String> {
    let rows =
        sqlx::query("select kind, previous, next from events where subject = $1 order by seq")
            .bind(id)
            .fetch_all(bureau.pool())
            .await
            .unwrap();
    let mut here = Some(Status::Draft.name().to_owned());
    for row in rows {
        let kind: String = row.get("kind");
        let (previous, next): (Option<String>, Option<String>) =
            (row.get("previous"), row.get("next"));
        let is_step = kind == "declaration.filed" || Action::ALL.iter().any(|a| a.event() == kind);
        let (true, Some(next)) = (is_step, next) else { continue };
        if previous != here {
            return Err(format!("{kind} leaves {previous:?}, but it was {here:?}"));
        }
        if let Some(previous) = &previous
            && !is_lawful(previous, &next, &kind)
        {
            return Err(format!("{kind} leads from {previous} to {next}"));
        }
        here = Some(next);
    }
    Ok(here.unwrap_or_default())
}

fn is_lawful(from: &str, to: &str, event: &str) -> bool {
    let Some(from) = Status::ALL.into_iter().find(|status| status.name() == from) else {
        return false;
    };
    if event == "declaration.filed" {
        // Handed in and taken under review at once.
        let filed =
            from.after(Action::Submit).and_then(|handed_in| handed_in.after(Action::Review));
        return filed.is_some_and(|next| next.name() == to);
    }
    let actions = Action::ALL.iter().filter(|action| action.event() == event);
    actions.into_iter().any(|action| from.after(*action).is_some_and(|next| next.name() == to))
}

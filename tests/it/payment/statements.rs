//! A statement is taken in every form that is agreed, whole or not at all, and once.
use chrono::{Duration, NaiveDate};
use serde_json::{Value, json};
use shared::{
    kernel::{Actor, Fen, Role, money::Amount},
    payment::recon::{
        Days,
        statement::{Line, LineKind, parse, write},
    },
};
use sqlx::PgPool;

use super::desk::Desk;

pub(super) const DAY: &str = "2014-05-12";

pub(super) fn day() -> NaiveDate {
    DAY.parse().unwrap()
}

/// Brings a statement of a day; what was answered.
pub(super) async fn bring(
    desk: &Desk,
    who: &Actor,
    (day, kind): (NaiveDate, &str),
    file: impl Into<Vec<u8>>,
) -> (u16, Value) {
    let token = desk.api.tokens.issue(who, desk.ctx.clock.now()).unwrap().token;
    let request = reqwest::Client::new()
        .post(format!("{}/v1/bank-days/{day}/statement", desk.door))
        .bearer_auth(token)
        .header("content-type", kind);
    let response = request.body(file.into()).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap_or_default())
}

/// The bookings of the bank's statement of a day.
pub(super) fn lines(desk: &Desk, day: NaiveDate) -> Vec<Line> {
    parse(&Days::only(day), desk.bank.statement(day).as_bytes()).unwrap()
}

fn entry(line: &Line) -> String {
    let (direction, reversal) = match line.kind {
        LineKind::Debit => ("CRDT", "false"),
        LineKind::Refund => ("DBIT", "false"),
        LineKind::Reversal => ("DBIT", "true"),
    };
    format!(
        "<Ntry><Amt Ccy=\"CNY\">{}</Amt><CdtDbtInd>{direction}</CdtDbtInd><RvslInd>{reversal}</RvslInd>\
         <Sts><Cd>BOOK</Cd></Sts><BookgDt><DtTm>{}</DtTm></BookgDt><AcctSvcrRef>{}</AcctSvcrRef><NtryDtls><TxDtls>\
         <Refs><EndToEndId>{}</EndToEndId></Refs></TxDtls></NtryDtls></Ntry>\n",
        Amount::from(line.amount).amount,
        line.booked_at.to_rfc3339(),
        line.bank_ref,
        line.subject.simple(),
    )
}

/// The same bookings as a `camt.053` of that version, of an account that was empty.
fn camt(version: &str, lines: &[Line]) -> String {
    let taken: Fen =
        lines.iter().filter(|line| line.kind == LineKind::Debit).map(|line| line.amount).sum();
    let balance = |code: &str, amount: Amount| {
        format!(
            "<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"CNY\">{}</Amt>\
             <CdtDbtInd>CRDT</CdtDbtInd></Bal>\n",
            amount.amount
        )
    };
    let zero = Amount { amount: "0.00".into(), currency: "CNY".into() };
    let entries: String = lines.iter().map(entry).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}\"><BkToCstmrStmt>\n\
         <GrpHdr><MsgId>M1</MsgId></GrpHdr><Stmt><Id>S1</Id><Acct><Ccy>CNY</Ccy></Acct>\n\
         {}{}{entries}</Stmt></BkToCstmrStmt></Document>\n",
        balance("OPBD", zero),
        balance("CLBD", Amount::from(taken)),
    )
}

/// Three fees of the day, paid by bank, and a cashier; it is the next day.
async fn after_a_day(desk: &Desk) -> Actor {
    desk.agree("acct-ok").await;
    for serial in 1..=3 {
        desk.notice(serial).await;
    }
    desk.work().await;
    desk.ctx.clock.advance(Duration::days(1)).unwrap();
    desk.person(&[Role::Cashier], 1).await
}

/// A fee that the bank took, and we do not know it; it is the next day.
async fn unknown(desk: &Desk) -> (Actor, shared::payment::NoticeId) {
    desk.agree("acct-timeout").await;
    let notice = desk.notice(1).await;
    let order = desk.take_and_die(desk.payment_of(notice.id).await).await;
    desk.ctx.bank.debit(&desk.ctx.clock, &order, None).await;
    desk.ctx.clock.advance(Duration::days(1)).unwrap();
    (desk.person(&[Role::Cashier], 1).await, notice.id)
}

async fn nothing_was_taken(desk: &Desk) {
    assert_eq!(desk.count("select count(*) from bank_days").await, 0);
    assert_eq!(desk.count("select count(*) from statement_lines").await, 0);
    assert_eq!(desk.count("select count(*) from bank_words where source = 'STATEMENT'").await, 0);
}

fn told(problem: &Value) -> Vec<(&str, &str)> {
    let errors = problem["errors"].as_array().unwrap().iter();
    errors.map(|one| (one["pointer"].as_str().unwrap(), one["code"].as_str().unwrap())).collect()
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_camt_statement_says_what_the_same_csv_says(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let cashier = after_a_day(&desk).await;
    let lines = lines(&desk, day());

    let (status, sheet) =
        bring(&desk, &cashier, (day(), "application/xml"), camt("02", &lines)).await;
    let (again, newer) =
        bring(&desk, &cashier, (day(), "text/xml; charset=utf-8"), camt("08", &lines)).await;
    let (csv, same) = bring(&desk, &cashier, (day(), "text/csv"), write(&lines)).await;

    assert_eq!((status, again, csv), (200, 200, 200), "{sheet} {newer} {same}");
    for sheet in [sheet, newer, same] {
        assert_eq!((&sheet["lines"], &sheet["differences"]), (&json!(3), &json!([])), "{sheet}");
        assert_eq!(sheet["bank_total"]["amount"], "1452.00");
        assert_eq!(sheet["difference"]["amount"], "0.00");
    }
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_camt_statement_resolves_what_is_unknown(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let (cashier, notice) = unknown(&desk).await;
    let file = camt("08", &lines(&desk, day()));

    let (status, sheet) = bring(&desk, &cashier, (day(), "application/xml"), file).await;

    assert_eq!((status, &sheet["differences"]), (200, &json!([])), "{sheet}");
    assert_eq!(desk.stand(notice).await, ("PAID", "SUCCESS"));
    assert_eq!(desk.count("select differing from ledger_proof").await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn transfers_of_strangers_are_orphans_and_lie_in_suspense_once_explained(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let cashier = after_a_day(&desk).await;
    let mut lines = lines(&desk, day());
    for bank_ref in ["S-1", "S-2"] {
        lines.push(Line { bank_ref: bank_ref.into(), ..lines[0].clone() });
    }
    let ours = lines[0].subject.simple().to_string();
    let file = camt("08", &lines);
    // The last two are nobody's payments here: one says so, the other names something of its own.
    let (first, rest) = file.split_once("<AcctSvcrRef>S-1").unwrap();
    let rest = rest.replacen(&ours, "NOTPROVIDED", 1).replace(&ours, "INVOICE 2014/17");

    let whole = format!("{first}<AcctSvcrRef>S-1{rest}");
    let (status, sheet) = bring(&desk, &cashier, (day(), "application/xml"), whole).await;

    assert_eq!(status, 200, "{sheet}");
    let found = sheet["differences"].as_array().unwrap();
    assert_eq!(found.len(), 2, "{sheet}");
    for one in found {
        assert_eq!(one["kind"], "ORPHAN_BANK");
        let url = format!("/v1/day-differences/{}/explain", one["id"].as_str().unwrap());
        let why = json!({ "reason": "企业直接转账" });
        let (status, told) = desk.send(&cashier, reqwest::Method::POST, &url, why).await;
        assert_eq!(status, 200, "{told}");
    }
    assert_eq!(desk.balance("SUSPENSE:%").await, -968);
    assert_eq!(desk.count("select differing from ledger_proof").await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_camt_statement_with_bad_entries_is_named_by_entry_and_not_taken(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let (cashier, notice) = unknown(&desk).await;
    let mut lines = lines(&desk, day());
    lines.extend([lines[0].clone(), lines[0].clone()]);
    let good = camt("08", &lines);
    let parts: Vec<_> = good.split("<Ntry>").collect();
    let (second, third) = (
        parts[2].replace("CNY", "USD"),
        parts[3].replace("<AcctSvcrRef>", "<Other>").replace("</AcctSvcrRef>", "</Other>"),
    );
    let bad = [parts[0], parts[1], &second, &third].join("<Ntry>");

    let (status, problem) = bring(&desk, &cashier, (day(), "application/xml"), bad).await;

    assert_eq!(status, 422, "{problem}");
    let expected = [("/entries/2", "currency-wrong"), ("/entries/3", "reference-missing")];
    assert_eq!(told(&problem), expected);
    nothing_was_taken(&desk).await;
    assert_eq!(desk.stand(notice).await.0, "PAYING", "the good entry was not heard either");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_hostile_or_broken_camt_file_is_refused_by_name(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let cashier = after_a_day(&desk).await;
    let good = camt("08", &lines(&desk, day()));
    let laughs = "<!DOCTYPE Document [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">]>\n<Document";
    let file = "<!DOCTYPE Document SYSTEM \"file:///etc/passwd\">\n<Document";
    let utf16: Vec<u8> = good.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let files: [(Vec<u8>, &str); 9] = [
        (good.replace("<Document", laughs).into(), "doctype-refused"),
        (good.replace("<Document", file).into(), "doctype-refused"),
        (good.replace("S1", "&secret;").into(), "entity-refused"),
        (good.replace("S1", &"<a>".repeat(100_000)).into(), "xml-too-large"),
        (good.replace("UTF-8", "GBK").into(), "charset-refused"),
        ([&[0xfe, 0xff][..], &utf16].concat(), "charset-refused"),
        (good.replace(".053.001.08", ".053.001.99").into(), "namespace-unknown"),
        (good[..good.len() / 2].into(), "truncated"),
        (good.replace("1452.00", "1452.01").into(), "balances-differ"),
    ];

    for (file, code) in files {
        let (status, problem) = bring(&desk, &cashier, (day(), "application/xml"), file).await;
        assert_eq!((status, told(&problem)[0].1), (422, code), "{problem}");
    }
    nothing_was_taken(&desk).await;
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_csv_in_gbk_is_taken_where_it_says_so_and_refused_by_name_where_not(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let cashier = after_a_day(&desk).await;
    // A booking that only the bank knows of, under a name in Chinese: `对账` in GBK.
    let mut lines = lines(&desk, day());
    let subject = uuid::Uuid::max();
    lines.push(Line { bank_ref: "@@".into(), subject, ..lines[0].clone() });
    let text = write(&lines).into_bytes();
    let at = text.windows(2).position(|pair| pair == b"@@").unwrap();
    let gbk = [&text[..at], &[0xb6, 0xd4, 0xd5, 0xcb], &text[at + 2..]].concat();
    let broken = [&text[..at], &[0xb6, 0x20], &text[at + 2..]].concat();

    let (unsaid, problem) = bring(&desk, &cashier, (day(), "text/csv"), gbk.clone()).await;
    assert_eq!((unsaid, told(&problem)), (422, vec![("/lines/5", "not-utf8")]));
    let (false_, problem) = bring(&desk, &cashier, (day(), "text/csv; charset=gbk"), broken).await;
    assert_eq!((false_, told(&problem)), (422, vec![("/lines/5", "not-gb18030")]));
    nothing_was_taken(&desk).await;

    for charset in ["GBK", "gb2312", "\"gb18030\""] {
        let kind = format!("text/csv; charset={charset}");
        let (status, sheet) = bring(&desk, &cashier, (day(), &kind), gbk.clone()).await;
        assert_eq!(status, 200, "{sheet}");
        assert_eq!(sheet["differences"][0]["bank_ref"], "对账");
    }
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_statement_in_no_agreed_form_is_no_statement(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let cashier = after_a_day(&desk).await;
    let file = desk.bank.statement(day());

    for kind in ["text/plain", "text/csv; charset=utf-16", "application/xml; charset=gbk"] {
        let (status, _) = bring(&desk, &cashier, (day(), kind), file.clone()).await;
        assert_eq!(status, 415, "{kind}");
    }
    let (csv_as_xml, problem) = bring(&desk, &cashier, (day(), "application/xml"), file).await;
    assert_eq!((csv_as_xml, problem["type"].as_str()), (422, Some("/problems/invalid")));
    nothing_was_taken(&desk).await;
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_csv_from_windows_is_taken(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let cashier = after_a_day(&desk).await;
    let windows = format!("\u{feff}{}", desk.bank.statement(day()).replace('\n', "\r\n"));

    let (status, sheet) = bring(&desk, &cashier, (day(), "text/csv"), windows).await;

    assert_eq!((status, &sheet["lines"], &sheet["differences"]), (200, &json!(3), &json!([])));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_file_that_comes_twice_books_once_in_whatever_form(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let (cashier, notice) = unknown(&desk).await;
    let lines = lines(&desk, day());
    let (csv, xml) = (write(&lines), camt("08", &lines));

    let (_, first) = bring(&desk, &cashier, (day(), "text/csv"), csv.clone()).await;
    let (_, second) = bring(&desk, &cashier, (day(), "text/csv"), csv).await;
    assert_eq!(first, second);
    assert_eq!(desk.happened("payment.statement_taken").await, 1);
    let (status, third) = bring(&desk, &cashier, (day(), "application/xml"), xml).await;

    assert_eq!((status, &third["differences"]), (200, &json!([])));
    assert_eq!(desk.stand(notice).await, ("PAID", "SUCCESS"));
    assert_eq!(desk.balance("BANK:%").await, 484, "once");
    assert_eq!(desk.count("select count(*) from statement_lines").await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_booking_that_stands_twice_in_a_file_is_named_and_books_once(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let (cashier, notice) = unknown(&desk).await;
    let mut lines = lines(&desk, day());
    lines.extend(lines.first().cloned());
    let files = [("text/csv", write(&lines)), ("application/xml", camt("04", &lines))];

    for (kind, file) in files {
        let (status, sheet) = bring(&desk, &cashier, (day(), kind), file).await;

        assert_eq!((status, &sheet["lines"]), (200, &json!(2)), "{sheet}");
        assert_eq!(sheet["differences"].as_array().unwrap().len(), 1);
        assert_eq!(sheet["differences"][0]["kind"], "DUPLICATE");
    }
    assert_eq!(desk.stand(notice).await, ("PAID", "SUCCESS"));
    assert_eq!(desk.balance("BANK:%").await, 484, "once");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_file_that_breaks_off_or_does_not_add_up_is_not_taken(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let (cashier, notice) = unknown(&desk).await;
    let good = desk.bank.statement(day());
    let end = good.rfind("END").unwrap();
    let files = [
        (good[..end].to_owned(), "/lines/2", "truncated"),
        (good[..end - 5].to_owned(), "/lines/2", "line-malformed"),
        (good.replace("END,1,484.00", "END,2,484.00"), "/lines/3", "totals-differ"),
        (good.replace("END,1,484.00", "END,1,485.00"), "/lines/3", "totals-differ"),
        (good.replace("484.00,2014", "484.0O,2014"), "/lines/2", "line-malformed"),
        (String::new(), "/lines/1", "header-wrong"),
    ];

    for (file, pointer, code) in files {
        let (status, problem) = bring(&desk, &cashier, (day(), "text/csv"), file).await;
        assert_eq!((status, told(&problem)[0]), (422, (pointer, code)), "{problem}");
    }
    nothing_was_taken(&desk).await;
    assert_eq!(desk.stand(notice).await.0, "PAYING");
}

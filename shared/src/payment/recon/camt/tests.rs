//! What a `camt.053` says, and what is refused by name.
use proptest::prelude::*;

use super::*;
use crate::payment::recon::statement::LineKind;

fn days() -> Days {
    Days::only("2014-05-12".parse().unwrap())
}

/// An account that is opened with a thousand yuan, and these entries.
fn statement(version: &str, closing: &str, entries: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="{NAMESPACE}{version}">
 <BkToCstmrStmt>
  <GrpHdr><MsgId>M1</MsgId><CreDtTm>2014-05-13T00:30:00</CreDtTm></GrpHdr>
  <Stmt>
   <Id>S20140512</Id><CreDtTm>2014-05-13T00:30:00+08:00</CreDtTm>
   <Acct><Id><Othr><Id>310-1</Id></Othr></Id><Ccy>CNY</Ccy></Acct>
   <Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">1000.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
   <Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">{closing}</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
{entries}  </Stmt>
 </BkToCstmrStmt>
</Document>
"#
    )
}

const TAKEN: &str = r#"   <Ntry><Amt Ccy="CNY">484.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>
    <BookgDt><DtTm>2014-05-12T10:05:31+08:00</DtTm></BookgDt><ValDt><Dt>2014-05-12</Dt></ValDt>
    <AcctSvcrRef>B1</AcctSvcrRef>
    <NtryDtls><TxDtls><Refs><EndToEndId>01910a5e7c1e7b3a9c550d6d1a2b3c61</EndToEndId></Refs></TxDtls></NtryDtls></Ntry>
"#;

fn good() -> String {
    statement("02", "1484.00", TAKEN)
}

fn told(text: &str) -> Vec<(String, String)> {
    let wrong = parse(&days(), text.as_bytes()).unwrap_err();
    wrong.iter().map(|one| (one.pointer.clone(), one.code.clone())).collect()
}

fn one(text: &str) -> (String, String) {
    let told = told(text);
    assert_eq!(told.len(), 1, "{told:?}");
    told[0].clone()
}

#[test]
fn an_entry_becomes_a_booking() {
    let lines = parse(&days(), good().as_bytes()).unwrap();

    let subject = "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c61".parse().unwrap();
    let booked_at = "2014-05-12T02:05:31Z".parse().unwrap();
    let (kind, bank_ref, amount) = (LineKind::Debit, "B1".to_owned(), Fen::yuan(484));
    let (line_no, belongs_to) = (1, None);
    assert_eq!(lines, [Line { line_no, kind, bank_ref, subject, amount, booked_at, belongs_to }]);
}

#[test]
fn every_version_from_two_to_eight_is_read_and_no_other() {
    for version in VERSIONS {
        assert!(parse(&days(), statement(version, "1484.00", TAKEN).as_bytes()).is_ok());
    }
    let status = TAKEN.replace("<Sts>BOOK</Sts>", "<Sts><Cd>BOOK</Cd></Sts>");
    assert!(parse(&days(), statement("08", "1484.00", &status).as_bytes()).is_ok());

    for other in ["01", "09", "2"] {
        assert_eq!(one(&statement(other, "1484.00", TAKEN)).1, "namespace-unknown");
    }
    assert_eq!(one(&good().replace("camt.053", "camt.052")).1, "namespace-unknown");
    assert_eq!(one("<Document/>").1, "namespace-unknown");
}

#[test]
fn a_prefix_for_the_namespace_changes_nothing_and_other_namespaces_are_passed_over() {
    let foreign =
        r#"<Splmtry xmlns="urn:bank"><Ntry><Amt Ccy="USD">1</Amt></Ntry></Splmtry></Stmt>"#;
    let good = good().replace("</Stmt>", foreign);
    let prefixed = good.replace("xmlns=\"urn:iso", "xmlns:c=\"urn:iso");
    let names = ["Document", "BkToCstmrStmt", "GrpHdr", "Stmt", "Acct", "Bal", "CdtDbtInd", "Tp"];
    let more = ["CdOrPrtry", "Cd", "Amt", "Sts", "BookgDt", "DtTm", "ValDt", "Dt", "AcctSvcrRef"];
    let last = [
        "NtryDtls",
        "TxDtls",
        "Refs",
        "EndToEndId",
        "MsgId",
        "CreDtTm",
        "Id",
        "Othr",
        "Ccy",
        "Ntry",
    ];
    let prefixed = names.iter().chain(&more).chain(&last).fold(prefixed, |text, name| {
        let text = text.replace(&format!("<{name}>"), &format!("<c:{name}>"));
        let text = text.replace(&format!("<{name} "), &format!("<c:{name} "));
        text.replace(&format!("</{name}>"), &format!("</c:{name}>"))
    });
    // Of the foreign part every name is prefixed too, and so it is one of ours.
    let (own, foreign) = prefixed.split_once("<Splmtry").unwrap();
    let rest = foreign.split_once("</Splmtry>").unwrap().1;

    let lines = parse(&days(), good.as_bytes()).unwrap();

    assert_eq!(lines.len(), 1);
    assert_eq!(parse(&days(), format!("{own}{rest}").as_bytes()).unwrap(), lines);
}

#[test]
fn an_entry_of_several_transactions_is_as_many_bookings() {
    let batch = r#"   <Ntry><Amt Ccy="CNY">300.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>
    <BookgDt><Dt>2014-05-12</Dt></BookgDt><AcctSvcrRef>BATCH</AcctSvcrRef><NtryDtls>
    <TxDtls><Refs><AcctSvcrRef>B1</AcctSvcrRef></Refs><Amt Ccy="CNY">100.00</Amt></TxDtls>
    <TxDtls><Refs><AcctSvcrRef>B2</AcctSvcrRef><EndToEndId>NOTPROVIDED</EndToEndId></Refs>
     <AmtDtls><TxAmt><Amt Ccy="CNY">200</Amt></TxAmt></AmtDtls></TxDtls></NtryDtls></Ntry>
"#;
    let lines = parse(&days(), statement("04", "1300.00", batch).as_bytes()).unwrap();
    let odd = statement("04", "1300.00", &batch.replace(">200<", ">201<"));
    let nameless = batch.replace("<AcctSvcrRef>B2</AcctSvcrRef>", "");

    let refs: Vec<_> = lines.iter().map(|line| (line.line_no, line.bank_ref.as_str())).collect();
    assert_eq!(refs, [(1, "B1"), (2, "B2")]);
    assert_eq!(lines[1].amount, Fen::yuan(200));
    assert!(lines[1].subject.is_nil(), "a stranger's transfer is nobody's payment");
    assert_eq!(
        lines[0].booked_at,
        "2014-05-11T16:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap()
    );
    assert_eq!(one(&odd), ("/entries/1".into(), "entry-sum-differs".into()));
    let (at, code) = one(&statement("04", "1300.00", &nameless));
    assert_eq!((at.as_str(), code.as_str()), ("/entries/1/transactions/2", "reference-missing"));
}

#[test]
fn credit_debit_and_reversal_are_the_three_kinds() {
    let back = TAKEN.replace("CRDT", "DBIT");
    let reversed = back.replace("</Amt>", "</Amt><RvslInd>true</RvslInd>");
    let kind = |entry: &str, closing| {
        parse(&days(), statement("02", closing, entry).as_bytes()).map(|lines| lines[0].kind)
    };

    assert_eq!(kind(TAKEN, "1484.00"), Ok(LineKind::Debit));
    assert_eq!(kind(&back, "516.00"), Ok(LineKind::Refund));
    assert_eq!(kind(&reversed, "516.00"), Ok(LineKind::Reversal));
    let bounced = TAKEN.replace("</Amt>", "</Amt><RvslInd>true</RvslInd>");
    assert_eq!(one(&statement("02", "1484.00", &bounced)).1, "kind-unknown");
}

#[test]
fn what_is_not_booked_is_no_booking() {
    let pending = TAKEN.replace("BOOK", "PDNG").replace("B1", "B2");
    let both = statement("02", "1484.00", &format!("{TAKEN}{pending}"));
    let odd = statement("02", "1484.00", &TAKEN.replace("BOOK", "MAYBE"));

    assert_eq!(parse(&days(), both.as_bytes()).unwrap().len(), 1);
    assert_eq!(one(&odd), ("/entries/1".into(), "status-unknown".into()));
}

#[test]
fn the_value_date_decides_the_day() {
    let closed: chrono::NaiveDate = "2014-05-11".parse().unwrap();
    let late = good().replace("<Dt>2014-05-12</Dt>", "<Dt>2014-05-11</Dt>");
    let closing = Days { closed: [closed].into(), ..days() };

    assert_eq!(one(&late), ("/entries/1".into(), "another-day".into()));
    assert_eq!(parse(&closing, late.as_bytes()).unwrap()[0].belongs_to, Some(closed));
    let local = good().replace("10:05:31+08:00", "23:59:59.999");
    assert!(parse(&days(), local.as_bytes()).is_ok(), "a time without an offset is Shanghai's");
    let next = good()
        .replace("10:05:31+08:00", "16:00:00Z")
        .replace("<ValDt><Dt>2014-05-12</Dt></ValDt>", "");
    assert_eq!(one(&next).1, "another-day", "midnight is Shanghai's");
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let bad = TAKEN.replace("484.00", "484.001").replace("2014-05-12T10", "2014-05-32T10");
    let foreign = TAKEN.replace("CNY", "USD").replace("<AcctSvcrRef>B1</AcctSvcrRef>", "");
    let text = statement("02", "1484.00", &format!("{bad}{TAKEN}{foreign}"));
    let text = text.replace("<Id>S20140512</Id>", "");

    let told = told(&text);

    let codes: Vec<_> = told.iter().map(|(at, code)| (at.as_str(), code.as_str())).collect();
    assert_eq!(
        codes,
        [
            ("/entries/1", "amount-malformed"),
            ("/entries/1", "date-malformed"),
            ("/entries/3", "currency-wrong"),
            ("/entries/3", "reference-missing"),
            ("/lines/1", "id-missing"),
        ]
    );
}

#[test]
fn balances_and_summary_must_agree_with_the_entries() {
    let summary = "<TxsSummry><TtlNtries><NbOfNtries>1</NbOfNtries></TtlNtries>\
        <TtlCdtNtries><Sum>484</Sum></TtlCdtNtries></TxsSummry>";
    let with = |summary: &str| statement("02", "1484.00", &format!("{summary}{TAKEN}"));

    assert!(parse(&days(), with(summary).as_bytes()).is_ok());
    assert_eq!(one(&with(&summary.replace(">1<", ">2<"))).1, "totals-differ");
    assert_eq!(one(&with(&summary.replace("484", "483"))).1, "totals-differ");
    assert_eq!(one(&statement("02", "1484.01", TAKEN)).1, "balances-differ");
    assert_eq!(one(&good().replace("CLBD", "ITBD")).1, "balance-missing");
    assert_eq!(told(&good().replace("CLBD", "OPBD"))[0].1, "balance-doubled");
}

#[test]
fn one_page_of_several_or_two_statements_are_no_statement() {
    let paged = "<StmtPgntn><PgNb>1</PgNb><LastPgInd>false</LastPgInd></StmtPgntn><Acct>";
    let twice = good().replace("</BkToCstmrStmt>", "<Stmt/></BkToCstmrStmt>");
    let none = good().replace("Stmt>", "Rpt>");

    assert_eq!(one(&good().replace("<Acct>", paged)).1, "statement-paged");
    assert_eq!(one(&twice).1, "statements-several");
    assert!(parse(&days(), none.as_bytes()).is_err());
}

#[test]
fn a_file_that_breaks_off_anywhere_is_no_statement() {
    let good = good();
    for end in (0..good.trim_end().len()).filter(|end| good.is_char_boundary(*end)) {
        assert!(parse(&days(), &good.as_bytes()[..end]).is_err(), "cut at {end}");
    }
    assert_eq!(one(&good[..good.len() - 30]).1, "truncated");
}

#[test]
fn bombs_and_foreign_entities_are_refused_unread() {
    let bomb =
        r#"<!DOCTYPE Document [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><Document"#;
    let file = r#"<!DOCTYPE Document [<!ENTITY x SYSTEM "file:///etc/passwd">]><Document"#;
    for evil in [bomb, file] {
        assert_eq!(
            one(&good().replace("<Document", evil)),
            ("/lines/2".into(), "doctype-refused".into())
        );
    }
    assert_eq!(one(&good().replace("S20140512", "&x;")).1, "entity-refused");
    assert_eq!(one(&good().replace("S20140512", "&#xD800;")).1, "entity-refused");
    assert!(parse(&days(), good().replace("S20140512", "S&amp;&#65;").as_bytes()).is_ok());
    assert_eq!(one(&good().replace("S20140512", &"<a>".repeat(40))).1, "xml-too-large");
    assert_eq!(one(&good().replace("S20140512", &"S".repeat(20_000))).1, "xml-too-large");
    assert_eq!(
        one(&good().replace("<Acct>", &format!("<Acct a=\"{}\">", "x".repeat(5_000)))).1,
        "xml-too-large"
    );
    let crowd = format!("<Ntry>{}</Ntry></Stmt>", "<a/>".repeat(600_000));
    assert_eq!(one(&good().replace("</Stmt>", &crowd)).1, "xml-too-large");
}

#[test]
fn another_charset_is_refused_by_name() {
    let declared = good().replace("encoding=\"UTF-8\"", "encoding=\"GB18030\"");
    let utf16: Vec<u8> = good().encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked = [&[0xff, 0xfe][..], &utf16].concat();
    let gbk = good().replace("310-1", "账户");
    let (gbk, _, _) = encoding_rs::GBK.encode(&gbk);
    let code = |bytes: &[u8]| {
        let wrong = parse(&days(), bytes).unwrap_err();
        wrong.iter().map(|one| (one.pointer.clone(), one.code.clone())).collect::<Vec<_>>()
    };

    assert_eq!(one(&declared).1, "charset-refused");
    assert_eq!(code(&marked)[0].1, "charset-refused");
    assert_eq!(code(&gbk), [("/lines/7".into(), "charset-refused".into())]);
    assert!(parse(&days(), format!("\u{feff}{}", good()).as_bytes()).is_ok());
}

proptest! {
    /// Whatever is changed in it, a file is read or refused: nothing else happens.
    #[test]
    fn any_file_is_read_or_refused(at in any::<prop::sample::Index>(), with in ".{0,8}") {
        let mut text: Vec<char> = good().chars().collect();
        let at = at.index(text.len());
        text.splice(at..=at, with.chars());
        let text: String = text.into_iter().collect();
        if let Err(wrong) = parse(&days(), text.as_bytes()) {
            prop_assert!(!wrong.is_empty());
        }
    }

    /// Amounts are exact, or none.
    #[test]
    fn amounts_are_exact(fen in 1..1_000_000_000_000_i64) {
        let amount = format!("{}.{:02}", fen / 100, fen % 100);
        let entry = TAKEN.replace("484.00", &amount);
        let closing = yuan(i128::from(fen) + 100_000);
        let lines = parse(&days(), statement("02", &closing, &entry).as_bytes());
        prop_assert_eq!(lines.unwrap()[0].amount, Fen(fen));
    }
}

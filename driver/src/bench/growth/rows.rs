//! Stored declarations as `COPY` wants them: text, a line for each row, tabs between columns.
//!
//! Documents are copies of one that Anyport itself wrote, with the places filled in which one differs from the next.
use std::{collections::HashMap, fmt::Write as _};

use chrono::{Datelike as _, TimeDelta};

use super::stored::{Stored, scatter};

/// The tables that are filled, parents first, and which columns.
pub(super) const TABLES: [&str; 9] = [
    "declarations (id, decl_reg_no, ent_decl_no, apl_kind, decl_code, kind, direct_bureau, do_key, consignee_code,
        decl_no, status, version, decl_org, release_org, insp_org, holder_org, anywhere, credit_class, filed_at,
        accepted_at, released_at, updated_at)",
    "declaration_versions (declaration_id, version, cause, content, content_hash, defects, receipt, filed_at)",
    "events (id, at, kind, subject, actor_kind, organisation, previous, next, data)",
    "selections (declaration_id, decl_no, drawn_at, rate_ppm, inputs, draw, key_id, is_mandatory, is_selected, reason)",
    "releases (declaration_id, decl_no, release_org, kind, clearance_no, do_key, released_at)",
    "clearance_forms (id, declaration_id, clearance_no, sequence, state, lines, before_result, issued_at, valid_until)",
    "fee_notices (id, notice_no, declaration_id, decl_no, reg_no, decl_org, kind, state, total_fen, lines, late_rate,
        issued_at, due_on, paid_at, updated_at)",
    "payments (id, notice_id, reg_no, channel, amount_fen, state, bank_code, bank_ref, created_at, sent_at,
        settled_at, bank_time)",
    "postings (id, at, debit, credit, amount_fen, cause, notice_id, payment_id)",
];

/// What Anyport stored of one filing, as text.
#[derive(Clone, Debug)]
pub(super) struct Specimen {
    pub(super) id: String,
    pub(super) reference: String,
    pub(super) decl_no: String,
    pub(super) owner: String,
    pub(super) content: String,
    pub(super) receipt: String,
    pub(super) defects: String,
    pub(super) inputs: String,
}

/// A document with places left open.
struct Form(Vec<(String, Option<Place>)>);

#[derive(Clone, Copy)]
enum Place {
    Id,
    Reference,
    Number,
    Owner,
}

impl Form {
    fn of(document: &str, specimen: &Specimen) -> Self {
        let places = [
            (specimen.id.as_str(), Place::Id),
            (&specimen.reference, Place::Reference),
            (&specimen.decl_no, Place::Number),
            (&specimen.owner, Place::Owner),
        ];
        // What `COPY` would read as the end of something.
        let document = document.replace('\\', "\\\\");
        let mut rest = document.as_str();
        let mut pieces = Vec::new();
        loop {
            let found = places
                .iter()
                .filter_map(|(text, place)| Some((rest.find(text)?, text.len(), *place)));
            let Some((at, length, place)) = found.min_by_key(|(at, ..)| *at) else { break };
            pieces.push((rest[..at].to_owned(), Some(place)));
            rest = &rest[at + length..];
        }
        pieces.push((rest.to_owned(), None));
        Self(pieces)
    }

    fn fill(&self, names: &Names, out: &mut String) {
        for (text, place) in &self.0 {
            out.push_str(text);
            match place {
                Some(Place::Id) => out.push_str(&names.id),
                Some(Place::Reference) => out.push_str(&names.reference),
                Some(Place::Number) => out.push_str(&names.decl_no),
                Some(Place::Owner) => out.push_str(&names.owner),
                None => {}
            }
        }
    }
}

/// What a declaration is called.
struct Names {
    id: String,
    reference: String,
    decl_no: String,
    owner: String,
}

/// Writes rows, and remembers which declaration numbers were given.
pub(super) struct Press {
    content: Form,
    receipt: Form,
    defects: Form,
    inputs: Form,
    /// The last serial of each office and year.
    serials: HashMap<(&'static str, i32), u32>,
}

/// The rows of some declarations, table by table as in [`TABLES`].
pub(super) type Sheets = [String; TABLES.len()];

const FEE_FEN: u32 = 10_000;

impl Press {
    pub(super) fn new(specimen: &Specimen) -> Self {
        Self {
            content: Form::of(&specimen.content, specimen),
            receipt: Form::of(&specimen.receipt, specimen),
            defects: Form::of(&specimen.defects, specimen),
            inputs: Form::of(&specimen.inputs, specimen),
            serials: HashMap::new(),
        }
    }

    /// Appends all rows of one declaration. Nothing fails: it is written into memory.
    pub(super) fn print(&mut self, one: &Stored, sheets: &mut Sheets) {
        let year = one.day().year();
        let serial = self.serials.entry((one.decl_org, year)).or_default();
        *serial += 1;
        let names = Names {
            id: one.id(0),
            reference: one.reference(),
            decl_no: format!("{}1{:02}{serial:06}", one.decl_org, year % 100),
            owner: one.owner(),
        };
        self.case(one, &names, sheets);
        history(one, &names, &mut sheets[2]);
        let Names { id, decl_no, reference, .. } = &names;
        let (filed, released) = (one.filed_at.to_rfc3339(), one.released_at.to_rfc3339());
        let _ = write!(sheets[3], "{id}\t{decl_no}\t{filed}\t10000\t");
        self.inputs.fill(&names, &mut sheets[3]);
        let draw = scatter(one.number) | 1 << 63;
        let _ = writeln!(sheets[3], "\t\\\\x{draw:016x}\tdraw-0001\tf\tf\tNOT_DRAWN");
        let (kind, form) = if one.is_of_catalogue {
            ("CLEARANCE_FORM", format!("{decl_no}000"))
        } else {
            ("DELIVERY_ORDER", "\\N".to_owned())
        };
        let _ = writeln!(
            sheets[4],
            "{id}\t{decl_no}\t{}\t{kind}\t{form}\tCOSU-{reference}||{reference}\t{released}",
            one.release_org
        );
        if one.is_of_catalogue {
            cleared_and_paid(one, &names, sheets);
        }
    }

    fn case(&self, one: &Stored, names: &Names, sheets: &mut Sheets) {
        let Names { id, reference, decl_no, owner } = names;
        let (filed, released) = (one.filed_at.to_rfc3339(), one.released_at.to_rfc3339());
        let kind = if one.is_of_catalogue { "CATALOGUE" } else { "OUTSIDE_CATALOGUE" };
        let (decl_org, release_org) = (one.decl_org, one.release_org);
        let anywhere = if decl_org == release_org { 'f' } else { 't' };
        let _ = writeln!(
            sheets[0],
            "{id}\t{owner}\t{reference}\tI\t13\t{kind}\t310000\tCOSU-{reference}||{reference}\t{owner}\t{decl_no}\t\
             RELEASED\t1\t{decl_org}\t{release_org}\t{release_org}\t{release_org}\t{anywhere}\tB\t{filed}\t{filed}\t\
             {released}\t{released}"
        );
        let _ = write!(sheets[1], "{id}\t1\tFILED\t");
        self.content.fill(names, &mut sheets[1]);
        let _ = write!(sheets[1], "\t\\\\x{}\t", hash(one.number));
        self.defects.fill(names, &mut sheets[1]);
        sheets[1].push('\t');
        self.receipt.fill(names, &mut sheets[1]);
        let _ = writeln!(sheets[1], "\t{filed}");
    }
}

/// Filed, accepted, released.
fn history(one: &Stored, names: &Names, events: &mut String) {
    let Names { id, decl_no, owner, .. } = names;
    let (filed, released) = (one.filed_at.to_rfc3339(), one.released_at.to_rfc3339());
    let (decl_org, release_org) = (one.decl_org, one.release_org);
    let _ = writeln!(
        events,
        "{}\t{filed}\tdeclaration.filed\t{id}\tCLIENT\t{owner}\tDRAFT\tE_REVIEW\t{{\"version\": 1, \
         \"findings\": 0, \"decl_org\": \"{decl_org}\", \"release_org\": \"{release_org}\"}}",
        one.id(1)
    );
    for (which, at, kind, from, to, office) in [
        (2, &filed, "accepted", "E_REVIEW", "CONFORMING", decl_org),
        (3, &released, "released", "CONFORMING", "RELEASED", release_org),
    ] {
        let _ = writeln!(
            events,
            "{}\t{at}\tdeclaration.{kind}\t{id}\tSYSTEM\tSYSTEM\t{from}\t{to}\t{{\"office\": \"{office}\", \
             \"decl_no\": \"{decl_no}\", \"version\": 1}}",
            one.id(which)
        );
    }
}

/// A form that was used, and a fee that was paid online, with its postings.
fn cleared_and_paid(one: &Stored, names: &Names, sheets: &mut Sheets) {
    let Names { id, decl_no, owner, .. } = names;
    let (filed, released) = (one.filed_at.to_rfc3339(), one.released_at.to_rfc3339());
    let (form, notice, payment) = (one.id(4), one.id(5), one.id(6));
    let valid_until = one.day() + TimeDelta::days(60);
    let due_on = one.day() + TimeDelta::days(20);
    let _ = writeln!(
        sheets[5],
        "{form}\t{id}\t{decl_no}000\t0\tWRITTEN_OFF\t[{{\"goods_no\": 1, \"quantity\": \"240\"}}]\tf\t{released}\t\
         {valid_until}"
    );
    let _ = writeln!(
        sheets[6],
        "{notice}\t{decl_no}F01\t{id}\t{decl_no}\t{owner}\t{}\tORIGINAL\tPAID\t{FEE_FEN}\t[]\t0.005\t{filed}\t\
         {due_on}\t{released}\t{released}",
        one.decl_org
    );
    let _ = writeln!(
        sheets[7],
        "{payment}\t{notice}\t{owner}\tEPAY\t{FEE_FEN}\tSUCCESS\tSANDBOX\tG-{payment}\t{filed}\t{filed}\t{released}\t\
         {released}"
    );
    for (which, at, debit, credit, cause) in [
        (7, &filed, format!("RECEIVABLE:{owner}"), "FEE_INCOME".to_owned(), "notice-issued"),
        (
            8,
            &released,
            "BANK:SANDBOX".to_owned(),
            format!("RECEIVABLE:{owner}"),
            "payment-succeeded",
        ),
    ] {
        let by = if which == 8 { payment.as_str() } else { "\\N" };
        let _ = writeln!(
            sheets[8],
            "{}\t{at}\t{debit}\t{credit}\t{FEE_FEN}\t{cause}\t{notice}\t{by}",
            one.id(which)
        );
    }
}

/// As long as a SHA-256, and different for each number.
fn hash(number: u64) -> String {
    let [a, b, c, d] = [0, 1, 2, 3].map(|part| scatter(number * 4 + part));
    format!("{a:016x}{b:016x}{c:016x}{d:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::growth::stored::Stretch;

    fn specimen() -> Specimen {
        let text = |text: &str| text.to_owned();
        Specimen {
            id: text("0196-aa"),
            reference: text("B1-3"),
            decl_no: text("310900114000123"),
            owner: text("3100600001"),
            content: text(
                r#"{"ent_decl_no": "B1-3", "mark_no": "N\\M", "decl_reg_no": "3100600001"}"#,
            ),
            receipt: text(r#"{"id": "0196-aa", "decl_no": "310900114000123"}"#),
            defects: text("[]"),
            inputs: text("{}"),
        }
    }

    fn printed(count: u64) -> Sheets {
        let stretch = Stretch { first: 0, count, since: "2016-01-01".parse().unwrap() };
        let (mut press, mut sheets) = (Press::new(&specimen()), Sheets::default());
        for number in 0..count {
            press.print(&stretch.stored(number), &mut sheets);
        }
        sheets
    }

    #[test]
    fn every_row_has_its_columns() {
        for (table, sheet) in TABLES.iter().zip(printed(20)) {
            let columns = table.split(',').count();
            for line in sheet.lines() {
                assert_eq!(line.split('\t').count(), columns, "{table}: {line}");
            }
        }
    }

    #[test]
    fn a_declaration_has_one_version_three_events_and_where_it_cost_something_a_payment() {
        let rows = printed(20).map(|sheet| sheet.lines().count());
        assert_eq!(rows, [20, 20, 60, 20, 20, 6, 6, 6, 12]);
    }

    #[test]
    fn a_document_names_its_own_declaration() {
        let sheet = &printed(1)[1];
        assert!(
            sheet.contains(
                r#"{"ent_decl_no": "G0", "mark_no": "N\\\\M", "decl_reg_no": "3100600001"}"#
            ),
            "{sheet}"
        );
        assert!(sheet.contains(r#""decl_no": "310100116000001"}"#), "{sheet}");
    }
}

//! Setting out: the form is issued with its remark, and the other end is told (domain 4.5). Nobody declares again.
use super::{
    super::{clearance_forms::must_not_have_judged, reading, release, swap},
    seals::{must_be_marked, must_be_the_declared},
};
use crate::{
    clearance::{self, Form, NewForm},
    declaration::{
        self, Content, Declaration, DeclarationId, Direction as Way, Kind, Status, facts::Facts,
    },
    direct_release::{
        Consignment, ConsignmentId, Direction,
        consignment::{
            Handling, SealedContainer, State, export_exclusions, import_exclusions, wire,
        },
        service::{consignment, enterprise, seal},
    },
    exchange::{MemorandumKind, service::partner},
    identity::CreditClass,
    kernel::{Actor, Failure, Refusal, Violations, calendar},
    ledger::Tx,
    nonconformity,
    payment::{self, Settlement},
    reference::{Books, DistrictCode, PortCode},
};

/// A release officer lets goods go on the form of this office: exports that were inspected and sealed here to their exit
/// port, imports that were sealed here to their destination. Form, release and message are one act.
pub async fn consign(
    tx: &mut Tx,
    books: &Books,
    actor: &Actor,
    id: DeclarationId,
    handling: Handling,
) -> Result<Consignment, Failure> {
    let mut declaration = declaration::service::lock(tx, actor, id).await?;
    declaration.must_be_at_home()?;
    actor.must_be_of(&declaration.release_org)?;
    must_not_have_judged(tx, actor, id).await?;
    swap::must_not_travel(tx, &declaration).await?;
    let (today, direction) = (tx.today(), direction_of(&declaration));
    let content = reading::current_content(tx, &declaration).await?;
    must_be_marked(&content)?;
    must_conform(&declaration)?;
    let people = reading::People::of(tx, &[&content], today).await?;
    let facts = people.review(&content, books, today).facts;
    must_be_none(match direction {
        Direction::Export => export_exclusions(&content, handling, books, today, ""),
        Direction::Import => import_exclusions(&content, &facts, books, today),
    })?;
    let reg_no = must_be_granted(tx, &facts, direction).await?;
    Settlement::must_be_settled(Some(&payment::settled(tx, id, today).await?))?;
    let containers = sealed(tx, &content, id).await?;
    let end = other_end(tx, books, &declaration, &content).await?;
    let form = NewForm {
        declaration_id: id,
        decl_no: declaration.number()?.to_owned(),
        lines: reading::form_lines(&content),
        before_result: false,
        valid_until: facts.validity.until(today),
        remark: Some(Consignment::form_remark(direction, &end.place, &containers)),
    };
    let form = clearance::service::issue(tx, actor, form).await?;
    release::release_on_form(tx, actor, &mut declaration, &form).await?;
    let days = u64::try_from(books.integer("direct.arrival_days", today)).unwrap_or_default();
    let sets_out = Consignment {
        due_on: (direction == Direction::Import).then(|| calendar::days_after(today, days)),
        destination_country: content
            .desp_ctry_code
            .clone()
            .filter(|_| direction == Direction::Export),
        ..set_out(tx, &declaration, form, reg_no, (end, containers))
    };
    consignment::insert(tx, actor, &sets_out, "direct_consignment.issued").await?;
    consignment::promise_chase(tx, &sets_out)?;
    consignment::tell_record(tx, &sets_out, wire::CONSIGNED).await?;
    Ok(sets_out)
}

fn direction_of(declaration: &Declaration) -> Direction {
    match declaration.apl_kind {
        Way::Outbound => Direction::Export,
        Way::Inbound => Direction::Import,
    }
}

/// The record as it is when the lot sets out.
fn set_out(
    tx: &Tx,
    declaration: &Declaration,
    form: Form,
    reg_no: String,
    (end, containers): (OtherEnd, Vec<SealedContainer>),
) -> Consignment {
    Consignment {
        id: ConsignmentId::mint(tx.now),
        direction: direction_of(declaration),
        clearance_no: form.clearance_no,
        former: Vec::new(),
        declaration_id: Some(declaration.id),
        declarant: Some(declaration.decl_reg_no.clone()),
        reg_no,
        issuing_org: declaration.release_org.clone(),
        issuing_partner: None,
        checking_org: end.office,
        checking_partner: end.partner,
        place: end.place,
        destination_country: None,
        goods: form.lines,
        containers,
        valid_until: form.valid_until,
        issued_at: tx.now,
        due_on: None,
        arrival_decl_no: None,
        state: State::Issued,
        version: 1,
        report_version: 0,
        first: None,
        reading: None,
        checked_at: None,
        findings: Vec::new(),
        further: None,
        confirmation: None,
        notice_id: None,
        remark: None,
        chased_at: None,
        updated_at: tx.now,
    }
}

/// The exit port relies on what the origin inspected; a port lets go sealed what it has not drawn, to be inspected at
/// the destination.
fn must_conform(declaration: &Declaration) -> Result<(), Failure> {
    if declaration.status != Status::Conforming {
        let detail = "only goods that conform go directly";
        return Err(Failure::refused("direct-consignment/not-conforming", detail));
    }
    if declaration.apl_kind == Way::Outbound && !declaration.has_result {
        let detail = "the port relies on an inspection result: order a check first";
        return Err(Failure::refused("direct-consignment/not-inspected", detail));
    }
    if declaration.kind == Kind::OutsideCatalogue {
        let detail = "goods outside the catalogue are released on their delivery order";
        return Err(Failure::refused("clearance-form/not-needed", detail));
    }
    Ok(())
}

/// Invariant 10: there is no switch to set.
fn must_be_none(excluded: Violations) -> Result<(), Failure> {
    if excluded.is_empty() {
        return Ok(());
    }
    let refusal = Refusal::new("direct-consignment/excluded", "goods like these never go directly");
    Err(Refusal { violations: excluded, ..refusal }.into())
}

/// The enterprise whose goods they are holds the grant today, and nothing is withheld from it (invariant 23).
async fn must_be_granted(
    tx: &mut Tx,
    facts: &Facts,
    direction: Direction,
) -> Result<String, Failure> {
    let refuse = |detail: &'static str| Failure::refused("direct-consignment/not-granted", detail);
    let reg_no = facts.domestic_code.clone().unwrap_or_default();
    if enterprise::granted(tx, &reg_no, direction).await?.is_none() {
        return Err(refuse("the enterprise holds no direct release for this direction"));
    }
    if facts.credit_class == CreditClass::D {
        return Err(refuse("one of the parties is of class D: no facilitation"));
    }
    if nonconformity::service::is_blocked(tx, &reg_no).await? {
        return Err(refuse("its facilitations are blocked for something critical"));
    }
    Ok(reg_no)
}

/// Every declared container is closed.
async fn sealed(
    tx: &mut Tx,
    content: &Content,
    id: DeclarationId,
) -> Result<Vec<SealedContainer>, Failure> {
    let containers = seal::of_declaration(tx, id).await?;
    let mut wrong = Violations::default();
    must_be_the_declared(&containers, content, &mut wrong);
    if wrong.is_empty() {
        return Ok(containers);
    }
    let refusal = Refusal::new("direct-consignment/not-sealed", "not every container is sealed");
    Err(Refusal { violations: wrong, ..refusal }.into())
}

/// Where the seals will be read.
struct OtherEnd {
    place: String,
    office: String,
    /// Its bureau, if that is not ours; something is agreed with it.
    partner: Option<String>,
}

/// The office of the exit port, or of the destination, which the map of inspecting offices names.
async fn other_end(
    tx: &mut Tx,
    books: &Books,
    declaration: &Declaration,
    content: &Content,
) -> Result<OtherEnd, Failure> {
    let today = tx.today();
    let place = match declaration.apl_kind {
        Way::Outbound => &content.enty_port_code,
        Way::Inbound => &content.dest_code,
    };
    let place = place.clone().unwrap_or_default();
    let office = match declaration.apl_kind {
        Way::Outbound => {
            PortCode::parse(&place).and_then(|port| books.inspection_office_for_port(&port, today))
        }
        Way::Inbound => DistrictCode::parse(&place)
            .and_then(|district| books.inspection_office_for_district(&district, today)),
    };
    let office = office.and_then(|office| books.office(office.as_str(), today));
    let Some(office) = office else {
        let detail = "no office is known that checks at the exit port, or at the destination";
        return Err(Failure::refused("direct-consignment/no-checking-office", detail));
    };
    let (code, bureau) = (office.code.to_string(), office.direct_bureau.to_string());
    let partner = Some(bureau).filter(|bureau| *bureau != declaration.direct_bureau);
    if let Some(bureau) = &partner {
        let agreed = partner::agreed(tx, MemorandumKind::DirectRelease, today).await?;
        if !agreed.contains(bureau) {
            let detail = "no memorandum of direct release is in force with the other bureau";
            return Err(Failure::refused("direct-consignment/not-agreed", detail));
        }
    }
    Ok(OtherEnd { place, office: code, partner })
}

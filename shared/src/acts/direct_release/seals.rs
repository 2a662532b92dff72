//! Sealing (施加封识): inspectors close the containers of goods that shall go directly.
use sqlx::PgConnection;

use super::super::reading;
use crate::{
    declaration::{self, Content, DeclarationId, Direction},
    direct_release::{
        consignment::{SealedContainer, check_sealed},
        service::{consignment, seal},
    },
    kernel::{Actor, Failure, Violations},
    ledger::Tx,
};

/// The special way of clearance that means direct release (特殊通关模式 1).
const DIRECT: &str = "1";

/// The declarant chose direct release for this declaration; every declaration chooses for itself.
pub(super) fn must_be_marked(content: &Content) -> Result<(), Failure> {
    if content.spec_pass_flag.as_deref() == Some(DIRECT) {
        return Ok(());
    }
    let detail = "the declaration is not marked for direct release (spec_pass_flag 1)";
    Err(Failure::refused("direct-consignment/not-marked", detail))
}

/// An inspector of the office that inspects exports, or of the port that lets imports go, writes down which seals are
/// on which containers. Written down again, the last word counts; once the form is issued it is corrected instead.
pub async fn apply_seals(
    tx: &mut Tx,
    actor: &Actor,
    id: DeclarationId,
    containers: &[SealedContainer],
) -> Result<(), Failure> {
    let declaration = declaration::service::lock(tx, actor, id).await?;
    declaration.must_be_at_home()?;
    let office = match declaration.apl_kind {
        Direction::Outbound => declaration.inspecting_office()?,
        Direction::Inbound => &declaration.release_org,
    };
    actor.must_be_of(office)?;
    let content = reading::current_content(tx, &declaration).await?;
    must_be_marked(&content)?;
    if consignment::of_declaration(tx, id).await?.is_some() {
        let detail = "the form names its seals already: correct the consignment";
        return Err(Failure::refused("direct-consignment/exists", detail));
    }
    if declaration.accepted_at.is_none() || declaration.status.is_final() {
        let detail = "only goods of an accepted declaration are sealed";
        return Err(Failure::refused("declaration/wrong-status", detail));
    }
    let mut wrong = Violations::default();
    check_sealed(containers, "/containers", &mut wrong);
    must_be_the_declared(containers, &content, &mut wrong);
    wrong.finish(Some(()))?;
    seal::put(tx, actor, id, containers).await
}

/// All containers of the declaration, and no other.
pub(super) fn must_be_the_declared(
    sealed: &[SealedContainer],
    content: &Content,
    wrong: &mut Violations,
) {
    let declared: Vec<String> = content
        .containers
        .iter()
        .filter_map(|one| one.cont_no.as_deref().map(str::to_ascii_uppercase))
        .collect();
    for (place, container) in sealed.iter().enumerate() {
        if !declared.contains(&container.container_no) {
            let (zh, en) = ("申报中没有此集装箱", "the declaration has no such container");
            let at = format!("/containers/{place}/container_no");
            wrong.error(at, "container-not-declared", zh, en);
        }
    }
    for number in declared {
        if !sealed.iter().any(|one| one.container_no == number) {
            let zh = format!("集装箱{number}未施加封识");
            let en = format!("container {number} has no seal");
            wrong.error("/containers", "container-not-sealed", zh, en);
        }
    }
}

/// The seals of a declaration that the actor may see.
pub async fn seals_of(
    conn: &mut PgConnection,
    actor: &Actor,
    id: DeclarationId,
) -> Result<Vec<SealedContainer>, Failure> {
    declaration::service::read(conn, actor, id).await?;
    seal::of_declaration(conn, id).await
}

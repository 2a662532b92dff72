//! Deselecting, checks on order, and appointments.
use super::*;

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_mandatory_selection_cannot_be_deselected(pool: PgPool) {
    let quay = Quay::new(pool).await;
    let mandatory = quay.accepted("310900114000001", mandatory()).await;
    let drawn = quay.selected().await;

    let refused = quay.act(async |tx| deselect(tx, &quay.chief, mandatory, "urgent").await).await;
    let taken_off = quay
        .act(async |tx| deselect(tx, &quay.chief, drawn, "seen yesterday").await)
        .await
        .unwrap();

    assert_eq!(refusal(refused), "inspection/mandatory");
    assert_eq!(quay.read(mandatory).await.status, Status::Selected);
    assert_eq!((taken_off.status, taken_off.is_selected), (Status::Conforming, false));
    let change = Change {
        kind: ChangeKind::Deselected,
        rate: None,
        reason: "seen yesterday".into(),
        by_staff: quay.chief.id,
        at: quay.clock.now(),
    };
    assert_eq!(quay.dossier(drawn).await.changes, [change]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_check_is_ordered_of_what_was_not_drawn(pool: PgPool) {
    let quay = Quay::new(pool).await;
    let id = quay.accepted("310900114000123", inputs("0.03", "0.5")).await;
    assert_eq!(quay.read(id).await.status, Status::Conforming);

    let by_another =
        quay.act(async |tx| order_check(tx, &quay.of_release, id, "leaking").await).await;
    assert_eq!(refusal(by_another), "forbidden");
    let ordered =
        quay.act(async |tx| order_check(tx, &quay.wang, id, "leaking").await).await.unwrap();

    assert_eq!((ordered.status, ordered.is_selected), (Status::Selected, true));
    let dossier = quay.dossier(id).await;
    assert_eq!(dossier.changes[0].kind, ChangeKind::Ordered);
    assert!(!dossier.selection.unwrap().is_selected, "the draw itself stays as it was");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_was_inspected_is_not_checked_again(pool: PgPool) {
    let quay = Quay::new(pool).await;
    let id = quay.started().await;
    quay.act(async |tx| sign(tx, &quay.wang, id, pass()).await).await.unwrap();
    quay.act(async |tx| sign(tx, &quay.li, id, pass()).await).await.unwrap();

    let again = quay.act(async |tx| order_check(tx, &quay.wang, id, "doubts").await).await;

    assert_eq!(refusal(again), "inspection/already-inspected");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_inbound_container_is_seen_by_appointment(pool: PgPool) {
    let quay = Quay::new(pool).await;
    let boxed = |row: &mut Declaration| row.ent_decl_no = "E-BOX".into();
    let id = quay.filed(NUMBER, inputs("0.30", "0.5"), boxed).await;
    let (from, to) = (quay.now + Duration::hours(20), quay.now + Duration::hours(22));
    let slot = || AppointmentDraft::parse("Yard 3", from, to, quay.now).unwrap();

    let early = quay.act(async |tx| start(tx, &quay.wang, id, staff(&quay.li)).await).await;
    assert_eq!(refusal(early), "inspection/appointment-missing");
    let foreign = quay.act(async |tx| appoint(tx, &quay.of_release, id, slot()).await).await;
    assert_eq!(refusal(foreign), "forbidden");
    let appointed =
        quay.act(async |tx| appoint(tx, &quay.declarant, id, slot()).await).await.unwrap();
    assert_eq!(appointed.revision, 2, "an appointment is news");
    let started =
        quay.act(async |tx| start(tx, &quay.wang, id, staff(&quay.li)).await).await.unwrap();

    assert_eq!(started.status, Status::Inspecting);
    assert_eq!(quay.dossier(id).await.appointments[0].made_by, ENTERPRISE);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn another_enterprise_finds_no_case_to_make_an_appointment_for(pool: PgPool) {
    let quay = Quay::new(pool).await;
    let id = quay.selected().await;
    let other =
        organisation(&quay.pool, OrganisationKind::Enterprise, "3100609999", quay.now).await;
    let other = Actor { id: Some(Uuid::nil()), standing: other, roles: vec![Role::Declarant] };
    let to = quay.now + Duration::hours(1);
    let slot = AppointmentDraft::parse("Yard 3", quay.now, to, quay.now).unwrap();

    let appointed = quay.act(async |tx| appoint(tx, &other, id, slot).await).await;

    assert_eq!(refusal(appointed), "no such declaration");
}

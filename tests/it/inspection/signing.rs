//! Two inspectors sign, of the office that inspects.
use super::*;

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_selected_consignment_needs_two_inspectors(pool: PgPool) {
    let quay = Quay::new(pool).await;
    let id = quay.selected().await;

    let alone = quay.act(async |tx| start(tx, &quay.wang, id, staff(&quay.wang)).await).await;
    assert_eq!(refusal(alone), "same-inspector");
    for stranger in [&quay.of_release, &quay.chief] {
        let with = quay.act(async |tx| start(tx, &quay.wang, id, staff(stranger)).await).await;
        assert_eq!(refusal(with), "not-an-inspector");
    }
    quay.act(async |tx| start(tx, &quay.wang, id, staff(&quay.li)).await).await.unwrap();
    let first = quay.act(async |tx| sign(tx, &quay.wang, id, pass()).await).await.unwrap();
    assert_eq!((first.status, first.has_result), (Status::Inspecting, false));
    let second = quay.act(async |tx| sign(tx, &quay.li, id, pass()).await).await.unwrap();

    assert_eq!((second.status, second.has_result), (Status::Conforming, true));
    assert_eq!(
        quay.history(id).await,
        ["inspection.started", "inspection.signed", "inspection.signed", "inspection.passed"]
    );
    let mut conn = quay.pool.acquire().await.unwrap();
    let judged = async |conn: &mut _, person: Uuid| judged_by(conn, &[id], person).await.unwrap();
    assert!(judged(&mut conn, quay.wang.id.unwrap()).await.contains(&id));
    assert!(judged(&mut conn, quay.zhao.id.unwrap()).await.is_empty());
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_schema_refuses_a_result_that_two_did_not_sign(pool: PgPool) {
    let quay = Quay::new(pool).await;
    let id = quay.started().await;
    quay.act(async |tx| sign(tx, &quay.wang, id, pass()).await).await.unwrap();

    let forged = sqlx::query("update inspections set verdict = 'PASS', decided_at = started_at")
        .execute(&quay.pool)
        .await;

    let error = forged.unwrap_err();
    assert_eq!(error.as_database_error().unwrap().constraint(), Some("inspections_signed_twice"));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn one_person_cannot_sign_twice(pool: PgPool) {
    let quay = Quay::new(pool).await;
    let id = quay.started().await;
    quay.act(async |tx| sign(tx, &quay.wang, id, pass()).await).await.unwrap();

    let again = quay.act(async |tx| sign(tx, &quay.wang, id, pass()).await).await;
    let outsider = quay.act(async |tx| sign(tx, &quay.zhao, id, pass()).await).await;

    assert_eq!(refusal(again), "inspection/already-signed");
    assert_eq!(refusal(outsider), "forbidden");
    assert_eq!(quay.read(id).await.status, Status::Inspecting);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn verdicts_that_differ_decide_nothing(pool: PgPool) {
    let quay = Quay::new(pool).await;
    let id = quay.started().await;
    quay.act(async |tx| sign(tx, &quay.wang, id, pass()).await).await.unwrap();

    let differs = quay.act(async |tx| sign(tx, &quay.li, id, fail()).await).await;
    assert_eq!(refusal(differs), "inspection/verdicts-differ");
    assert_eq!(quay.dossier(id).await.signatures.len(), 1);
    let changed = quay.act(async |tx| sign(tx, &quay.wang, id, fail()).await).await.unwrap();
    assert_eq!(changed.status, Status::Inspecting);
    let agreed = quay.act(async |tx| sign(tx, &quay.li, id, fail()).await).await.unwrap();

    assert_eq!((agreed.status, agreed.has_result), (Status::NonConforming, true));
    assert_eq!(quay.dossier(id).await.rounds[0].verdict, Some(Verdict::Fail));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_release_office_cannot_write_a_result(pool: PgPool) {
    let quay = Quay::new(pool).await;
    let id = quay.started().await;

    for other in [&quay.of_release, &quay.of_declaring, &quay.declarant] {
        let signed = quay.act(async |tx| sign(tx, other, id, pass()).await).await;
        assert_eq!(refusal(signed), "forbidden");
    }

    assert!(quay.dossier(id).await.signatures.is_empty());
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn nobody_inspects_before_the_case_is_handed_over(pool: PgPool) {
    let quay = Quay::new(pool).await;
    let id =
        quay.filed(NUMBER, inputs("0.30", "0.5"), |row| row.holder_org = DECLARING.into()).await;

    let started = quay.act(async |tx| start(tx, &quay.wang, id, staff(&quay.li)).await).await;
    let deselected = quay.act(async |tx| deselect(tx, &quay.chief, id, "seen").await).await;

    assert_eq!(refusal(started), "inspection/not-responsible");
    assert_eq!(refusal(deselected), "inspection/not-responsible");
}

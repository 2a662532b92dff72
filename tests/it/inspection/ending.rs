//! Samples, treatments, returns: how an inspection ends.
use super::*;

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_inspection_goes_on_when_the_last_sample_is_reported(pool: PgPool) {
    let quay = Quay::new(pool).await;
    let id = quay.started().await;
    let bottle = |goods_no| SampleInput {
        goods_no,
        quantity: "2 bottles".into(),
        laboratory: "Food laboratory".into(),
    };

    let unknown =
        quay.act(async |tx| sample(tx, &quay.wang, id, vec![bottle(1), bottle(3)]).await).await;
    assert_eq!(refusal(unknown), "goods-line-unknown");
    let taken = quay
        .act(async |tx| sample(tx, &quay.wang, id, vec![bottle(1), bottle(2)]).await)
        .await
        .unwrap();
    assert_eq!(taken.status, Status::LabPending);
    let samples = quay.dossier(id).await.samples;
    assert!(samples[0].receipt_no.starts_with("SR31070020140512"), "{}", samples[0].receipt_no);
    assert_ne!(samples[0].receipt_no, samples[1].receipt_no);
    let report = async |which: usize, result| {
        let act = async |tx: &mut Tx| {
            report_sample(tx, &quay.li, id, samples[which].id, result, "report 14-05123").await
        };
        quay.act(act).await
    };
    let first = report(0, Conformity::NonConforming).await.unwrap();
    assert_eq!(first.status, Status::LabPending);
    assert_eq!(refusal(report(0, Conformity::Conforming).await), "inspection/sample-reported");
    let last = report(1, Conformity::Conforming).await.unwrap();
    assert_eq!(last.status, Status::Inspecting);

    let overruled = quay.act(async |tx| sign(tx, &quay.wang, id, pass()).await).await;
    assert_eq!(refusal(overruled), "laboratory-disagrees");
    assert_eq!(
        quay.history(id).await,
        [
            "inspection.started",
            "inspection.sampled",
            "inspection.sample_reported",
            "inspection.sample_reported"
        ]
    );
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn who_ordered_a_treatment_cannot_verify_it(pool: PgPool) {
    let quay = Quay::new(pool).await;
    let id = quay.failed().await;
    let verify = async |actor: &Actor, effect| {
        quay.act(async |tx| verify_treatment(tx, actor, id, effect, "XZ14-0513-02").await).await
    };
    let order = async |actor: &Actor| {
        quay.act(async |tx| order_treatment(tx, actor, id, "fumigation").await).await
    };

    assert_eq!(order(&quay.wang).await.unwrap().status, Status::TreatmentOrdered);
    assert_eq!(refusal(verify(&quay.wang, Effect::Effective).await), "inspection/ordered-by-you");
    let failed = verify(&quay.li, Effect::Ineffective).await.unwrap();
    assert_eq!(failed.status, Status::NonConforming);
    order(&quay.li).await.unwrap();
    let worked = verify(&quay.zhao, Effect::Effective).await.unwrap();

    assert_eq!((worked.status, worked.has_result), (Status::Conforming, true));
    let effects: Vec<_> =
        quay.dossier(id).await.treatments.iter().map(|one| one.is_effective).collect();
    assert_eq!(effects, [Some(false), Some(true)]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn goods_that_fail_end_by_proven_return_or_destruction(pool: PgPool) {
    let quay = Quay::new(pool).await;
    let id = quay.failed().await;

    let reworked =
        quay.act(async |tx| rework(tx, &quay.wang, id, staff(&quay.li), "sorted").await).await;
    assert_eq!(refusal(reworked), "inspection/not-outbound");
    let unproven =
        quay.act(async |tx| close(tx, &quay.wang, id, DisposalKind::Returned, &[]).await).await;
    assert_eq!(refusal(unproven), "evidence-missing");
    let proof = ["B/L COSU6201400999".to_owned()];
    let closed = quay
        .act(async |tx| close(tx, &quay.wang, id, DisposalKind::Returned, &proof).await)
        .await
        .unwrap();

    assert_eq!(closed.status, Status::Closed);
    assert_eq!(quay.dossier(id).await.disposal.unwrap().evidence, proof);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn outbound_goods_are_reworked_and_inspected_once_more(pool: PgPool) {
    let quay = Quay::new(pool).await;
    let outbound = |row: &mut Declaration| row.apl_kind = Direction::Outbound;
    let id = quay.filed(NUMBER, inputs("0.30", "0.5"), outbound).await;
    quay.act(async |tx| start(tx, &quay.wang, id, staff(&quay.li)).await).await.unwrap();
    quay.act(async |tx| sign(tx, &quay.wang, id, fail()).await).await.unwrap();
    quay.act(async |tx| sign(tx, &quay.li, id, fail()).await).await.unwrap();

    quay.act(async |tx| rework(tx, &quay.li, id, staff(&quay.zhao), "sorted").await).await.unwrap();
    quay.act(async |tx| sign(tx, &quay.li, id, pass()).await).await.unwrap();
    let passed = quay.act(async |tx| sign(tx, &quay.zhao, id, pass()).await).await.unwrap();

    assert_eq!(passed.status, Status::Conforming);
    let rounds = quay.dossier(id).await.rounds;
    let verdicts: Vec<_> = rounds.iter().map(|round| (round.round, round.verdict)).collect();
    assert_eq!(verdicts, [(1, Some(Verdict::Fail)), (2, Some(Verdict::Pass))]);
}

//! Messages of other systems: read, filed, kept, and answered in their own words.
use super::*;

const FILES: &str = "/v1/declaration-files";
const XML: &str = "application/xml";

fn corpus(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/../fuzz/corpus/message/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// The example of e-CIQ with one text in the place of another.
fn eciq(from: &str, to: &str) -> String {
    let text = String::from_utf8(corpus("eciq")).unwrap();
    assert!(text.contains(from), "{from}");
    text.replace(from, to)
}

fn unmapped(reply: &Reply) -> Vec<(&str, &str, &str)> {
    let all = reply.body["unmapped"].as_array().unwrap();
    let word = |one: &'_ Value, name: &str| one[name].as_str().unwrap().to_owned();
    let all = all.iter().map(|one| {
        let path: &str = one["path"].as_str().unwrap();
        let _ = word(one, "message_zh");
        (
            path.rsplit('/').next().unwrap(),
            one["code"].as_str().unwrap(),
            one["severity"].as_str().unwrap(),
        )
    });
    all.collect()
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_message_of_eciq_is_filed_with_all_that_it_says(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;

    let filed = derui.post_raw(FILES, XML, corpus("eciq")).await.expect(201);

    assert_eq!(filed.text("/format"), "ECIQ");
    assert_eq!(filed.text("/receipt/ent_decl_no"), "EQ-1");
    assert_eq!(
        unmapped(&filed),
        [
            ("InspOrgCode", "assigned-here", "INFO"),
            ("Rate", "assigned-here", "INFO"),
            ("ContQty", "not-carried", "INFO")
        ]
        .into_iter()
        .filter(|one| one.0 != "ContQty")
        .collect::<Vec<_>>(),
    );
    let content: String = sqlx::query_scalar("select content::text from declaration_versions")
        .fetch_one(bureau.pool())
        .await
        .unwrap();
    let content: Value = serde_json::from_str(&content).unwrap();
    assert_eq!(content["decl_date"], "2014-05-12");
    assert_eq!(
        (&content["desp_ctry_code"], &content["goods"][0]["currency"]),
        (&json!("DE"), &json!("EUR"))
    );
    assert_eq!(content["consignee"], json!({ "code": DERUI, "cname": "上海德瑞紧固件有限公司" }));
    let goods = &content["goods"][0];
    assert_eq!(
        (&goods["cname"], &goods["is_dangerous"]),
        (&json!("钢制螺钉 <8.8>"), &json!(false))
    );
    assert_eq!(
        goods["packages"],
        json!([{ "pack_code": "4G", "pack_qty": "744", "is_main": true }])
    );
    assert_eq!(goods["container_nos"], json!(["TCLU4501272"]));
    assert_eq!(
        content["containers"],
        json!([{ "cntnr_mode_code": "211", "cont_no": "TCLU4501272", "lcl_flag": false }]),
    );
    assert_eq!(
        content["certificates"],
        json!([{ "app_cert_code": "21", "appl_ori": "1", "appl_copy_quan": "2" },
            { "app_cert_code": "97", "appl_ori": "1" }]),
    );
    assert_eq!(
        content["attachments"],
        json!([{ "att_doc_type_code": "101002", "att_doc_no": "INV-1" }, { "att_doc_type_code": "101001" }]),
    );
    assert_eq!(content["wood_packaging"], json!({ "has_wood": false }));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_message_is_kept_byte_by_byte_and_read_by_its_owner_alone(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let filed = derui.post_raw(FILES, XML, corpus("eciq-gbk")).await.expect(201);
    let again = derui.post_raw(FILES, XML, corpus("eciq")).await.expect(200);
    let original = format!("{}/original", filed.header("location"));

    let kept = derui.get(&original).await.expect(200);

    assert_eq!(again.body["receipt"], filed.body["receipt"], "the same in another charset");
    assert_eq!(kept.bytes, corpus("eciq-gbk"), "the first that came");
    bureau.declarant(HAIYUAN).await.get(&original).await.expect(404);
    let plain = derui.post("/v1/declarations", screws("MK-1").0).await.expect(201);
    derui.get(&format!("{}/original", plain.header("location"))).await.expect(404);
    let change = sqlx::query("update declaration_originals set original = ''");
    assert!(change.execute(bureau.pool()).await.is_err(), "what came is never changed");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_receipt_comes_as_a_message_of_eciq_where_asked(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let send = async |body: String, accept: &'static str| {
        let request = TestRequest::post().uri(FILES).insert_header(("content-type", XML));
        derui.send(request.insert_header(("accept", accept)).set_payload(body)).await
    };

    let filed = send(eciq("EQ-1", "EX-1"), "application/xml").await.expect(201);
    let json = send(eciq("EQ-1", "EX-1"), "application/json, application/xml;q=0.5").await;
    let returned = send(
        eciq("EQ-1", "EX-2").replace("<GoodsPlace>外高桥港区四期堆场</GoodsPlace>", ""),
        "text/xml",
    )
    .await;

    assert_eq!(filed.header("content-type"), "application/xml; charset=utf-8");
    let told = String::from_utf8(filed.bytes).unwrap();
    let number = json.expect(200).text("/receipt/decl_no").to_owned();
    for part in
        ["<EntDeclNo>EX-1</EntDeclNo>", &format!("<DeclNo>{number}</DeclNo>"), "<RspInfo>正式受理"]
    {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert!(!filed.headers.get("location").unwrap().is_empty());
    let told = String::from_utf8(returned.expect(201).bytes).unwrap();
    assert!(told.contains("<Field>/goods_place</Field>"), "{told}");
    assert!(told.contains("<RspCode>30</RspCode>"), "{told}");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_declaration_of_the_wco_data_model_is_filed(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;

    let filed = derui.post_raw(FILES, XML, corpus("wco")).await.expect(201);

    assert_eq!((filed.text("/format"), filed.text("/receipt/ent_decl_no")), ("WCO", "WQ-1"));
    let content: String = sqlx::query_scalar("select content::text from declaration_versions")
        .fetch_one(bureau.pool())
        .await
        .unwrap();
    let content: Value = serde_json::from_str(&content).unwrap();
    let expected = json!({
        "apl_kind": "I", "decl_code": "13", "decl_org": "310900", "release_org": "310700", "decl_date": "2014-05-12",
        "delivery_order": "DWQ-1", "bill_lad_no": "BWQ-1", "trans_mode_code": "1", "desp_ctry_code": "DE",
        "enty_port_code": "310701", "dest_code": "310114", "mark_no": "N/M",
        "containers": [{ "cont_no": "TCLU4501272", "cntnr_mode_code": "211", "seal_no": "HL1" }],
        "attachments": [{ "att_doc_type_code": "101005", "att_doc_no": "BWQ-1" }],
    });
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&content[name], value, "{name}");
    }
    let goods = &content["goods"][0];
    assert_eq!(
        (&goods["hs_code"], &goods["ename"]),
        (&json!("7318159090"), &json!("Steel screws"))
    );
    assert_eq!((&goods["weight"], &goods["wt_meas_unit"]), (&json!("18600"), &json!("035")));
    assert_eq!((&goods["goods_total_val"], &goods["currency"]), (&json!("41250"), &json!("EUR")));
    assert_eq!(goods["packages"], json!([{ "pack_code": "4G", "pack_qty": "744" }]));
    let lost: Vec<_> = unmapped(&filed).into_iter().map(|one| one.0).collect();
    assert_eq!(
        lost,
        ["FunctionCode", "CountryCode", "IdentificationTypeCode", "IdentificationTypeCode"]
    );
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_cannot_be_mapped_is_told_all_at_once(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let message = eciq(
        "<DespCtryCode>276</DespCtryCode>",
        "<DespCtryCode>QQQ</DespCtryCode><Colour>red</Colour>",
    )
    .replace("<OrigBoxFlag>1<", "<OrigBoxFlag>maybe<")
    .replace("EQ-1", "EU-1");

    let filed = derui.post_raw(FILES, XML, message).await.expect(201);

    let told = unmapped(&filed);
    for one in [
        ("DespCtryCode", "code-unmapped", "ERROR"),
        ("Colour", "not-carried", "INFO"),
        ("OrigBoxFlag", "flag-unknown", "ERROR"),
        ("InspOrgCode", "assigned-here", "INFO"),
    ] {
        assert!(told.contains(&one), "{one:?}: {told:?}");
    }
    assert_eq!(filed.text("/receipt/status"), "NEEDS_CORRECTION", "the review says so too");

    let without =
        eciq("<EntDeclNo>EQ-1</EntDeclNo>", "").replace("<OrigBoxFlag>1<", "<OrigBoxFlag>maybe<");
    let refused = derui.post_raw(FILES, XML, without).await.expect(400);
    assert!(refused.codes().contains(&"identity-missing"));
    assert!(refused.codes().contains(&"flag-unknown"), "both at once");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn bombs_entities_depth_and_other_charsets_are_refused_safely(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let cases = [
        ("bomb", "doctype-refused"),
        ("external", "doctype-refused"),
        ("entity", "entity-refused"),
        ("deep", "xml-too-large"),
        ("utf-16", "character-malformed"),
        ("torn", "truncated"),
    ];
    for (name, code) in cases {
        let refused = derui.post_raw(FILES, XML, corpus(name)).await.expect(400);
        assert_eq!(refused.codes(), [code], "{name}");
    }
    let cases = [
        ("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a/>".to_owned(), "charset-refused"),
        ("<a/>".to_owned(), "message-unknown"),
        ("<OBORMessage/>".to_owned(), "declaration-missing"),
        (eciq("</MessageBody>", "<ITF_DCL_IO_DECL/></MessageBody>"), "declarations-several"),
        (format!("<OBORMessage>{}</OBORMessage>", "<a/>".repeat(100_001)), "xml-too-large"),
        (format!("<OBORMessage>{}</OBORMessage>", "x".repeat(20_000)), "xml-too-large"),
        (format!("<OBORMessage a=\"{}\"/>", "x".repeat(5_000)), "xml-too-large"),
    ];
    for (body, code) in cases {
        let refused = derui.post_raw(FILES, XML, body).await.expect(400);
        assert_eq!(refused.codes(), [code]);
    }
    derui.post_raw(FILES, XML, "x".repeat(2 * 1024 * 1024 + 1)).await.expect(413);
    derui.post_raw(FILES, "application/json", "{}").await.expect(415);
    assert_eq!(stored(&bureau).await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_message_is_filed_for_its_own_organisation_alone(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let haiyuan = bureau.declarant(HAIYUAN).await;

    haiyuan.post_raw(FILES, XML, corpus("eciq")).await.expect(403);
    bureau.idler().await.post_raw(FILES, XML, corpus("eciq")).await.expect(403);

    assert_eq!(stored(&bureau).await, 0);
}

/// The page names every row of every table.
#[test]
fn the_page_of_files_has_every_row_of_the_tables() {
    use shared::import::xml::{codes, eciq, wco};
    let page = include_str!("../../../docs/files.md");
    for column in eciq::ASSIGNED {
        assert!(page.contains(&format!("`{column}`")), "{column}");
    }
    for (path, member, ..) in wco::ROWS {
        assert!(page.contains(&format!("| `{path}` | `{member}` |")), "{path}");
    }
    let tables: [&[(&str, &str)]; 6] = [
        &wco::PAPERS,
        &codes::TRANSPORT_MODES,
        &codes::UNITS,
        &codes::DOCUMENTS,
        &codes::CONTAINERS,
        &codes::DIRECTIONS,
    ];
    for (theirs, ours) in tables.into_iter().flatten() {
        assert!(page.contains(&format!("`{theirs}` → `{ours}`")), "{theirs} → {ours}");
    }
}

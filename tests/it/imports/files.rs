//! The files themselves: what is read, what is refused, and what is given back.
use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};
use sha2::{Digest as _, Sha256};

use super::*;

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_template_can_be_brought_as_it_is_in_either_form(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let kinds = [("CSV", "text/csv"), ("XLSX", XLSX)];

    for (format, kind) in kinds {
        let template = derui.get(&format!("{IMPORTS}/template?format={format}")).await.expect(200);
        assert!(template.header("content-type").starts_with(kind));
        let dry = bring(&derui, "?dry_run=true", kind, template.bytes).await.expect(202);
        assert_eq!(dry.body["items"], 3, "an example of each kind");
        bureau.settle().await;
        let results = results(&derui, &dry).await;
        let example = examples::self_declaration();
        assert_eq!(results[0]["ent_decl_no"], example["ent_decl_no"]);
        assert_eq!(
            (&results[0]["outcome"], &results[0]["defects"]),
            (&json!("ACCEPTED"), &json!([]))
        );
        assert!(outcomes(&results).iter().all(|outcome| *outcome != "UNREADABLE"));
    }
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_file_in_gbk_says_the_same_as_one_in_utf_8(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let text = csv(&[screws("IG-1")]);
    let (gbk, _, is_lossy) = encoding_rs::GBK.encode(&text);
    assert!(!is_lossy);

    let utf8 = bring(&derui, "", "text/csv; charset=utf-8", format!("\u{feff}{text}")).await;
    utf8.expect(202);
    bureau.settle().await;
    for kind in ["text/csv", "text/csv; charset=gbk", "text/csv; charset=GB2312"] {
        let import = bring(&derui, "", kind, gbk.to_vec()).await.expect(202);
        bureau.settle().await;
        assert_eq!(outcomes(&results(&derui, &import).await), ["REPEATED"], "{kind}");
    }
    let wrong = bring(&derui, "", "text/csv; charset=utf-8", gbk.to_vec()).await.expect(422);
    assert_eq!(wrong.codes(), ["character-malformed"]);
    bring(&derui, "", "text/csv; charset=utf-16", text).await.expect(415);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_result_file_names_each_lines_defects_by_column(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let evil = "=cmd|' /C calc'!A0";
    let goods = [
        screws(evil).without("/goods_place"),
        screws("IE-2").with("/goods/0/hs_code", json!("shoes")),
    ];
    let import = bring(&derui, "", "text/csv", csv(&goods)).await.expect(202);
    bureau.settle().await;

    let file = |format: &str| format!("{}/result?format={format}", import.header("location"));
    let text = derui.get(&file("CSV")).await.expect(200);
    let book = derui.get(&file("XLSX")).await.expect(200);

    assert!(text.header("content-disposition").contains("-result.csv"));
    let text = String::from_utf8(text.bytes).unwrap();
    let lines: Vec<_> = text.lines().map(|line| line.split(',').collect::<Vec<_>>()).collect();
    assert_eq!(lines[0][..4], ["\u{feff}line", "last_line", "ent_decl_no", "outcome"]);
    let first = lines.iter().find(|line| line[9] == "mandatory-field").unwrap();
    assert_eq!(first[7..9], ["2", "goods_place"]);
    assert_eq!(first[2], format!("'{evil}"), "no formula for a spreadsheet");
    let hs = lines.iter().find(|line| line[8] == "goods.hs_code").unwrap();
    let results = results(&derui, &import).await;
    assert_eq!(hs[7], results[1]["line"].to_string(), "the line of the goods");
    let mut book = Xlsx::new(Cursor::new(book.bytes)).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    let cells: Vec<Vec<Data>> = sheet.rows().map(<[Data]>::to_vec).collect();
    assert_eq!(cells.len(), lines.len());
    assert!(
        cells[1..].iter().any(|row| row[2] == Data::String(evil.into())),
        "text in a cell of text"
    );
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_is_no_such_file_is_refused_at_once_with_all_that_is_wrong(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let corpus = |name: &str| {
        std::fs::read(format!("{}/../fuzz/corpus/import-xlsx/{name}", env!("CARGO_MANIFEST_DIR")))
            .unwrap()
    };
    let cases: [(&'static str, Vec<u8>, &[&str]); 8] = [
        ("text/csv", b"".to_vec(), &["table-empty"]),
        ("text/csv", b"ent_decl_no\n".to_vec(), &["table-empty"]),
        (
            "text/csv",
            b"mark_no,colour,mark_no\nx,y,z\n".to_vec(),
            &["column-unknown", "column-repeated", "column-missing"],
        ),
        (NDJSON, b"\n\n".to_vec(), &["file-empty"]),
        (XLSX, b"PK".to_vec(), &["workbook-malformed"]),
        (XLSX, corpus("corner"), &["column-unknown"]),
        (XLSX, corpus("empty-archive"), &["workbook-malformed"]),
        (NDJSON, b"\xff\xfe".to_vec(), &["character-malformed"]),
    ];

    for (kind, body, codes) in cases {
        let refused = bring(&derui, "", kind, body).await.expect(422);
        assert_eq!(refused.codes(), codes, "{kind}");
    }
    bring(&derui, "", "application/pdf", "x").await.expect(415);
    bring(&derui, "?dry_run=perhaps", NDJSON, "{}").await.expect(400);
    assert_eq!(bureau.count("select count(*) from declaration_imports").await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_file_is_kept_byte_by_byte_with_its_hash(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let (bytes, _, _) = encoding_rs::GBK.encode("ent_decl_no,decl_reg_name\r\nIB-1,\"上海\"\r\n");

    let import = bring(&derui, "", "text/csv", bytes.to_vec()).await.expect(202);

    let kept = derui.get(&format!("{}/original", import.header("location"))).await.expect(200);
    assert_eq!(kept.bytes, bytes.to_vec());
    assert_eq!(import.text("/sha256"), shared::kernel::hex(&Sha256::digest(&bytes)));
    assert_eq!(kept.header("content-type"), "application/octet-stream");
    bureau.settle().await;
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_workbook_says_the_same_as_the_table_it_was_made_of(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let template = derui.get(&format!("{IMPORTS}/template")).await.expect(200);
    let table = derui.get(&format!("{IMPORTS}/template?format=CSV")).await.expect(200);

    let first = bring(&derui, "", "text/csv", table.bytes).await.expect(202);
    bureau.settle().await;
    let second = bring(&derui, "", XLSX, template.bytes).await.expect(202);
    bureau.settle().await;

    assert_eq!(results(&derui, &first).await[0]["outcome"], "ACCEPTED");
    assert_eq!(results(&derui, &second).await[0]["outcome"], "REPEATED", "the same content");
}

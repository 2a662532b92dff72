//! One code list for another: what the file says in European codes, said in the bureau's.
use serde_json::{Map, Value, json};

use super::source::{Classification, Consignment, Document, Scalar};

/// The bureau's unit of weight: the file tells masses in kilograms.
pub(super) const KILOGRAM: &str = "035";

/// TSP followed by TRC, padded with zeros to the ten digits of the tariff. What is longer, or no digits, is
/// passed on as it stands.
pub(super) fn hs_code(classification: Option<&Classification>) -> Option<String> {
    let classification = classification?;
    let tsp = classification.tsp.as_ref()?;
    let trc = classification.trc.as_ref().map_or("", Scalar::as_str);
    let mut code = format!("{tsp}{trc}");
    if code.bytes().all(|byte| byte.is_ascii_digit()) {
        while code.len() < 10 {
            code.push('0');
        }
    }
    Some(code)
}

/// UN/ECE Recommendation 19 to the bureau's list (domain 2.6); what neither knows is passed on.
pub(super) fn transport_mode(rec19: &str) -> String {
    match rec19 {
        "1" | "8" => "1",
        "2" => "2",
        "3" => "3",
        "4" => "4",
        "5" | "6" | "9" => "9",
        "7" => "6",
        other => other,
    }
    .to_owned()
}

/// Units of UN/ECE Recommendation 20 to the bureau's (domain 2.8). Tariff units and what nobody knows are passed
/// on: the rules will say so.
pub(super) fn unit(rec20: &str) -> String {
    match rec20 {
        "KGM" => "035",
        "GRM" => "036",
        "TNE" => "070",
        "LBR" => "076",
        "LTR" => "095",
        "C62" => "007",
        "EA" => "008",
        "PCE" | "H87" => "011",
        other => other,
    }
    .to_owned()
}

/// European document codes that mean what a code of the bureau means (domain 2.10).
const PAPERS: [(&str, &str); 13] = [
    ("N935", "101002"), // commercial invoice
    ("N325", "101002"), // pro forma invoice
    ("N271", "101004"), // packing list
    ("N703", "101005"), // house waybill
    ("N704", "101005"), // master bill of lading
    ("N705", "101005"), // bill of lading
    ("N714", "101005"), // house bill of lading
    ("N740", "101005"), // air waybill
    ("N741", "101005"), // master air waybill
    ("N851", "101007"), // phytosanitary certificate
    ("N861", "101010"), // certificate of origin
    ("N862", "101010"), // declaration of origin
    ("N954", "101010"), // movement certificate EUR.1
];

/// Contract and bill, whose numbers the profile gave, and the documents of the file that have a counterpart.
pub(super) fn attachments(consignment: &Consignment, head: &Map<String, Value>) -> Value {
    let mut papers = vec![
        json!({ "att_doc_type_code": "101001", "att_doc_no": head["contract_no"] }),
        json!({ "att_doc_type_code": "101005", "att_doc_no": head["bill_lad_no"] }),
    ];
    let documents = consignment.goods.iter().flat_map(|line| &line.documents);
    for paper in documents.filter_map(attachment) {
        if !papers.contains(&paper) {
            papers.push(paper);
        }
    }
    Value::Array(papers)
}

fn attachment(document: &Document) -> Option<Value> {
    let name = format!("{}{}", document.category.as_ref()?, document.kind.as_ref()?);
    let (_, code) = PAPERS.iter().find(|(european, _)| *european == name)?;
    let mut paper = json!({ "att_doc_type_code": code });
    if let Some(number) = &document.id {
        paper["att_doc_no"] = number.as_str().into();
    }
    Some(paper)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> Option<String> {
        hs_code(Some(&serde_json::from_str(text).unwrap()))
    }

    #[test]
    fn a_code_is_tsp_and_trc_or_padded_to_ten_digits() {
        assert_eq!(code(r#"{"TSP":"18031000","TRC":"00"}"#).as_deref(), Some("1803100000"));
        assert_eq!(code(r#"{"TSP":"18031000"}"#).as_deref(), Some("1803100000"));
        assert_eq!(code(r#"{"TSP":"180310"}"#).as_deref(), Some("1803100000"));
        assert_eq!(code(r#"{"TSP":18031000,"TRC":"90"}"#).as_deref(), Some("1803100090"));
    }

    #[test]
    fn what_is_no_code_is_passed_on_and_no_code_is_made_up() {
        assert_eq!(code(r#"{"TSP":"1803 100"}"#).as_deref(), Some("1803 100"));
        assert_eq!(code(r#"{"TSP":"180310000012"}"#).as_deref(), Some("180310000012"));
        assert_eq!(code(r#"{"TRC":"00"}"#), None);
        assert_eq!(hs_code(None), None);
    }

    #[test]
    fn transport_modes_and_units_are_translated_where_both_lists_know_them() {
        assert_eq!(["1", "4", "7", "8", "X"].map(transport_mode), ["1", "4", "6", "1", "X"]);
        assert_eq!(["KGM", "C62", "ASVX"].map(unit), ["035", "007", "ASVX"]);
    }
}

//! A line for each rule: what must be done to a good declaration so that exactly this rule speaks.
use std::{
    collections::BTreeSet,
    sync::{Arc, LazyLock},
};

use rust_decimal::Decimal;
use serde_json::{Value, json};
use utoipa::{PartialSchema as _, ToSchema as _};

use super::*;
use crate::{
    declaration::{
        Kind,
        examples::{self_declaration, wine},
        facts::Cause,
        parse::from_value,
    },
    identity::{CreditClass, OrganisationId, OrganisationState, PartyFacts, eligibility},
    kernel::{OrganisationKind, Stage},
};

const TODAY: &str = "2014-05-12";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn enterprise() -> PartyFacts {
    PartyFacts {
        organisation: OrganisationId(uuid::Uuid::nil()),
        kind: OrganisationKind::Enterprise,
        state: OrganisationState::Active,
        credit_class: CreditClass::A,
        registered_on: day("2010-01-04"),
        eligibility: Some(eligibility::Status::Eligible),
        is_blocked: false,
        is_registered_a_year: true,
    }
}

/// An eligible enterprise of class A that declares its own goods.
fn own_goods() -> Parties {
    Parties {
        takers: Vec::new(),
        other_classes: Vec::new(),
        declaring_unit: Some(enterprise()),
        domestic: Some(enterprise()),
        has_power_of_attorney: false,
    }
}

/// What is done to a good declaration, and what is told then.
struct Trial {
    document: Value,
    parties: Parties,
    books: Arc<Books>,
}

static SEEDED: LazyLock<Arc<Books>> = LazyLock::new(|| Arc::new(Books::seeded()));

impl Trial {
    fn of(document: Value) -> Self {
        Self { document, parties: own_goods(), books: Arc::clone(&SEEDED) }
    }

    /// Writes a member.
    fn set(mut self, pointer: &str, value: Value) -> Self {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        match self.document.pointer_mut(parent).unwrap() {
            Value::Object(members) => _ = members.insert(name.to_owned(), value),
            Value::Array(items) if name == "-" => items.push(value),
            other => panic!("{pointer} stands in {other}"),
        }
        self
    }

    fn without(mut self, pointer: &str) -> Self {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let members = self.document.pointer_mut(parent).unwrap().as_object_mut().unwrap();
        members.remove(name).unwrap();
        self
    }

    fn among(mut self, change: impl FnOnce(&mut Parties)) -> Self {
        change(&mut self.parties);
        self
    }

    /// More rows of one reference book.
    fn knowing(mut self, book: &str, csv: &str) -> Self {
        self.books = Arc::new(Books::seeded_with(book, csv));
        self
    }

    fn review(&self) -> Review {
        let content = from_value(&self.document).unwrap().content;
        review(&content, &self.books, &self.parties, day(TODAY))
    }

    fn told(&self) -> Vec<String> {
        let findings = self.review().findings;
        findings.iter().map(|found| format!("{} {}", found.code, found.pointer)).collect()
    }
}

fn screws() -> Trial {
    Trial::of(self_declaration())
}

fn bottles() -> Trial {
    Trial::of(wine())
}

/// Declared and released where it is inspected.
fn screws_at_home() -> Trial {
    screws().set("/decl_org", json!("310700"))
}

fn alert(level: u16) -> Trial {
    let csv =
        format!("code,country,hs_prefix,level,name_zh,name_en\nA1,DE,7318,{level},警示,Alert\n");
    screws_at_home().knowing("alerts", &csv)
}

const DIVIDED: &str = "hs_code,ciq_code,name_zh,name_en,std_unit,supervision,categories\n\
                       7318159001,101,甲,A,KGM,A,M/\n7318159001,102,乙,B,KGM,,\n";

/// Every rule of the review, as `code pointer`, with the change that makes it speak and no other.
#[rustfmt::skip]
fn trials() -> Vec<(&'static str, Trial)> {
    let long = "x".repeat(201);
    vec![
        ("mandatory-field /release_org", screws().without("/release_org")),
        ("mandatory-field /delivery_order", screws().without("/delivery_order")),
        ("mandatory-field /wood_packaging", screws().without("/wood_packaging").set("/goods/0/packages", json!([]))),
        ("mandatory-field /containers", screws().without("/containers").without("/goods/0/container_nos")),
        ("mandatory-field /goods/0/hs_code", screws().without("/goods/0/hs_code")),
        ("mandatory-field /goods/0/cname", screws().without("/goods/0/cname").without("/goods/0/ename")),
        ("mandatory-field /goods/0/qty", screws().without("/goods/0/weight")),
        ("mandatory-field /goods/0/wt_meas_unit", screws().without("/goods/0/wt_meas_unit")),
        ("mandatory-field /goods/0/goods_total_val", screws().without("/goods/0/goods_total_val")),
        ("mandatory-field /consignor/cname", screws().set("/consignor", json!({ "addr": "Hagen" }))),
        ("mandatory-field /consignee/code", screws().without("/consignee/code")),
        ("mandatory-field /contract_no", bottles().without("/contract_no")),
        ("mandatory-field /goods/0/prod_batch_no", bottles().without("/goods/0/prod_batch_no")),
        ("mandatory-field /goods/0/prod_valid_dt", bottles().without("/goods/0/prod_qgp")),
        ("mandatory-field /goods/0/un_code", screws().set("/goods/0/is_dangerous", json!(true))),
        ("mandatory-field /goods/0/ciq_code", screws().knowing("catalogue", DIVIDED).set("/goods/0/hs_code", json!("7318159001"))),
        ("too-long /trans_mean_no", screws().set("/trans_mean_no", json!(long))),
        ("too-many /goods/0/goods_attr", screws().set("/goods/0/goods_attr", json!(vec!["19"; 100]))),
        ("number-malformed /goods/0/qty", screws().set("/goods/0/qty", json!("1,000")).set("/goods/0/qty_meas_unit", json!("007"))),
        ("number-malformed /goods/0/weight", screws().set("/goods/0/weight", json!("1.00005"))),
        ("number-malformed /goods/0/goods_total_val", screws().set("/goods/0/goods_total_val", json!("100000000000000"))),
        ("number-not-positive /goods/0/weight", screws().set("/goods/0/weight", json!("0"))),
        ("date-malformed /gds_arvl_date", screws().set("/gds_arvl_date", json!("2014-02-30"))),
        ("code-not-in-list /decl_code", screws().set("/decl_code", json!("99"))),
        ("code-not-in-list /release_org", screws().set("/release_org", json!("319999"))),
        ("code-not-in-list /goods/0/ori_ctry_code", screws().set("/goods/0/ori_ctry_code", json!("ZZ"))),
        ("code-not-in-list /goods/0/packages/1/pack_code", screws().set("/goods/0/packages/1/pack_code", json!("9Z"))),
        ("code-not-in-list /goods/0/goods_attr/1", screws().set("/goods/0/goods_attr", json!(["19", "99"]))),
        ("code-not-in-list /containers/0/cntnr_mode_code", screws().set("/containers/0/cntnr_mode_code", json!("999"))),
        ("code-not-in-list /attachments/7/att_doc_type_code", bottles().set("/attachments/-", json!({ "att_doc_type_code": "101099" }))),
        ("code-not-in-list /wood_packaging/treatment", bottles().set("/wood_packaging/treatment", json!("PAINT"))),
        ("hs-code-malformed /goods/0/hs_code", screws().set("/goods/0/hs_code", json!("73181590"))),
        ("unit-missing /goods/0/qty_meas_unit", screws().set("/goods/0/qty", json!("744"))),
        ("hs-code-unknown /goods/0/hs_code", screws().set("/goods/0/hs_code", json!("7318159099"))),
        ("line-repeated /goods/1/goods_no", screws().set("/goods/-", self_declaration()["goods"][0].clone())),
        ("totals-differ /total_val_us", screws().set("/total_val_us", json!("56341.44")).set("/goods/0/total_val_us", json!("56341.46"))),
        ("value-differs /total_val_cn", bottles().set("/total_val_cn", json!("407232.01"))),
        ("value-differs /goods/0/goods_total_val", bottles().set("/goods/0/price_per_unit", json!("4.05"))),
        ("fx-missing /goods/0/currency", screws().set("/goods/0/currency", json!("AFN"))),
        ("decl-date-in-future /decl_date", screws().set("/decl_date", json!("2014-05-13"))),
        ("time-limit-missed /decl_date", screws().set("/gds_arvl_date", json!("2014-05-11"))),
        ("time-limit-missed /decl_date", screws().set("/counter_claim", json!("2014-05-31"))),
        ("keyword-doubtful /goods/0/spec", screws().set("/goods/0/spec", json!("二手"))),
        ("keyword-doubtful /goods/0/cname", screws().set("/goods/0/cname", json!("旧螺钉"))),
        ("alert-level-1 /goods/0/hs_code", alert(1)),
        ("alert-level-2 /goods/0/hs_code", alert(2)),
        ("alert-level-3 /goods/0/hs_code", alert(3)),
        ("alert-level-4 /goods/0/hs_code", alert(4)),
        ("container-check-digit /containers/0/cont_no", screws().set("/containers/0/cont_no", json!("DM1234")).without("/goods/0/container_nos")),
        ("container-not-listed /goods/0/container_nos/0", screws().set("/goods/0/container_nos", json!(["MSKU7012349"]))),
        ("imo-check-digit /imo_no", screws().set("/imo_no", json!("9876544"))),
        ("organisation-code-check-digit /users/0/consumer_code", screws().set("/users", json!([{ "consumer_code": "13221234-8", "consumer_name": "某厂" }]))),
        ("party-code-malformed /consignee/code", screws().set("/consignee/code", json!("DERUI")).among(|parties| parties.has_power_of_attorney = true)),
        ("party-not-registered /consignee/code", screws_at_home().among(|parties| parties.domestic = None)),
        ("no-power-of-attorney /decl_reg_no", screws().set("/consignee/code", json!("3100609999"))),
        ("credit-class-c /decl_reg_no", screws_at_home().among(|parties| parties.domestic.as_mut().unwrap().credit_class = CreditClass::C)),
        ("credit-class-d /decl_reg_no", screws_at_home().among(|parties| parties.declaring_unit.as_mut().unwrap().credit_class = CreditClass::D)),
        ("no-inspection-office /enty_port_code", screws().set("/enty_port_code", json!("470201"))),
        ("no-inspection-office /dest_code", screws().set("/decl_code", json!("14")).set("/dest_code", json!("310000"))),
        ("destination-outside-bureau /dest_code", screws().set("/decl_code", json!("14")).set("/dest_code", json!("110000"))),
        ("office-not-participating /release_org", screws().set("/release_org", json!("310400"))),
        ("not-eligible-anywhere /consignee", screws().among(|parties| parties.domestic.as_mut().unwrap().eligibility = None)),
        ("not-eligible-anywhere /consignee", screws().among(|parties| parties.domestic.as_mut().unwrap().is_registered_a_year = false)),
        ("goods-excluded-from-anywhere /goods/0/hs_code", screws().set("/goods/0/goods_attr", json!(["20"]))),
        ("attachment-missing /attachments", bottles().set("/attachments/1/att_doc_type_code", json!("101040"))),
        ("wood-statement-missing /wood_packaging/ippc_mark", screws().without("/wood_packaging/ippc_mark")),
        ("wood-statement-missing /wood_packaging/statement", screws().without("/wood_packaging/statement")),
        ("wood-contradiction /wood_packaging/has_wood", screws().set("/wood_packaging/has_wood", json!(false))),
        ("wood-contradiction /wood_packaging/statement", screws().set("/wood_packaging/is_coniferous", json!(true))),
    ]
}

#[test]
fn each_rule_speaks_alone_where_only_it_is_broken() {
    for (expected, trial) in trials() {
        assert_eq!(trial.told(), [expected], "{}", trial.document);
    }
}

#[test]
fn every_registered_rule_of_the_review_has_its_trial_and_its_severity() {
    let mut told = BTreeSet::from(["too-many-findings".to_owned()]);
    for (_, trial) in trials() {
        for found in trial.review().findings.iter() {
            let rule = RULES.iter().find(|rule| rule.code == found.code).unwrap();
            assert_eq!((found.severity, rule.stage), (rule.severity, Stage::Review));
            assert!(found.message_zh.chars().count() <= 500 && found.message_en.len() <= 500);
            let pointer = &found.pointer;
            assert!(rule.may_point_to(pointer), "{}: {pointer} is not told", rule.code);
            told.insert(found.code.clone());
        }
    }
    let registered: BTreeSet<String> = RULES
        .iter()
        .filter(|rule| rule.stage == Stage::Review)
        .map(|rule| rule.code.to_owned())
        .collect();
    assert_eq!(registered, told);
}

#[test]
fn what_is_wrong_is_told_all_at_once() {
    let trial = screws()
        .without("/goods_place")
        .set("/goods/0/hs_code", json!("7318"))
        .set("/goods/0/currency", json!("XXQ"))
        .set("/containers/0/cont_no", json!("TCLU4501273"));

    assert_eq!(
        trial.told(),
        [
            "mandatory-field /goods_place",
            "code-not-in-list /goods/0/currency",
            "hs-code-malformed /goods/0/hs_code",
            "container-check-digit /containers/0/cont_no",
            "container-not-listed /goods/0/container_nos/0",
        ]
    );
    assert_eq!(trial.review().verdict(), Verdict::NeedsCorrection);
}

#[test]
fn errors_return_warnings_lead_to_an_officer_and_hints_route_nothing() {
    let verdict = |trial: Trial| trial.review().verdict();

    assert_eq!(verdict(screws()), Verdict::Accept);
    assert_eq!(verdict(bottles()), Verdict::Accept);
    assert_eq!(verdict(screws().set("/goods/0/hs_code", json!("7318159099"))), Verdict::Accept);
    assert_eq!(verdict(screws().set("/goods/0/cname", json!("旧螺钉"))), Verdict::ManualReview);
    assert_eq!(verdict(screws().without("/consignee")), Verdict::NeedsCorrection);
}

#[test]
fn a_body_made_to_have_millions_of_findings_costs_a_bounded_notice() {
    let lines = vec![json!({ "packages": vec![json!({}); 99] }); 999];
    let trial = screws().set("/goods", json!(lines));

    let findings = trial.review().findings.into_vec();

    assert_eq!(findings.len(), 10_000);
    assert_eq!(findings.last().unwrap().code, "too-many-findings");
}

#[test]
fn screws_are_outside_the_catalogue_and_drawn_by_base_credit_and_marked_wood() {
    let facts = screws().review().facts;

    assert_eq!(facts.kind, Kind::OutsideCatalogue);
    assert_eq!(facts.insp_org.as_deref(), Some("310700"));
    assert!(facts.anywhere && facts.may_clear_before_result);
    assert_eq!(facts.do_key.as_deref(), Some("COSU6201400521  140512A"));
    assert_eq!(facts.credit_class, CreditClass::A);
    assert_eq!(facts.total_val_cn, Some(Decimal::from(346_500)));
    let drawing = facts.drawing;
    let factors = [drawing.base.factor, drawing.origin.factor, drawing.packaging.factor];
    assert_eq!(factors.map(|factor| factor.to_string()), ["0.03", "1", "1.2"]);
    assert_eq!(drawing.mandatory, None);
}

#[test]
fn wine_is_catalogue_goods_of_category_r() {
    let facts = bottles().review().facts;

    assert_eq!(facts.kind, Kind::Catalogue);
    assert_eq!(facts.insp_org.as_deref(), Some("311000"));
    assert_eq!(facts.lines[0].categories, "R");
    assert_eq!(facts.lines[0].value_cn, Some(Decimal::from(403_200)));
    assert!(facts.may_clear_before_result);
    assert_eq!(facts.validity.until(day("2014-05-12")), day("2014-07-11"));
}

#[test]
fn one_line_under_supervision_makes_the_whole_declaration_catalogue_goods() {
    let mixed = bottles().set("/goods/-", self_declaration()["goods"][0].clone());
    assert_eq!(mixed.review().facts.kind, Kind::Catalogue);
}

#[test]
fn what_must_be_inspected_says_why() {
    let cause = |trial: Trial| trial.review().facts.drawing.mandatory.map(|mandate| mandate.cause);
    let class_d = |parties: &mut Parties| {
        parties.domestic.as_mut().unwrap().credit_class = CreditClass::D;
    };

    assert_eq!(cause(screws().set("/goods/0/hs_code", json!("7204490090"))), Some(Cause::Goods));
    assert_eq!(cause(screws().set("/goods/0/goods_attr", json!(["21"]))), Some(Cause::Goods));
    assert_eq!(cause(screws().set("/goods/0/un_code", json!("1263"))), Some(Cause::Goods));
    assert_eq!(cause(screws().among(class_d)), Some(Cause::ClassD));
    assert_eq!(cause(alert(2)), Some(Cause::Alert));
    assert_eq!(cause(alert(3)), None);
    assert_eq!(
        cause(screws().set("/wood_packaging/treatment", json!("NONE"))),
        Some(Cause::WoodPackaging)
    );
}

#[test]
fn an_alert_of_level_three_doubles_the_origin_factor() {
    let facts = alert(3).review().facts;
    assert_eq!(facts.drawing.origin.factor, Decimal::TWO);
    assert_eq!(facts.worst_alert, Some(3));
}

#[test]
fn coniferous_wood_from_a_pest_country_and_straw_weigh_more() {
    let factor = |trial: Trial| trial.review().facts.drawing.packaging.factor.to_string();
    let from_japan = screws().set("/desp_ctry_code", json!("JP"));

    assert_eq!(factor(from_japan), "1.2");
    let coniferous = screws().set("/desp_ctry_code", json!("JP"));
    let coniferous = coniferous.set("/wood_packaging/is_coniferous", json!(true));
    assert_eq!(factor(coniferous), "1.5");
    let straw = bottles().set("/goods/0/packages/0/pack_code", json!("9997"));
    assert_eq!(factor(straw), "1.5");
}

#[test]
fn clear_before_result_is_decided_on_all_letters_of_all_lines() {
    let may_clear = |hs: &str| {
        let trial = bottles().set("/goods/0/hs_code", json!(hs));
        trial.review().facts.may_clear_before_result
    };

    assert!(may_clear("2204210000"), "R");
    assert!(!may_clear("0202300090"), "P of chapter 02");
    assert!(may_clear("0505100090"), "P of chapter 05");
    assert!(!may_clear("1003900000"), "M.P.R of chapter 10");
}

#[test]
fn flow_goods_are_inspected_at_their_destination_and_verified_ones_where_they_are_declared() {
    let office =
        |class: &str| screws().set("/decl_code", json!(class)).review().facts.insp_org.unwrap();

    assert_eq!(office("13"), "310700");
    assert_eq!(office("14"), "310800");
    assert_eq!(office("15"), "310900");
}

#[test]
fn an_agent_declares_under_a_power_of_attorney_and_its_class_counts() {
    let agent = |class: CreditClass| {
        screws().set("/decl_reg_no", json!("3100910343")).among(|parties| {
            parties.has_power_of_attorney = true;
            parties.declaring_unit = Some(PartyFacts {
                kind: OrganisationKind::DeclaringAgent,
                credit_class: class,
                eligibility: None,
                ..enterprise()
            });
        })
    };

    assert_eq!(agent(CreditClass::B).told(), [""; 0]);
    assert_eq!(agent(CreditClass::B).review().facts.credit_class, CreditClass::B);
    assert_eq!(
        agent(CreditClass::C).told(),
        ["credit-class-c /decl_reg_no", "not-eligible-anywhere /decl_reg_no"]
    );
}

#[test]
fn outbound_goods_have_no_delivery_order_and_are_never_anywhere() {
    let trial = bottles()
        .set("/apl_kind", json!("O"))
        .set("/decl_code", json!("24"))
        .set("/arriv_port_code", json!("FRA000"))
        .set("/desp_date", json!("2014-05-19"))
        .set("/goods/0/orig_place_code", json!("310115"))
        .set("/goods/0/mnufctr_reg_no", json!("3100600001"))
        .set("/consignor/code", json!("3100602345"));

    let review = trial.review();

    assert_eq!(trial.told(), [""; 0]);
    assert_eq!(review.facts.do_key, None);
    assert!(!review.facts.anywhere && !review.facts.may_clear_before_result);
    assert_eq!(review.facts.insp_org.as_deref(), Some("310900"));
    assert_eq!(review.facts.lines[0].categories, "S");
}

#[test]
fn outbound_forms_hold_as_long_as_their_shortest_line() {
    let validity = |hs: &str, place: &str| {
        let trial = bottles()
            .set("/apl_kind", json!("O"))
            .set("/goods/0/hs_code", json!(hs))
            .set("/goods/0/orig_place_code", json!(place));
        trial.review().facts.validity
    };
    let winter = day("2014-12-01");

    assert_eq!(validity("2204210000", "310115").until(winter), day("2015-01-30"));
    assert_eq!(validity("0808100000", "310115").until(winter), day("2014-12-15"));
    assert_eq!(validity("1201900010", "310115").until(winter), day("2014-12-22"));
    assert_eq!(validity("1201900010", "230000").until(winter), day("2015-01-05"));
    assert_eq!(validity("1201900010", "230000").until(day("2014-06-01")), day("2014-06-22"));
    assert_eq!(validity("0306141000", "310115").until(winter), day("2015-01-30"), "frozen crab");
    assert_eq!(validity("0307119000", "310115").until(winter), day("2014-12-15"), "live oysters");
}

/// Prints what reading and reviewing cost, and asserts nothing: only an optimised build tells the truth.
#[test]
fn a_review_of_one_line_takes_microseconds() {
    let (books, parties) = (&SEEDED, own_goods());
    let body = self_declaration().to_string();
    let content = from_value(&self_declaration()).unwrap().content;
    let rounds = 2_000;
    let timed = |what: &str, act: &dyn Fn()| {
        let start = std::time::Instant::now();
        (0..rounds).for_each(|_| act());
        println!("{what}: {:?}", start.elapsed() / rounds);
    };

    timed("parse and hash", &|| drop(crate::declaration::parse(body.as_bytes())));
    timed("review", &|| drop(review(&content, books, &parties, day(TODAY))));
}

#[test]
fn the_document_of_fields_is_that_of_the_code() {
    let fields = include_str!("../../../../docs/fields.md");
    assert!(fields == fields_markdown(), "run `api rules docs`");
}

/// The contract describes every member, and bounds every text and list.
#[test]
fn every_member_is_described_and_bounded_in_the_contract() {
    let mut schemas = vec![("DeclarationContent".to_owned(), Content::schema())];
    Content::schemas(&mut schemas);
    assert_eq!(schemas.len(), Content::parts().len());
    for (name, schema) in schemas {
        let schema = serde_json::to_value(schema).unwrap();
        assert_eq!(schema["additionalProperties"], json!(false), "{name}");
        for (member, property) in schema["properties"].as_object().unwrap() {
            let is_bounded = match property["type"].as_str() {
                Some("string") => property["maxLength"].as_u64() > Some(0),
                Some("array") => property["maxItems"].as_u64() > Some(0),
                Some("integer") => property["maximum"].is_number(),
                Some("boolean") => true,
                _ => property["$ref"].is_string(),
            };
            assert!(
                is_bounded && property["description"].is_string(),
                "{name}.{member}: {property}"
            );
        }
    }
}

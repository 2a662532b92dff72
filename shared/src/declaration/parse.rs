//! From bytes to a declaration. It fails only for what cannot be read as one, and then tells all such faults.
use std::sync::Arc;

use serde::Deserialize;

use super::{
    Direction, canonical,
    content::{self, At, Content, Field, Json},
    rules::{
        Notice,
        catalogue::{IDENTITY_MALFORMED, IDENTITY_MISSING, JSON_MALFORMED},
        shown,
    },
};
use crate::kernel::Violations;

/// A declaration that could be read; whether it may stand is another question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    pub content: Content,
    /// The content in its canonical spelling: what is kept.
    pub text: Arc<str>,
    /// SHA-256 of that: equal for the same declaration in another spelling (domain R12).
    pub hash: [u8; 32],
}

impl Submission {
    fn of(content: Content) -> Self {
        let text = canonical::text(&content);
        let hash = canonical::hash(&text);
        Self { content, text: text.into(), hash }
    }
}

/// Reads the body of a filing.
pub fn parse(body: &[u8]) -> Result<Submission, Violations> {
    match serde_json::from_slice(body) {
        Ok(json) => read(json),
        Err(error) => Err(unreadable(&error)),
    }
}

/// Reads what was stored, or what an example or a test holds.
pub fn from_value(value: &serde_json::Value) -> Result<Submission, Violations> {
    Json::deserialize(value).map_err(|error| unreadable(&error)).and_then(read)
}

fn unreadable(error: &serde_json::Error) -> Violations {
    let mut notice = Notice::default();
    notice.note(
        &JSON_MALFORMED,
        &At::ROOT,
        format!("请求体不是 UTF-8 编码的 JSON：{error}"),
        format!("the body is not JSON in UTF-8: {error}"),
    );
    notice.into_findings()
}

fn read(json: Json<'_>) -> Result<Submission, Violations> {
    let mut notice = Notice::default();
    let content: Content = content::read(json, &At::ROOT, &mut notice);
    must_be_identified(&content, &mut notice);
    if !notice.is_clear() {
        return Err(notice.into_findings());
    }
    Ok(Submission::of(content))
}

fn must_be_identified(content: &Content, notice: &mut Notice) {
    let digits = |count| {
        move |text: &str| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let mut must =
        |field: &Field, given: &Option<String>, is_well: &dyn Fn(&str) -> bool, wanted| {
            identify(field, given.as_deref(), is_well, wanted, notice);
        };
    must(&Content::decl_reg_no, &content.decl_reg_no, &digits(10), ("10位数字", "ten digits"));
    must(
        &Content::ent_decl_no,
        &content.ent_decl_no,
        &|text| text.chars().count() <= 40 && !text.chars().any(char::is_control),
        ("最多40个可见字符", "at most 40 printable characters"),
    );
    must(
        &Content::apl_kind,
        &content.apl_kind,
        &|text| Direction::parse(text).is_some(),
        ("I（入境）或O（出境）", "I (inbound) or O (outbound)"),
    );
    must(&Content::decl_code, &content.decl_code, &digits(2), ("2位数字", "two digits"));
    must(&Content::decl_org, &content.decl_org, &digits(6), ("6位数字", "six digits"));
}

fn identify(
    field: &Field,
    given: Option<&str>,
    is_well: &dyn Fn(&str) -> bool,
    wanted: (&str, &str),
    notice: &mut Notice,
) {
    let at = At::ROOT.name(field.name);
    match given {
        None => notice.note(
            &IDENTITY_MISSING,
            &at,
            format!("“{}”必填，缺少则无法识别报检单", field.zh),
            format!("{} is needed to know which declaration this is", field.name),
        ),
        Some(text) if !is_well(text) => notice.note(
            &IDENTITY_MALFORMED,
            &at,
            format!("“{}”应为{}，现为“{}”", field.zh, wanted.0, shown(text)),
            format!("{} must be {}, not \"{}\"", field.name, wanted.1, shown(text)),
        ),
        Some(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        declaration::{
            Parties, examples,
            rules::{self, RULES},
        },
        kernel::Stage,
        reference::Books,
    };

    /// Code and pointer of each fault.
    fn faults(body: &[u8]) -> Vec<String> {
        let faults = parse(body).unwrap_err();
        faults.iter().map(|fault| format!("{} {}", fault.code, fault.pointer)).collect()
    }

    fn faults_of(document: &Value) -> Vec<String> {
        faults(document.to_string().as_bytes())
    }

    fn with(pointer: &str, value: Value) -> Value {
        let mut document = examples::self_declaration();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        document.pointer_mut(parent).unwrap()[name] = value;
        document
    }

    #[test]
    fn the_examples_can_be_read() {
        for example in [examples::self_declaration(), examples::wine()] {
            assert!(from_value(&example).is_ok());
        }
    }

    #[test]
    fn what_is_no_json_in_utf_8_is_told_as_one_fault() {
        for body in [&b""[..], b"{", b"\xff\xfe", b"{} {}", b"[1,]", "\u{feff}{}".as_bytes()] {
            assert_eq!(faults(body), ["json-malformed "]);
        }
        let deep = "[".repeat(100_000);
        assert_eq!(faults(deep.as_bytes()), ["json-malformed "]);
    }

    #[test]
    fn whatever_is_not_an_object_lacks_its_identity() {
        let missing = content::IDENTITY.map(|name| format!("identity-missing /{name}"));
        assert_eq!(faults(b"{}"), missing);
        for body in [&b"[]"[..], b"null", b"17", b"\"x\""] {
            assert_eq!(faults(body)[0], "json-wrong-type ");
        }
    }

    #[test]
    fn every_fault_of_reading_is_told_at_once() {
        let mut document = examples::self_declaration();
        document["apl_kind"] = json!("X");
        document["decl_reg_no"] = json!("31");
        document["colour"] = json!("red");
        document["decl_date"] = json!(20_140_512);
        document["goods"][0]["weight"] = json!(18600.0);
        document["goods"][0]["qty"] = Value::Null;
        document["goods"][0]["goods_no"] = json!("1");
        document["goods"][0]["packages"][1]["is_main"] = json!("yes");
        document["goods"][0]["nuance/~"] = json!({ "deep": [] });
        document["containers"] = json!({});
        document["wood_packaging"]["ippc_mark"] = json!("DE\0");
        document["ent_decl_no"] = json!("");

        let told: BTreeSet<String> = faults_of(&document).into_iter().collect();

        let expected = [
            "character-not-allowed /wood_packaging/ippc_mark",
            "identity-malformed /apl_kind",
            "identity-malformed /decl_reg_no",
            "identity-missing /ent_decl_no",
            "json-wrong-type /containers",
            "json-wrong-type /decl_date",
            "json-wrong-type /goods/0/goods_no",
            "json-wrong-type /goods/0/packages/1/is_main",
            "json-wrong-type /goods/0/qty",
            "json-wrong-type /goods/0/weight",
            "member-unknown /colour",
            "member-unknown /goods/0/nuance~1~0",
        ];
        assert_eq!(told, expected.map(str::to_owned).into());
    }

    #[test]
    fn a_member_given_twice_is_refused() {
        let body =
            r#"{"ent_decl_no":"A","goods":[{"hs_code":"1","hs_code":"2"}],"ent_decl_no":"A"}"#;
        let told = faults(body.as_bytes());
        assert!(told.contains(&"member-repeated /goods/0/hs_code".to_owned()));
        assert!(told.contains(&"member-repeated /ent_decl_no".to_owned()));
    }

    #[test]
    fn every_registered_fault_of_reading_is_one_that_reading_tells() {
        let mut document = with("/apl_kind", json!("X"));
        document["x"] = json!(1);
        document["goods"] = json!(1);
        document["mark_no"] = json!("\0");
        let mut told = faults_of(&document);
        told.extend(faults(br#"{"mark_no":"","mark_no":""}"#));
        told.extend(faults(b""));

        let told: BTreeSet<&str> =
            told.iter().filter_map(|fault| fault.split(' ').next()).collect();
        let registered = RULES.iter().filter(|rule| rule.stage == Stage::Reading);
        assert_eq!(told, registered.map(|rule| rule.code).collect());
    }

    #[test]
    fn what_the_rules_can_tell_is_no_fault_of_reading() {
        for (pointer, value) in [
            ("/goods/0/hs_code", json!("shoes")),
            ("/goods/0/weight", json!("much")),
            ("/decl_date", json!("soon")),
            ("/trans_mean_no", json!("x".repeat(5_000))),
            ("/goods", json!([])),
            ("/decl_code", json!("99")),
        ] {
            assert!(from_value(&with(pointer, value)).is_ok(), "{pointer}");
        }
    }

    #[test]
    fn the_same_declaration_in_another_spelling_has_the_same_hash() {
        let hash = |document: &Value| from_value(document).unwrap().hash;
        let original = hash(&examples::self_declaration());
        let spaced = serde_json::to_vec_pretty(&examples::self_declaration()).unwrap();
        // The example file keeps the order of the contract; a `Value` sorts its members.
        let ordered = include_bytes!("examples/self_declaration.json");

        assert_eq!(parse(&spaced).unwrap().hash, original);
        assert_eq!(parse(ordered).unwrap().hash, original);
        assert_eq!(hash(&with("/goods/0/weight", json!("18600"))), original);
        assert_eq!(hash(&with("/goods_place", json!("  外高桥港区四期堆场 "))), original);
        assert_eq!(hash(&with("/mark_no", json!(""))), original);
        assert_eq!(hash(&with("/users", json!([]))), original);

        assert_ne!(hash(&with("/goods/0/weight", json!("18600.1"))), original);
        assert_ne!(hash(&with("/delivery_order", json!("140512a"))), original);
        assert_ne!(hash(&with("/mark_no", json!("N/M"))), original);
    }

    /// Anything that JSON can say, not too large.
    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            "\\PC{0,30}".prop_map(Value::from),
            "-?[0-9]{1,30}(\\.[0-9]{0,30})?".prop_map(Value::from),
            "[0-9]{4}-[0-9]{2}-[0-9]{2}".prop_map(Value::from),
            Just(json!("9999-12-31")),
            Just(json!("0000-01-01")),
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[a-z_]{1,12}", inner, 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    /// The pointers of all values of a document, the document itself aside.
    fn pointers(document: &Value, at: &str, found: &mut Vec<String>) {
        let children: Vec<(String, &Value)> = match document {
            Value::Object(members) => members.iter().map(|(n, v)| (n.clone(), v)).collect(),
            Value::Array(items) => {
                items.iter().enumerate().map(|(i, v)| (i.to_string(), v)).collect()
            }
            _ => Vec::new(),
        };
        for (name, child) in children {
            let pointer = format!("{at}/{name}");
            pointers(child, &pointer, found);
            found.push(pointer);
        }
    }

    /// An example with some of its values replaced.
    fn damaged() -> impl Strategy<Value = Value> {
        let text = "\\PC{0,12}".prop_map(Value::from);
        let value = prop_oneof![
            3 => text,
            2 => "-?[0-9]{1,30}(\\.[0-9]{0,30})?".prop_map(Value::from),
            1 => "[0-9]{4}-[0-9]{2}-[0-9]{2}".prop_map(Value::from),
            1 => Just(json!("9999-12-31")),
            1 => any_json(),
        ];
        let changes = prop::collection::vec((any::<prop::sample::Index>(), value), 0..6);
        (any::<bool>(), changes).prop_map(|(is_wine, changes)| {
            let mut document =
                if is_wine { examples::wine() } else { examples::self_declaration() };
            for (place, value) in changes {
                let mut found = Vec::new();
                pointers(&document, "", &mut found);
                let pointer = place.get(&found).clone();
                *document.pointer_mut(&pointer).unwrap() = value;
            }
            document
        })
    }

    proptest! {
        #[test]
        fn no_bytes_whatever_make_reading_panic(body in prop::collection::vec(any::<u8>(), 0..300)) {
            prop_assert!(parse(&body).is_err());
        }

        #[test]
        fn no_json_whatever_makes_reading_panic(document in any_json()) {
            prop_assert!(from_value(&document).is_err());
        }

        /// What is printed is read again as the same, and neither reading nor review ever panics.
        #[test]
        fn a_damaged_declaration_is_refused_or_kept_as_it_is(document in damaged()) {
            let body = document.to_string();
            let Ok(submission) = parse(body.as_bytes()) else { return Ok(()) };
            let printed = serde_json::to_vec(&submission.content).unwrap();
            prop_assert_eq!(&parse(&printed).unwrap(), &submission);

            let today = "2014-05-12".parse().unwrap();
            let review = rules::review(&submission.content, &SEEDED, &Parties::default(), today);
            prop_assert!(review.findings.iter().all(|found| found.pointer.len() <= 200));
        }
    }

    static SEEDED: std::sync::LazyLock<Books> = std::sync::LazyLock::new(Books::seeded);
}

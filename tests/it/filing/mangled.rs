//! However a declaration is mangled on its way.
use super::*;

/// Everything that can be pointed at in a document.
fn pointers(value: &Value, here: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                found.push(format!("{here}/{name}"));
                pointers(value, &format!("{here}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                found.push(format!("{here}/{index}"));
                pointers(item, &format!("{here}/{index}"), found);
            }
        }
        _ => {}
    }
}

#[derive(Clone, Debug)]
enum Mutation {
    Replace(prop::sample::Index, Value),
    Remove(prop::sample::Index),
    Add(prop::sample::Index, String),
    /// One byte of the text.
    Byte(prop::sample::Index, u8),
    Cut(prop::sample::Index),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let index = any::<prop::sample::Index>;
    let value = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[0-9]{1,40}".prop_map(Value::from),
        "-?[0-9]{0,30}\\.[0-9]{0,30}".prop_map(Value::from),
        "\\PC{0,60}".prop_map(Value::from),
        Just(json!("\u{0}")),
        Just(json!("x".repeat(5000))),
        Just(json!("2014-02-30")),
        Just(json!("9999-12-31")),
        Just(json!("0001-01-01")),
        Just(json!([])),
        Just(json!({})),
        Just(json!([{}, {}, null])),
        Just(json!(["21", "21", 7])),
    ];
    prop_oneof![
        6 => (index(), value).prop_map(|(at, value)| Mutation::Replace(at, value)),
        2 => index().prop_map(Mutation::Remove),
        1 => (index(), "[a-z_]{1,12}").prop_map(|(at, name)| Mutation::Add(at, name)),
        2 => (index(), any::<u8>()).prop_map(|(at, byte)| Mutation::Byte(at, byte)),
        1 => index().prop_map(Mutation::Cut),
    ]
}

fn mutated(mut document: Value, mutations: &[Mutation]) -> Vec<u8> {
    let mut after = Vec::new();
    for mutation in mutations {
        let mut places = Vec::new();
        pointers(&document, "", &mut places);
        if places.is_empty() {
            break;
        }
        match mutation {
            Mutation::Replace(at, value) => {
                *document.pointer_mut(at.get(&places).as_str()).unwrap() = value.clone();
            }
            Mutation::Remove(at) => {
                let (parent, name) = at.get(&places).as_str().rsplit_once('/').unwrap();
                match document.pointer_mut(parent).unwrap() {
                    Value::Object(members) => drop(members.remove(name)),
                    Value::Array(items) => drop(items.remove(name.parse().unwrap())),
                    _ => {}
                }
            }
            Mutation::Add(at, name) => {
                if let Some(Value::Object(members)) = document.pointer_mut(at.get(&places).as_str())
                {
                    members.insert(name.clone(), json!("?"));
                }
            }
            Mutation::Byte(..) | Mutation::Cut(_) => after.push(mutation),
        }
    }
    let mut text = document.to_string().into_bytes();
    for mutation in after {
        match mutation {
            Mutation::Byte(at, byte) if !text.is_empty() => {
                let place = at.index(text.len());
                text[place] = *byte;
            }
            Mutation::Cut(at) if !text.is_empty() => text.truncate(at.index(text.len())),
            _ => {}
        }
    }
    text
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn however_a_declaration_is_mangled_it_is_stored_whole_once_or_not_at_all(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let people = [bureau.derui().await, bureau.declarant(HAIYUAN).await];
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        prop::test_runner::TestRng::deterministic_rng(prop::test_runner::RngAlgorithm::ChaCha),
    );
    let mutations = prop::collection::vec(mutation(), 1..5);
    let (mut count, mut kept) = (0, 0);
    for round in 0..150_usize {
        let mutations = mutations.new_tree(&mut runner).unwrap().current();
        let name = format!("Z-{round}");
        let document = if round % 2 == 0 { screws(&name) } else { wine(&name) };
        let body = mutated(document.0, &mutations);

        let answer = people[round % 2].post_raw(FILE, "application/json", body.clone()).await;

        let told = format!("{mutations:?}: {:#}", answer.body);
        let status = answer.status.as_u16();
        assert!(matches!(status, 201 | 400 | 403 | 409), "{status} {told}");
        count += i64::from(status == 201);
        assert_eq!(stored(&bureau).await, count, "{told}");
        if status == 201 {
            kept += 1;
            let again = people[round % 2].post_raw(FILE, "application/json", body).await;
            assert_eq!(again.status, 200, "{told}");
            assert_eq!(again.body, answer.body, "{told}");
        }
    }
    assert!(kept > 20, "most mutations can still be read: {kept}");
    let versions = "select count(*) from declaration_versions";
    assert_eq!(bureau.count(versions).await, count);
    bureau.settle().await;
    assert_eq!(bureau.count("select count(*) from jobs where state = 'dead'").await, 0);
}

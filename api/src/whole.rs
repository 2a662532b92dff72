//! `603.0` is a whole number in JSON Schema, and for some languages the only way to write one. Readers of integers do
//! not take it.
use serde_json::{Number, Value};

/// Beyond this a float does not know its neighbours.
const EXACT: f64 = 9_007_199_254_740_991.0;

/// The same JSON with whole numbers spelled as such; `None` where that changes nothing.
pub(crate) fn respelled(json: &[u8]) -> Option<Vec<u8>> {
    let mut value = serde_json::from_slice(json).ok()?;
    respell(&mut value).then(|| serde_json::to_vec(&value).ok())?
}

/// Whether anything was spelled anew.
fn respell(value: &mut Value) -> bool {
    match value {
        Value::Number(number) => {
            match number.as_f64().filter(|_| number.is_f64()).and_then(whole) {
                Some(whole) => {
                    *number = whole;
                    true
                }
                None => false,
            }
        }
        // Not `any`: all of them are to be spelled anew.
        Value::Array(items) => items.iter_mut().fold(false, |any, item| respell(item) | any),
        Value::Object(members) => {
            members.values_mut().fold(false, |any, member| respell(member) | any)
        }
        _ => false,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "it is whole, and small enough")]
fn whole(float: f64) -> Option<Number> {
    (float.fract() == 0.0 && float.abs() <= EXACT).then(|| Number::from(float as i64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelled(json: &str) -> Option<String> {
        respelled(json.as_bytes()).map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn whole_numbers_lose_their_point_wherever_they_stand() {
        assert_eq!(
            spelled(r#"{"a":[603.0,{"b":-2.0}],"c":1e3}"#).unwrap(),
            r#"{"a":[603,{"b":-2}],"c":1000}"#
        );
    }

    #[test]
    fn what_is_no_whole_number_stays_as_it_is() {
        for json in [r#"{"a":1.5}"#, r#"{"a":1}"#, r#"{"a":1e300}"#, r#"{"a":"603.0"}"#, "{"] {
            assert_eq!(spelled(json), None, "{json}");
        }
    }
}

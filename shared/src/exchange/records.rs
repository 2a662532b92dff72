//! Messages that are lists of records: each record is judged by itself, and a bad one never fails its neighbours.
use anyhow::Context as _;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Envelope, service::inbox::Review};
use crate::kernel::Violations;

/// The most records of one message.
pub const MOST_RECORDS: usize = 1000;

/// The records of a payload that holds nothing else. Read where they lie: a thousand are not copied to be looked at.
fn records_in(payload: &Value) -> Option<&[Value]> {
    let members = payload.as_object().filter(|members| members.len() == 1)?;
    Some(members.get("records")?.as_array()?)
}

/// Judges each record by itself; the message is refused only if it is no list of records, or none of them is good.
pub fn review_records<T: DeserializeOwned>(
    envelope: &Envelope,
    find_faults: fn(&T, &Envelope, &str, &mut Violations),
) -> Review {
    let mut review = Review::default();
    let records = records_in(&envelope.payload);
    let Some(records) = records.filter(|all| (1..=MOST_RECORDS).contains(&all.len())) else {
        let (zh, en) = ("内容应为1至1000条记录", "the payload holds 1 to 1,000 records");
        review.errors.error("/payload/records", "records-malformed", zh, en);
        return review;
    };
    let count = records.len();
    for (place, record) in (0_i32..).zip(records) {
        let at = format!("/payload/records/{place}");
        let mut wrong = Violations::default();
        match T::deserialize(record) {
            Ok(record) => find_faults(&record, envelope, &at, &mut wrong),
            Err(error) => wrong.error(at, "record-malformed", "记录格式有误", error.to_string()),
        }
        if !wrong.is_empty() {
            review.refused_records.push(place);
            review.record_errors.extend(wrong);
        }
    }
    if review.refused_records.len() == count {
        review.errors = std::mem::take(&mut review.record_errors);
    }
    review
}

/// The good records of a stored message, each with its place in it.
pub fn records_of<T: DeserializeOwned>(
    payload: &Value,
    refused: &[i32],
) -> anyhow::Result<Vec<(i32, T)>> {
    let records = records_in(payload).context("a stored message without its records")?;
    let good = (0_i32..).zip(records).filter(|(place, _)| !refused.contains(place));
    good.map(|(place, record)| Ok((place, T::deserialize(record)?))).collect()
}

/// May this bureau say something about that enterprise?
pub fn must_be_own(sender: &str, reg_no: &str, at: &str, wrong: &mut Violations) {
    if !is_reg_no(reg_no) {
        let (zh, en) = ("登记号应为10位数字", "a registration number has 10 digits");
        wrong.error(format!("{at}/reg_no"), "reg-no-malformed", zh, en);
    } else if !speaks_for(sender, reg_no) {
        let (zh, en) = ("该企业不归发送局管辖", "this enterprise belongs to another bureau");
        wrong.error(format!("{at}/reg_no"), "not-its-enterprise", zh, en);
    }
}

/// Whether `bureau` may speak for what begins with `prefix`: a registration number names its bureau by its first
/// four digits, an office by its six. A direct bureau (直属局) such as `320000` speaks for all of its branches.
#[must_use]
pub fn speaks_for(bureau: &str, prefix: &str) -> bool {
    let own = bureau.trim_end_matches('0');
    // An even number of digits: 320000 is 32, 330900 is 3309, 301000 is 3010.
    let own = &bureau[..own.len().next_multiple_of(2).min(bureau.len())];
    !own.is_empty() && prefix.len() >= own.len() && prefix.starts_with(own)
}

/// Is it a registration number (报检单位登记号): ten digits?
#[must_use]
pub fn is_reg_no(text: &str) -> bool {
    is_digits(text, 10)
}

/// Exactly so many digits?
#[must_use]
pub fn is_digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A text of 1 to `longest` characters without control characters.
#[must_use]
pub fn is_text(text: &str, longest: usize) -> bool {
    !text.trim().is_empty()
        && text.chars().count() <= longest
        && !text.chars().any(|letter| letter.is_control() && letter != '\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bureau_speaks_for_its_own_and_for_its_branches() {
        for (bureau, whose, expected) in [
            ("320000", "3205600077", true),
            ("320000", "320500", true),
            ("320500", "3205600077", true),
            ("320500", "3204600077", false),
            ("320500", "320000", false),
            ("330000", "3205600077", false),
            ("301000", "3010600001", true),
            ("301000", "3020600001", false),
            ("000000", "3205600077", false),
        ] {
            assert_eq!(speaks_for(bureau, whose), expected, "{bureau} for {whose}");
        }
    }
}

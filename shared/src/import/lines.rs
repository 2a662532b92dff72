//! NDJSON: one declaration a line, as `POST /v1/declarations` takes it.
use serde_json::Value;

use super::item::{HEAVIEST, Item};
use crate::{declaration::parse, kernel::Violations};

/// The declarations of a text; blank lines are none.
pub fn read(text: &str) -> Result<Vec<Item>, Violations> {
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    Ok(lines.map(|(number, line)| item(number, line)).collect())
}

fn item(number: i32, line: &str) -> Item {
    if line.len() > HEAVIEST {
        let mut faults = Violations::default();
        faults.error("", "line-too-long", "一行最多1MiB", "a line holds at most 1 MiB");
        return Item::read(Err(faults), None, (number, number), Vec::new(), Violations::default());
    }
    let told: Option<Value> = serde_json::from_str(line).ok();
    let reference = told.as_ref().and_then(|told| told["ent_decl_no"].as_str());
    let read = parse::parse(line.as_bytes());
    let (lines, nothing) = ((number, number), Violations::default());
    Item::read(read, reference.map(str::to_owned), lines, Vec::new(), nothing)
}

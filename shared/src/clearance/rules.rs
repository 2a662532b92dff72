//! What is told of clearance forms.
use crate::kernel::{Group, Rule, Stage};

/// Each code once.
pub const RULES: &[Rule] = &[rule(
    "above-declared",
    "通关单数量不得大于申报数量",
    "A form would clear nothing, or more than was declared",
)
.at(&["/lines/*"])];

const fn rule(code: &'static str, zh: &'static str, en: &'static str) -> Rule {
    Rule::of(&[Group::Clearance], Stage::Request, code, (zh, en)).by("domain 3.4, R1")
}

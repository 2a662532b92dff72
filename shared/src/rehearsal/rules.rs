//! What is told of a test scenario.
use crate::kernel::{Group, Rule, Stage};

/// Each code once.
pub const RULES: &[Rule] = &[
    rule(
        "test-scenario-not-here",
        "正式环境不接受联调场景",
        "Scenarios are played in test mode only",
    )
    .at(&["/headers/*"]),
    rule("test-scenario-unknown", "不认识该联调场景", "The scenario is not known")
        .at(&["/headers/*"]),
    rule(
        "test-scenario-unfit",
        "该联调场景不适用于此操作",
        "Nothing would come of the scenario here",
    )
    .at(&["/headers/*"]),
];

const fn rule(code: &'static str, zh: &'static str, en: &'static str) -> Rule {
    Rule::of(&[Group::Rehearsal], Stage::Request, code, (zh, en)).by("docs/sandbox.md")
}

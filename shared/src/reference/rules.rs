//! What is told of an imported table, by line and column.
use crate::kernel::{Group, Rule, Stage};

/// Each code once.
pub const RULES: &[Rule] = &[
    rule("not-utf8", "文件不是UTF-8编码", "The file is not UTF-8")
        .shared_by(&[Group::Reference, Group::Payment]),
    rule("column-unknown", "没有该名称的列", "There is no column of that name")
        .shared_by(&[Group::Reference, Group::Import]),
    rule("column-repeated", "列名重复", "A column stands there twice")
        .shared_by(&[Group::Reference, Group::Import]),
    rule("column-missing", "缺少必需的列", "A column that is needed is missing")
        .shared_by(&[Group::Reference, Group::Import]),
    rule("width-wrong", "列数有误", "A line has more or fewer cells than there are columns")
        .at(&["/lines/*"]),
    rule("value-missing", "缺少值", "A value that is needed is missing"),
    rule("parameter-unknown", "没有该名称的参数", "The program knows no parameter of that name")
        .at(&["/lines/*"]),
    rule("rows-overlap", "有效期重叠", "Two rows of one key are in force on the same day")
        .at(&["/lines/*"]),
    rule("no-rows", "文件没有数据行", "The file has no rows"),
    rule("more-defects", "其余错误未列", "There are more defects than are listed")
        .shared_by(&[Group::Reference, Group::Payment]),
    asked("cursor-unknown", "游标已失效", "A cursor is no more: begin again")
        .at(&["/query/cursor"]),
];

const fn rule(code: &'static str, zh: &'static str, en: &'static str) -> Rule {
    Rule::of(&[Group::Reference], Stage::File, code, (zh, en)).by("docs/reference-tables.md")
}

const fn asked(code: &'static str, zh: &'static str, en: &'static str) -> Rule {
    Rule::of(&[Group::Reference], Stage::Request, code, (zh, en)).by("contract")
}

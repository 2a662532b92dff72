//! Parties: who they are, who declares for whom, how far they are trusted (domain 1.1, 1.3, R14).
use super::{
    Case, Notice,
    catalogue::{
        CREDIT_CLASS_C, CREDIT_CLASS_D, IMO_CHECK_DIGIT, MANDATORY_FIELD, NO_POWER_OF_ATTORNEY,
        ORGANISATION_CODE_CHECK_DIGIT, PARTY_CODE_MALFORMED, PARTY_NOT_REGISTERED,
    },
    goods::must_be_given,
    shown,
};
use crate::{
    declaration::{
        check_digit::{is_imo_number, organisation_code},
        content::{At, Content, Field, Party, User},
    },
    identity::CreditClass,
};

pub(super) fn check(case: &Case<'_>, notice: &mut Notice) {
    let content = case.content;
    must_have_a_name(&Content::consignee, content.consignee.as_ref(), notice);
    must_have_a_name(&Content::consignor, content.consignor.as_ref(), notice);
    if let Some(party) = case.domestic_party() {
        let field = if case.is_inbound() { &Content::consignee } else { &Content::consignor };
        domestic_code(case, party, &At::ROOT.name(field.name), notice);
        declares_rightly(case, party, notice);
    }
    let list = At::ROOT.name(Content::users.name);
    for (index, user) in content.users.iter().enumerate() {
        if let Some(code) = user.consumer_code.as_deref() {
            organisation_code_checks(
                code,
                &list.index(index).name(User::consumer_code.name),
                notice,
            );
        }
    }
    if let Some(number) = content.imo_no.as_deref().filter(|number| !is_imo_number(number)) {
        notice.note(
            &IMO_CHECK_DIGIT,
            &At::ROOT.name(Content::imo_no.name),
            format!("“{}”不是有效的IMO编号", shown(number)),
            format!("\"{}\" is no valid IMO number", shown(number)),
        );
    }
    credit(case, notice);
}

/// In one language at least. That the party itself is missing is told elsewhere.
fn must_have_a_name(field: &Field, party: Option<&Party>, notice: &mut Notice) {
    if party.is_some_and(|party| party.cname.is_none() && party.ename.is_none()) {
        notice.note(
            &MANDATORY_FIELD,
            &At::ROOT.name(field.name).name(Party::cname.name),
            format!("“{}”中文或英文名称至少填一项", field.zh),
            format!("{} needs a name: cname or ename", field.name),
        );
    }
}

/// The domestic party has a registration number, or at least an organisation code.
fn domestic_code(case: &Case<'_>, party: &Party, at: &At<'_>, notice: &mut Notice) {
    let at = at.name(Party::code.name);
    let Some(code) = party.code.as_deref() else { return must_be_given(&Party::code, &at, notice) };
    let is_reg_no = code.len() == 10 && code.bytes().all(|byte| byte.is_ascii_digit());
    if !is_reg_no && organisation_code(code).is_none() {
        return notice.note(
            &PARTY_CODE_MALFORMED,
            &at,
            format!("应为10位登记号或9位组织机构代码，现为“{}”", shown(code)),
            format!(
                "a registration number (ten digits) or an organisation code, not \"{}\"",
                shown(code)
            ),
        );
    }
    organisation_code_checks(code, &at, notice);
    if case.parties.active_domestic().is_none() {
        notice.note(
            &PARTY_NOT_REGISTERED,
            &at,
            format!("“{}”未登记或已停用", shown(code)),
            format!("\"{}\" is not registered, or disabled", shown(code)),
        );
    }
}

fn organisation_code_checks(code: &str, at: &At<'_>, notice: &mut Notice) {
    if organisation_code(code) == Some(false) {
        notice.note(
            &ORGANISATION_CODE_CHECK_DIGIT,
            at,
            format!("组织机构代码“{}”校验码不符", shown(code)),
            format!("organisation code \"{}\" fails its check digit", shown(code)),
        );
    }
}

/// For oneself, or under a power of attorney.
fn declares_rightly(case: &Case<'_>, party: &Party, notice: &mut Notice) {
    let (unit, owner) = (case.content.reg_no(), party.code.as_deref());
    let Some(owner) = owner.filter(|owner| *owner != unit) else { return };
    if !case.parties.has_power_of_attorney {
        notice.note(
            &NO_POWER_OF_ATTORNEY,
            &At::ROOT.name(Content::decl_reg_no.name),
            format!("{unit}无权代理{}报检：没有有效的报检委托书", shown(owner)),
            format!("{unit} holds no power of attorney of {}", shown(owner)),
        );
    }
}

fn credit(case: &Case<'_>, notice: &mut Notice) {
    let (rule, class) = match case.parties.lowest_class() {
        CreditClass::C => (&CREDIT_CLASS_C, "C"),
        CreditClass::D => (&CREDIT_CLASS_D, "D"),
        CreditClass::Aa | CreditClass::A | CreditClass::B => return,
    };
    notice.note(
        rule,
        &At::ROOT.name(Content::decl_reg_no.name),
        format!("报检单位、收发货人与生产单位的最低信用等级为{class}"),
        format!(
            "the lowest credit class of declaring unit, domestic party and producers is {class}"
        ),
    );
}

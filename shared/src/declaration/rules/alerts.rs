//! Alerts (警示通报) on goods of a country (domain R14): all lead to an officer.
use super::{
    Case, Notice,
    catalogue::{ALERT_LEVEL_1, ALERT_LEVEL_2, ALERT_LEVEL_3, ALERT_LEVEL_4},
};
use crate::declaration::content::{At, Content, Goods};

pub(super) fn check(case: &Case<'_>, notice: &mut Notice) {
    let list = At::ROOT.name(Content::goods.name);
    for (line, alert) in case.alerts() {
        let (rule, zh, en) = match alert.level {
            1 => (&ALERT_LEVEL_1, "不予受理", "to be refused"),
            2 => (&ALERT_LEVEL_2, "必检，不得通报通放", "always inspected, never anywhere"),
            3 => (&ALERT_LEVEL_3, "加严查验", "inspected more often"),
            _ => (&ALERT_LEVEL_4, "加严查验", "inspected more often"),
        };
        let (code, country) = (&*alert.code, &*alert.country);
        notice.note(
            rule,
            &list.index(line.index).name(Goods::hs_code.name),
            format!("{country}货物受{}级警示{code}（{}）：{zh}", alert.level, alert.name_zh),
            format!(
                "goods of {country} are under alert {code} of level {} ({}): {en}",
                alert.level, alert.name_en
            ),
        );
    }
}

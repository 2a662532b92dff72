//! Values: sums that must hold, computed values that should, and the exchange rate (domain R5, R14).
use rust_decimal::Decimal;

use super::{
    Case, Line, Notice,
    catalogue::{FX_MISSING, TOTALS_DIFFER, VALUE_DIFFERS},
};
use crate::declaration::{
    content::{At, Content, Field, Figure, Goods},
    facts::Facts,
};

/// What sums may differ by: a fen (domain R14).
const A_FEN: Decimal = Decimal::from_parts(1, 0, 0, false, 2);
/// What a computed value may differ by: one in a hundred (domain R14).
const HUNDRED: Decimal = Decimal::ONE_HUNDRED;

pub(super) fn check(case: &Case<'_>, facts: &Facts, notice: &mut Notice) {
    let us_rate = case.books.rate("USD", case.on);
    let in_us = |value_cn: Option<Decimal>| value_cn?.checked_div(us_rate?);
    let list = At::ROOT.name(Content::goods.name);
    let mut told = Vec::new();
    for (line, computed) in case.lines().zip(&facts.lines) {
        let at = list.index(line.index);
        let goods = line.goods;
        exchange_rate(case, &line, &at, &mut told, notice);
        price(&line, &at, notice);
        compare(&Goods::total_val_cn, goods.total_val_cn.as_ref(), computed.value_cn, &at, notice);
        compare(
            &Goods::total_val_us,
            goods.total_val_us.as_ref(),
            in_us(computed.value_cn),
            &at,
            notice,
        );
    }
    let totals = Totals { case, notice };
    totals.check(facts.total_val_cn, in_us(facts.total_val_cn));
}

/// Told once for each currency.
fn exchange_rate<'a>(
    case: &Case<'_>,
    line: &Line<'a>,
    at: &At<'_>,
    told: &mut Vec<&'a str>,
    notice: &mut Notice,
) {
    let (books, on) = (case.books, case.on);
    let Some(currency) = line.goods.currency.as_deref() else { return };
    let is_missing = books.currency(currency, on).is_some() && books.rate(currency, on).is_none();
    if is_missing && !told.contains(&currency) {
        told.push(currency);
        notice.note(
            &FX_MISSING,
            &at.name(Goods::currency.name),
            format!("{on}及之前数日内没有{currency}的汇率"),
            format!("there is no exchange rate of {currency} on {on} or shortly before"),
        );
    }
}

/// Price times amount; the price may be for quantity or for weight.
fn price(line: &Line<'_>, at: &At<'_>, notice: &mut Notice) {
    let read = |figure: &Option<Figure>| figure.as_ref().and_then(Figure::value);
    let goods = line.goods;
    let Some((price, value)) = read(&goods.price_per_unit).zip(read(&goods.goods_total_val)) else {
        return;
    };
    let amounts = [&goods.qty, &goods.weight, &goods.std_qty, &goods.std_weight];
    let products: Vec<Decimal> =
        amounts.into_iter().filter_map(|amount| price.checked_mul(read(amount)?)).collect();
    if let Some(product) =
        products.first().filter(|_| !products.iter().any(|p| are_near(value, *p)))
    {
        note(&Goods::goods_total_val, value, *product, at, notice);
    }
}

fn compare(
    field: &Field,
    given: Option<&Figure>,
    computed: Option<Decimal>,
    at: &At<'_>,
    notice: &mut Notice,
) {
    let given = given.and_then(Figure::value);
    if let Some((given, computed)) = given.zip(computed).filter(|(g, c)| !are_near(*g, *c)) {
        note(field, given, computed, at, notice);
    }
}

fn note(field: &Field, given: Decimal, computed: Decimal, at: &At<'_>, notice: &mut Notice) {
    let computed = computed.round_dp(2);
    notice.note(
        &VALUE_DIFFERS,
        &at.name(field.name),
        format!("“{}”申报为{given}，计算为{computed}，相差超过1%", field.zh),
        format!("{} is given as {given}, computed as {computed}: more than 1 % apart", field.name),
    );
}

fn are_near(given: Decimal, computed: Decimal) -> bool {
    (given - computed).abs().checked_mul(HUNDRED).is_some_and(|gap| gap <= computed.abs())
}

struct Totals<'a> {
    case: &'a Case<'a>,
    notice: &'a mut Notice,
}

impl Totals<'_> {
    /// A total is the sum of the lines, where they tell their share; else it is near the computed value.
    fn check(self, computed_cn: Option<Decimal>, computed_us: Option<Decimal>) {
        let content = self.case.content;
        let totals = [
            (
                &Content::total_val_cn,
                &content.total_val_cn,
                sum(self.case, |goods| &goods.total_val_cn),
                computed_cn,
            ),
            (
                &Content::total_val_us,
                &content.total_val_us,
                sum(self.case, |goods| &goods.total_val_us),
                computed_us,
            ),
        ];
        for (field, given, sum, computed) in totals {
            let value = given.as_ref().and_then(Figure::value);
            match value.zip(sum) {
                Some((value, sum)) if (value - sum).abs() > A_FEN => self.notice.note(
                    &TOTALS_DIFFER,
                    &At::ROOT.name(field.name),
                    format!("“{}”为{value}，各项之和为{sum}", field.zh),
                    format!("{} is {value}, but the lines add up to {sum}", field.name),
                ),
                Some(_) => {}
                None => compare(field, given.as_ref(), computed, &At::ROOT, self.notice),
            }
        }
    }
}

/// The sum, if every line tells its share.
fn sum(case: &Case<'_>, share: impl Fn(&Goods) -> &Option<Figure>) -> Option<Decimal> {
    case.lines()
        .map(|line| share(line.goods).as_ref().and_then(Figure::value))
        .try_fold(Decimal::ZERO, |sum, value| sum.checked_add(value?))
        .filter(|_| !case.content.goods.is_empty())
}

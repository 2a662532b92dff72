//! What the tables we ship say, as the rulings want it.
use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

#[test]
fn every_seed_can_be_read_and_holds_from_april_2004() {
    let books = Books::seeded();

    let early = file::SEEDED_FROM;
    assert!(books.country("FR", early).is_some());
    assert!(books.country("FR", early.pred_opt().unwrap()).is_none());
    assert!(books.country("FR", day("2099-12-31")).is_some());
    for layout in LAYOUTS.iter().filter(|layout| layout.book != "alerts") {
        let rows = file::seed_rows().iter().filter(|row| row.book == layout.book).count();
        assert!(rows > 0, "{} is empty", layout.book);
    }
}

#[test]
fn seventeen_offices_take_part_from_october_2012() {
    let books = Books::seeded();
    let taking_part =
        |on: &str| books.offices(day(on)).into_iter().filter(|office| office.participating).count();

    assert_eq!(taking_part("2012-09-30"), 0);
    assert_eq!(taking_part("2012-10-01"), 17);
    let airport = books.office("310400", day("2014-05-12")).unwrap();
    assert!(!airport.participating);
    let exchange = books.office("310900", day("2014-05-12")).unwrap();
    assert_eq!(exchange.handoff_policy, HandoffPolicy::Automatic);
    assert_eq!(exchange.direct_bureau.as_str(), "310000");
}

#[test]
fn the_port_of_entry_or_the_destination_names_the_inspecting_office() {
    let books = Books::seeded();
    let on = day("2014-05-12");
    let port = |code| {
        let office = books.inspection_office_for_port(&PortCode::parse(code).unwrap(), on);
        office.map(OfficeCode::as_str)
    };
    let district = |code| {
        let office = books.inspection_office_for_district(&DistrictCode::parse(code).unwrap(), on);
        office.map(OfficeCode::as_str)
    };

    assert_eq!(port("310701"), Some("310700"));
    assert_eq!(port("311001"), Some("311000"));
    assert_eq!(port("310401"), Some("310400"));
    assert_eq!(port("SWE300"), None);
    assert_eq!(district("310114"), Some("310800"));
    assert_eq!(district("310230"), Some("311600"));
    assert_eq!(district("310101"), Some("310100"), "other 3101xx");
    assert_eq!(district("320500"), None);
    assert_eq!(district("310701"), None, "a port is no district");
}

#[test]
fn the_longest_hs_prefix_sets_the_base_rate() {
    let books = Books::seeded();
    let base = |hs| {
        let base = books.selection_base(hs, day("2014-05-12"));
        (base.group, base.factor.to_string(), base.mandatory)
    };

    assert_eq!(base("7318159090"), (GoodsGroup::Mineral, "0.03".into(), false));
    assert_eq!(base("2204210000"), (GoodsGroup::Food, "0.3".into(), false));
    assert_eq!(base("0301110000"), (GoodsGroup::Mandatory, "1".into(), true), "0301 before 03");
    assert_eq!(base("0302110000"), (GoodsGroup::Food, "0.3".into(), false));
    assert_eq!(base("2301201000"), (GoodsGroup::Food, "0.3".into(), false), "2301 before 23");
    assert_eq!(base("2304001000"), (GoodsGroup::Plant, "0.2".into(), false));
    assert_eq!(base("7204300000"), (GoodsGroup::Mandatory, "1".into(), true));
    assert_eq!(base("9701100000"), (GoodsGroup::Other, "0.01".into(), false));
    assert_eq!(base("7701100000"), (GoodsGroup::Other, "0.01".into(), false));
    assert_eq!(books.selection_base("7318159090", day("2000-01-01")).factor, Decimal::ONE);
}

#[test]
fn credit_and_packaging_have_their_factors() {
    let books = Books::seeded();
    let on = day("2014-05-12");

    let credit = ["AA", "A", "B", "C"].map(|class| books.credit_factor(class, on).unwrap());
    assert_eq!(credit, ["0", "0.5", "1", "3"].map(decimal));
    assert_eq!(books.credit_factor("D", on), None);
    assert_eq!(books.packaging_factor(Packaging::WoodTreated, on), decimal("1.2"));
    assert_eq!(books.packaging_factor(Packaging::StrawBamboo, on), decimal("1.5"));
    assert_eq!(books.packaging_factor(Packaging::ProcessedWood, on), Decimal::ONE);
    assert!(books.is_conifer_country("PT", on) && !books.is_conifer_country("DE", on));
    assert_eq!(books.origin_alert_factor(on), decimal("2"));
    assert_eq!(books.package("4D", on).unwrap().material, Material::ProcessedWood);
    assert_eq!(books.package("4C1", on).unwrap().material, Material::Wood);
    assert_eq!(books.package("CT", on).unwrap().material, Material::None);
}

#[test]
fn working_days_of_2014_are_those_the_state_council_announced() {
    let books = Books::seeded();
    let off = [
        ("2014-01-01", "2014-01-01"),
        ("2014-01-31", "2014-02-06"),
        ("2014-04-07", "2014-04-07"),
        ("2014-05-01", "2014-05-02"),
        ("2014-06-02", "2014-06-02"),
        ("2014-09-08", "2014-09-08"),
        ("2014-10-01", "2014-10-07"),
    ];
    for (first, last) in off {
        let days = day(first).iter_days().take_while(|date| *date <= day(last));
        assert!(days.clone().all(|date| !books.is_working_day(date)), "{first}..{last}");
    }
    for on in ["2014-01-26", "2014-02-08", "2014-05-04", "2014-09-28", "2014-10-11"] {
        assert!(books.is_working_day(day(on)), "{on}");
    }
    assert!(!books.is_working_day(day("2014-05-10")), "a Saturday");
    assert!(books.is_working_day(day("2014-05-12")), "a Monday");

    assert_eq!(books.add_working_days(day("2014-01-30"), 1), day("2014-02-07"));
    assert_eq!(books.add_working_days(day("2014-01-30"), 2), day("2014-02-08"));
    assert_eq!(books.add_working_days(day("2014-04-30"), 2), day("2014-05-04").succ_opt().unwrap());
    assert_eq!(books.add_working_days(day("2014-05-10"), 0), day("2014-05-10"));
}

#[test]
fn a_parameter_has_the_value_of_its_day_and_always_one() {
    let books = Books::seeded();

    assert_eq!(books.integer("permit.valid_months", day("2015-01-18")), 6);
    assert_eq!(books.integer("permit.valid_months", day("2015-01-19")), 12);
    assert_eq!(books.integer("handoff.expiry_minutes", day("2014-05-12")), 30);
    assert_eq!(books.number("fee.late_rate", day("2014-05-12")), decimal("0.005"));
    assert_eq!(books.integer("selection.audit_ppm", day("1999-01-01")), 5000);
    assert_eq!(books.integer("fee.danger_factor", day("2012-07-31")), 2);
    assert_eq!(books.integer("fee.danger_factor", day("2012-08-01")), 1);
}

#[test]
#[should_panic(expected = "there is no parameter hand_off.expiry")]
fn a_parameter_nobody_knows_is_a_mistake_of_ours() {
    let _ = Books::seeded().number("hand_off.expiry", day("2014-05-12"));
}

#[test]
fn exit_fees_are_waived_in_two_spells() {
    let books = Books::seeded();
    for waived in ["2013-08-01", "2013-12-31", "2015-01-01", "2015-12-31"] {
        assert!(books.exit_fee_waived(day(waived)), "{waived}");
    }
    for charged in ["2013-07-31", "2014-01-01", "2014-12-31", "2016-01-01"] {
        assert!(!books.exit_fee_waived(day(charged)), "{charged}");
    }
    assert!(books.waiver(Direction::Inbound, day("2015-06-01")).is_none());
}

#[test]
fn wine_is_in_the_catalogue_and_screws_are_known_outside_it() {
    let books = Books::seeded();
    let on = day("2014-05-12");

    let wine = books.catalogue("2204210000", None, on).unwrap();
    assert!(wine.supervision.is_inbound() && !wine.supervision.is_outbound());
    assert_eq!(
        (&wine.categories.inbound[..], &wine.categories.outbound[..]),
        (&['R'][..], &['S'][..])
    );
    assert_eq!(wine.std_unit.as_deref(), Some("LTR"));
    let screws = books.catalogue("7318159090", Some("999"), on).unwrap();
    assert!(!screws.supervision.is_inbound());
    assert!(books.hs_is_known("7318159090", on));
    assert!(!books.hs_is_known("8510900000", on));
    for item in file::seed_rows().iter().filter(|row| row.book == "catalogue") {
        let item = books.catalogue(&item.key, None, on).unwrap();
        let unit = item.std_unit.as_deref().unwrap_or("KGM");
        assert!(books.unit(unit, on).is_some(), "{} is counted in {unit}", &*item.hs_code);
        assert_eq!(
            item.supervision.is_inbound(),
            !item.categories.inbound.is_empty() || &*item.hs_code == "7102100000",
            "{}",
            &*item.hs_code
        );
    }
}

#[test]
fn a_unit_is_found_by_either_code() {
    let books = Books::seeded();
    let on = day("2014-05-12");

    assert_eq!(&*books.unit("035", on).unwrap().code, "KGM");
    assert_eq!(books.unit("TNE", on).unwrap().kg, Some(decimal("1000")));
    assert_eq!(&*books.unit("003", on).unwrap().code, "C62");
    assert_eq!(books.unit("999", on), None);
    let aliases: Vec<_> =
        books.tables.units.iter().flat_map(|(_, _, unit)| unit.ciq_codes.0.clone()).collect();
    let distinct: std::collections::HashSet<_> = aliases.iter().collect();
    assert_eq!(aliases.len(), distinct.len(), "one three-digit code, one unit");
}

#[test]
fn containers_count_as_twenty_foot_equivalents() {
    let books = Books::seeded();
    let teu = |spec| books.container(spec, day("2014-05-12")).map(|container| container.teu);

    assert_eq!(
        [teu("211"), teu("232"), teu("111"), teu("132")],
        [Some(1), Some(1), Some(2), Some(2)]
    );
    assert_eq!([teu("201"), teu("331"), teu("999")], [Some(0), Some(0), None]);
}

#[test]
fn the_yuan_is_always_worth_a_yuan_and_the_seeded_rates_hold_on_any_day() {
    let books = Books::seeded();
    for (currency, rate) in [("USD", "6.15"), ("EUR", "8.4"), ("GBP", "10.3"), ("JPY", "0.06")] {
        assert_eq!(books.rate(currency, day("2014-05-12")), Some(decimal(rate)));
        assert_eq!(books.rate(currency, day("2031-01-01")), Some(decimal(rate)));
    }
    assert_eq!(books.rate("CNY", day("1999-01-01")), Some(Decimal::ONE));
    assert_eq!(books.rate("XAU", day("2014-05-12")), None);
}

/// Books of these CSV files and no others.
fn books_of(files: &[(&str, &str)]) -> Books {
    let rows: Vec<Row> = files
        .iter()
        .flat_map(|(book, text)| {
            file::read(layout_of(book).unwrap(), text.as_bytes(), None).unwrap()
        })
        .collect();
    Books::build(7, &rows).unwrap()
}

#[test]
fn a_rate_serves_seven_days_after_its_last() {
    let rates = "currency,cny_per_unit,valid_from,valid_to\nUSD,6.15,2014-05-05,2014-05-05\n";
    let books = books_of(&[("exchange_rates", rates)]);

    assert_eq!(books.rate("USD", day("2014-05-04")), None);
    assert_eq!(books.rate("USD", day("2014-05-05")), Some(decimal("6.15")));
    assert_eq!(books.rate("USD", day("2014-05-12")), Some(decimal("6.15")));
    assert_eq!(books.rate("USD", day("2014-05-13")), None);
}

#[test]
fn an_alert_covers_a_country_and_the_goods_below_its_prefix() {
    let alerts = "code,country,hs_prefix,level,name_zh,name_en,valid_from,valid_to\n\
        2011-44,JP,03,2,水产品,Aquatic products,2011-04-08,2014-06-30\n\
        2014-07,JP,*,4,全部,Everything,2014-01-01,\n";
    let books = books_of(&[("alerts", alerts)]);
    let levels = |country, hs, on| -> Vec<u16> {
        books.alerts(country, hs, day(on)).iter().map(|alert| alert.level).collect()
    };

    assert_eq!(levels("JP", "0303630000", "2014-05-12"), [2, 4]);
    assert_eq!(levels("JP", "2204210000", "2014-05-12"), [4]);
    assert_eq!(levels("JP", "0303630000", "2014-07-01"), [4]);
    assert_eq!(levels("FR", "0303630000", "2014-05-12"), [0_u16; 0]);
}

#[test]
fn a_line_divided_by_ciq_code_is_found_by_it_and_known_without() {
    let catalogue = "hs_code,ciq_code,name_zh,name_en,std_unit,supervision,categories,valid_from\n\
        0306171100,101,冻虾,Shrimps,KGM,AB,P.R/Q.S,2014-01-01\n\
        0306171100,999,其他,Other,KGM,A,R/,2014-01-01\n";
    let books = books_of(&[("catalogue", catalogue)]);
    let on = day("2014-05-12");

    let letters =
        |ciq| books.catalogue("0306171100", ciq, on).map(|item| item.supervision.letters());
    assert_eq!(letters(Some("101")), Some("AB"));
    assert_eq!(letters(Some("999")), Some("A"));
    assert_eq!(letters(Some("102")), None);
    assert_eq!(letters(None), None);
    assert!(books.hs_is_known("0306171100", on));
    assert!(!books.hs_is_known("0306171100", day("2013-12-31")));
}

#[test]
fn a_parameter_the_database_does_not_know_yet_has_our_value() {
    let books = books_of(&[(
        "parameters",
        "code,value,name_zh,name_en,valid_from\nfee.min,80,最低,Least,2014-01-01\n",
    )]);

    assert_eq!(books.integer("fee.min", day("2014-05-12")), 80);
    assert_eq!(books.integer("fee.cap", day("2014-05-12")), 5000);
}

/// The tables of the documentation: a heading for each book and a line for each column.
fn documented() -> String {
    LAYOUTS.iter().map(documented_book).collect()
}

fn documented_book(layout: &Layout) -> String {
    let line = |column: &Column| {
        let role = match (layout.key.contains(&column.name), column.is_optional) {
            (true, false) => "key",
            (true, true) => "key, may be empty",
            (false, true) => "may be empty",
            (false, false) => "",
        };
        let (name, form, about) = (column.name, (column.form)().en, column.about.trim());
        format!("| `{name}` | {role} | {form} | {about} |")
    };
    let lines: Vec<_> = layout.columns.iter().map(line).collect();
    format!(
        "### {}\n\n{}\n\n| column | | what may stand in it | meaning |\n|---|---|---|---|\n{}\n\n",
        layout.book,
        layout.about.trim(),
        lines.join("\n")
    )
}

#[test]
fn the_documentation_lists_every_book_and_column() {
    let page = include_str!("../../../docs/reference-tables.md");
    assert!(
        page.contains(documented().trim()),
        "put this into docs/reference-tables.md:\n{}",
        documented()
    );
}

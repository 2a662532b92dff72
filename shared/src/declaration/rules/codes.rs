//! Codes must stand in their lists on the day of declaration (domain R14).
use super::{Case, Line, Notice, catalogue::CODE_NOT_IN_LIST, shown};
use crate::{
    declaration::{
        content::{
            At, Attachment, CertificateRequest, Container, Content, Field, Goods, Licence, Package,
            WoodPackaging,
        },
        facts::WOOD_STATEMENTS,
    },
    reference::Direction,
};

/// Looks codes up in one place of the document, on one day.
struct Reader<'a> {
    case: &'a Case<'a>,
    at: At<'a>,
    notice: &'a mut Notice,
}

impl Reader<'_> {
    /// An absent code is another rule's business.
    fn look_up(&mut self, field: &Field, code: Option<&String>, is_listed: impl Fn(&str) -> bool) {
        if let Some(code) = code.filter(|code| !is_listed(code)) {
            note(self.case, field, code, &self.at.name(field.name), self.notice);
        }
    }
}

fn note(case: &Case<'_>, field: &Field, code: &str, at: &At<'_>, notice: &mut Notice) {
    let (on, code) = (case.on, shown(code));
    notice.note(
        &CODE_NOT_IN_LIST,
        at,
        format!("“{}”代码“{code}”不在{on}有效的代码表中", field.zh),
        format!("{} \"{code}\" is not in the list valid on {on}", field.name),
    );
}

pub(super) fn check(case: &Case<'_>, notice: &mut Notice) {
    head(case, notice);
    for line in case.lines() {
        let list = At::ROOT.name(Content::goods.name);
        goods(case, &line, &list.index(line.index), notice);
    }
    rest(case, notice);
}

fn head(case: &Case<'_>, notice: &mut Notice) {
    let (content, books, on) = (case.content, case.books, case.on);
    let is_class = |code: &str| {
        books
            .declaration_class(code, on)
            .is_some_and(|class| (class.direction == Direction::Inbound) == case.is_inbound())
    };
    let is_office = |code: &str| books.office(code, on).is_some();
    let is_country = |code: &str| books.country(code, on).is_some();
    let is_port = |code: &str| books.port(code, on).is_some();
    let mut reader = Reader { case, at: At::ROOT, notice };
    let mut look_up = |field: &Field, code: &Option<String>, is_listed: &dyn Fn(&str) -> bool| {
        reader.look_up(field, code.as_ref(), is_listed);
    };
    look_up(&Content::decl_code, &content.decl_code, &is_class);
    look_up(&Content::decl_org, &content.decl_org, &is_office);
    look_up(&Content::release_org, &content.release_org, &is_office);
    look_up(&Content::purp_org_code, &content.purp_org_code, &is_office);
    look_up(&Content::trade_mode_code, &content.trade_mode_code, &|code| {
        books.trade_mode(code, on).is_some()
    });
    look_up(&Content::trade_country_code, &content.trade_country_code, &is_country);
    look_up(&Content::desp_ctry_code, &content.desp_ctry_code, &is_country);
    look_up(&Content::desp_port_code, &content.desp_port_code, &is_port);
    look_up(&Content::port_stop_code, &content.port_stop_code, &is_port);
    look_up(&Content::enty_port_code, &content.enty_port_code, &is_port);
    look_up(&Content::arriv_port_code, &content.arriv_port_code, &is_port);
    look_up(&Content::dest_code, &content.dest_code, &|code| books.district(code, on).is_some());
    look_up(&Content::trans_mode_code, &content.trans_mode_code, &|code| {
        books.transport_mode(code, on).is_some()
    });
    // Two lists of the form itself (domain 2.4).
    look_up(&Content::spec_decl_flag, &content.spec_decl_flag, &|code| {
        matches!(code, "1" | "2" | "3" | "4")
    });
    look_up(&Content::spec_pass_flag, &content.spec_pass_flag, &|code| {
        matches!(code, "1" | "2" | "3")
    });
}

fn goods(case: &Case<'_>, line: &Line<'_>, at: &At<'_>, notice: &mut Notice) {
    let (goods, books, on) = (line.goods, case.books, case.on);
    let is_unit = |code: &str| books.unit(code, on).is_some();
    let mut reader = Reader { case, at: *at, notice };
    let mut look_up = |field: &Field, code: &Option<String>, is_listed: &dyn Fn(&str) -> bool| {
        reader.look_up(field, code.as_ref(), is_listed);
    };
    look_up(&Goods::ori_ctry_code, &goods.ori_ctry_code, &|code| books.country(code, on).is_some());
    look_up(&Goods::orig_place_code, &goods.orig_place_code, &|code| {
        books.district(code, on).is_some()
    });
    look_up(&Goods::qty_meas_unit, &goods.qty_meas_unit, &is_unit);
    look_up(&Goods::wt_meas_unit, &goods.wt_meas_unit, &is_unit);
    look_up(&Goods::std_qty_unit_code, &goods.std_qty_unit_code, &is_unit);
    look_up(&Goods::std_weight_unit_code, &goods.std_weight_unit_code, &is_unit);
    look_up(&Goods::currency, &goods.currency, &|code| books.currency(code, on).is_some());
    look_up(&Goods::purpose, &goods.purpose, &|code| books.use_code(code, on).is_some());
    look_up(&Goods::pack_type, &goods.pack_type, &|code| matches!(code, "1" | "2" | "3"));
    let list = at.name(Goods::goods_attr.name);
    for (index, code) in goods.goods_attr.iter().enumerate() {
        if books.goods_attribute(code, on).is_none() {
            note(case, &Goods::goods_attr, code, &list.index(index), notice);
        }
    }
    let list = at.name(Goods::packages.name);
    for (index, package) in goods.packages.iter().enumerate() {
        let mut reader = Reader { case, at: list.index(index), notice };
        reader.look_up(&Package::pack_code, package.pack_code.as_ref(), |code| {
            books.package(code, on).is_some()
        });
    }
    let list = at.name(Goods::licences.name);
    for (index, licence) in goods.licences.iter().enumerate() {
        let mut reader = Reader { case, at: list.index(index), notice };
        reader.look_up(&Licence::lic_type_code, licence.lic_type_code.as_ref(), |code| {
            books.licence_type(code, on).is_some()
        });
    }
}

/// Containers, attachments, certificates and the wood packaging block.
fn rest(case: &Case<'_>, notice: &mut Notice) {
    let (content, books, on) = (case.content, case.books, case.on);
    let list = At::ROOT.name(Content::containers.name);
    for (index, container) in content.containers.iter().enumerate() {
        let mut reader = Reader { case, at: list.index(index), notice };
        reader.look_up(&Container::cntnr_mode_code, container.cntnr_mode_code.as_ref(), |code| {
            books.container(code, on).is_some()
        });
    }
    let list = At::ROOT.name(Content::attachments.name);
    for (index, attachment) in content.attachments.iter().enumerate() {
        let mut reader = Reader { case, at: list.index(index), notice };
        let code = attachment.att_doc_type_code.as_ref();
        reader.look_up(&Attachment::att_doc_type_code, code, |code| {
            books.attachment(code, on).is_some()
        });
    }
    let list = At::ROOT.name(Content::certificates.name);
    for (index, request) in content.certificates.iter().enumerate() {
        let mut reader = Reader { case, at: list.index(index), notice };
        reader.look_up(
            &CertificateRequest::app_cert_code,
            request.app_cert_code.as_ref(),
            |code| books.certificate(code, on).is_some(),
        );
    }
    if let Some(wood) = &content.wood_packaging {
        let mut reader = Reader { case, at: At::ROOT.name(Content::wood_packaging.name), notice };
        reader.look_up(&WoodPackaging::treatment, wood.treatment.as_ref(), |code| {
            matches!(code, "HT" | "MB" | "NONE")
        });
        reader.look_up(&WoodPackaging::statement, wood.statement.as_ref(), |code| {
            WOOD_STATEMENTS.contains(&code)
        });
    }
}

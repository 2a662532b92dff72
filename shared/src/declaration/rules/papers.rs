//! Documents that must be attached (domain 2.10, R14): what every declaration of catalogue goods rests on.
use super::{Case, Notice, catalogue::ATTACHMENT_MISSING};
use crate::declaration::content::{At, Content};

/// Contract, invoice, packing list, bill of lading; outbound goods have no bill yet.
const INBOUND: [&str; 4] = ["101001", "101002", "101004", "101005"];
const OUTBOUND: [&str; 3] = ["101001", "101002", "101004"];

pub(super) fn check(case: &Case<'_>, notice: &mut Notice) {
    let wanted: &[&str] = match (case.is_of_catalogue(), case.is_inbound()) {
        (true, true) => &INBOUND,
        (true, false) => &OUTBOUND,
        (false, _) => return,
    };
    for code in wanted {
        let mut attached = case.content.attachments.iter();
        if attached.any(|attachment| attachment.att_doc_type_code.as_deref() == Some(code)) {
            continue;
        }
        let name = case.books.attachment(code, case.on);
        let (zh, en) = name.map_or(("", ""), |row| (row.name_zh.as_str(), row.name_en.as_str()));
        notice.note(
            &ATTACHMENT_MISSING,
            &At::ROOT.name(Content::attachments.name),
            format!("缺少随附单据{code}{zh}"),
            format!("document {code} is not attached: {en}"),
        );
    }
}

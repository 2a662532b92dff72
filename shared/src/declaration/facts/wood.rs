//! Wood packaging: what there is, and whether it may be trusted (domain R3, 4.8; ISPM 15).
use crate::{
    declaration::{check_digit::ippc_treatment, content::WoodPackaging, rules::Case},
    reference::Material,
};

/// What is known of a consignment's packaging.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "four independent questions of the form")]
pub(in crate::declaration) struct Wood {
    /// The block says so.
    pub(in crate::declaration) is_declared: bool,
    /// A package of a line is made of it.
    pub(in crate::declaration) is_packed_in: bool,
    /// A valid mark and the treatment it names.
    pub(in crate::declaration) is_treated: bool,
    /// One of the statements 101024 to 101026.
    pub(in crate::declaration) has_statement: bool,
    is_coniferous: bool,
}

const NOT_CONIFEROUS: &str = "101024";
pub(in crate::declaration) const STATEMENTS: [&str; 3] = [NOT_CONIFEROUS, "101025", "101026"];

impl Wood {
    pub(in crate::declaration) fn of(case: &Case<'_>) -> Self {
        let block = case.content.wood_packaging.as_ref();
        let text = |member: fn(&WoodPackaging) -> &Option<String>| member(block?).as_deref();
        let attached =
            case.content.attachments.iter().filter_map(|a| a.att_doc_type_code.as_deref());
        let statement = text(|block| &block.statement);
        let states = |code: &str| statement == Some(code);
        let is_attached = |code: &str| attached.clone().any(|attached| attached == code);
        let treatment = text(|block| &block.treatment);
        let marked = text(|block| &block.ippc_mark).and_then(ippc_treatment);
        Self {
            is_declared: block.and_then(|block| block.has_wood) == Some(true),
            is_packed_in: case.packages().any(|package| package.material == Material::Wood),
            is_treated: marked.is_some() && marked == treatment,
            has_statement: STATEMENTS.iter().any(|code| states(code) || is_attached(code)),
            // Who does not say gets the stricter factor.
            is_coniferous: block
                .and_then(|block| block.is_coniferous)
                .unwrap_or(!states(NOT_CONIFEROUS) && !is_attached(NOT_CONIFEROUS)),
        }
    }

    pub(in crate::declaration) fn is_there(self) -> bool {
        self.is_declared || self.is_packed_in
    }

    /// Always inspected: wood without mark or treatment, or without statement (domain R3).
    pub(in crate::declaration) fn is_suspect(self) -> bool {
        self.is_there() && !(self.is_treated && self.has_statement)
    }

    /// Pine pests live where it comes from.
    pub(super) fn is_pine_of_a_pest_country(self, case: &Case<'_>) -> bool {
        let origins = case.lines().filter_map(|line| line.goods.ori_ctry_code.as_deref());
        let mut countries = origins.chain(case.content.desp_ctry_code.as_deref());
        self.is_there()
            && self.is_coniferous
            && countries.any(|country| case.books.is_conifer_country(country, case.on))
    }
}

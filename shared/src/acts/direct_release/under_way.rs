use crate::{
    declaration::Declaration, direct_release::service::consignment, kernel::Failure, ledger::Tx,
};

/// Goods that go directly are cleared, voided and cancelled through their consignment alone: whoever reads their seals
/// at the other end relies on the form.
pub(in crate::acts) async fn must_not_be_under_way(
    tx: &mut Tx,
    declaration: &Declaration,
) -> Result<(), Failure> {
    match consignment::of_declaration(tx, declaration.id).await? {
        Some((id, state)) if state.is_under_way() => Err(Failure::refused(
            "direct-consignment/under-way",
            format!("these goods go directly, consignment {id}: act on that"),
        )),
        _ => Ok(()),
    }
}

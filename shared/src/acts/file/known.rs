//! Who was there before: what is filed under a reference, or holds a delivery order.
use std::collections::HashMap;

use super::{Case, Filed};
use crate::{
    declaration::{
        self,
        service::{KnownDeliveryOrder, KnownReference},
    },
    kernel::{Failure, Refusal},
    ledger::Tx,
};

/// Who was there before.
pub(super) struct Known {
    references: HashMap<(String, String), KnownReference>,
    delivery_orders: HashMap<(String, String), KnownDeliveryOrder>,
}

impl Known {
    pub(super) async fn of(tx: &mut Tx, cases: &[Case]) -> Result<Self, Failure> {
        let references: Vec<_> = cases.iter().map(Case::reference).collect();
        let orders: Vec<_> = cases.iter().filter_map(Case::delivery_order).collect();
        let references = declaration::service::known_references(tx, &references).await?;
        let orders = declaration::service::known_delivery_orders(tx, &orders).await?;
        Ok(Self {
            references: references
                .into_iter()
                .map(|one| ((one.decl_reg_no.clone(), one.ent_decl_no.clone()), one))
                .collect(),
            delivery_orders: orders
                .into_iter()
                .map(|one| ((one.direct_bureau.clone(), one.do_key.clone()), one))
                .collect(),
        })
    }

    /// The first receipt again (domain R12), a refusal, or nothing: then the filing is new.
    pub(super) fn answer(&self, case: &Case) -> Option<Filed> {
        if let Some(first) = self.references.get(&case.reference()) {
            return Some(repeated(case, first));
        }
        let order = self.delivery_orders.get(&case.delivery_order()?)?;
        Some(Filed::Refused(order_in_use(case, order)))
    }
}

fn repeated(case: &Case, first: &KnownReference) -> Filed {
    if first.content_hash == case.filing.submission.hash
        && let Ok(receipt) = serde_json::from_value(first.receipt.clone())
    {
        return Filed::Repeated(receipt);
    }
    Filed::Refused(Refusal {
        violations: case.review.findings.clone(),
        ..Refusal::new(
            "declaration/ent-decl-no-reused",
            format!(
                "this ent_decl_no was filed before with other content: declaration {0}, now {1}; \
                 correct it by POST /v1/declarations/{0}/resubmit, or file under a new reference",
                first.id,
                first.status.name(),
            ),
        )
    })
}

/// Tells everything else that is wrong too, so that the next try need not fail again (domain R2).
fn order_in_use(case: &Case, order: &KnownDeliveryOrder) -> Refusal {
    let is_own = order.decl_reg_no == case.filing.submission.content.reg_no();
    let detail = match (&order.decl_no, is_own) {
        (Some(number), true) => format!("this delivery order is declared already, as {number}"),
        (None, true) => format!("this delivery order is declared already, as {}", order.id),
        (_, false) => "this delivery order is declared already".to_owned(),
    };
    let mut violations = case.review.findings.clone();
    violations.error(
        "/delivery_order",
        "do-already-declared",
        "该提货单已申报",
        "this delivery order is declared already",
    );
    Refusal { violations, ..Refusal::new("declaration/do-already-declared", detail) }
}

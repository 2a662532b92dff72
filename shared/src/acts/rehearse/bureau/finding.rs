//! A bureau that finds fault with goods which this one let go (不合格信息通报).
use chrono::Duration;
use serde_json::Value;

use super::Stage;
use crate::{
    declaration::{self, DeclarationId},
    exchange::{Record, service::played},
    kernel::Failure,
    ledger::Tx,
    nonconformity::{
        Category, Goods, NcSeverity, Subject, SubjectKind,
        wire::{NoticeSent, SENT},
    },
};

/// What it found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The code of the bureau that found it.
    pub bureau: String,
    pub category: Category,
    pub severity: NcSeverity,
    pub finding: String,
}

/// That bureau sends a notice about the first goods of a declaration that the player may see. There is one from each bureau:
/// sent again, it is the same message again.
pub async fn play_finding(
    tx: &mut Tx,
    stage: Stage<'_>,
    id: DeclarationId,
    found: Found,
) -> Result<Record, Failure> {
    let declaration = declaration::service::read(tx, stage.player, id).await?;
    let number = declaration.number()?.to_owned();
    let content = declaration::service::version(tx, id, declaration.version).await?.content;
    let sender = found.bureau.clone();
    let last = played::last(tx, &sender, id.0).await?;
    if let Some(said) = last.filter(|last| last.kind == SENT) {
        return stage.apply(tx, &sender, said.id).await;
    }
    let today = tx.today();
    let told = NoticeSent {
        notice_no: format!("NC{sender}{}", number.get(6..).unwrap_or_default()),
        round: 1,
        port_org: sender.clone(),
        subject: Subject { kind: SubjectKind::Declaration, number },
        reg_no: declaration.decl_reg_no,
        goods: first_goods(&content),
        found_on: today,
        category: found.category,
        severity: found.severity,
        finding: found.finding,
        evidence: Vec::new(),
        ack_due_on: today + Duration::days(2),
        reply_due_on: today + Duration::days(15),
        decide_suspension_by: None,
        reopened_because: None,
    };
    let payload = serde_json::to_value(told)?;
    stage.say(tx, &sender, (SENT, id.0), payload).await
}

fn first_goods(content: &Value) -> Goods {
    let goods = &content["goods"][0];
    let text = |member: &str| goods[member].as_str().map(str::to_owned);
    Goods {
        goods_no: goods["goods_no"].as_i64().and_then(|number| i32::try_from(number).ok()),
        hs_code: text("hs_code"),
        name: text("cname").unwrap_or_else(|| "货物".to_owned()),
    }
}

//! `api lifecycle DIR` and `api rules DIR`: documents made from the code, so that they cannot disagree with it.
use std::{fs, path::Path};

use shared::{
    catalogue, clearance, credit, declaration, direct_release, handoff, identity, import,
    nonconformity, notification, payment, swap,
};

/// Each lifecycle, its title, and the ruling it follows.
fn diagrams() -> Vec<(&'static str, &'static str, String)> {
    vec![
        ("declaration", "Declaration (报检), domain R1", declaration::status::mermaid()),
        ("handoff", "Handoff (交接), domain R9", handoff::mermaid()),
        ("clearance-form", "Clearance form (通关单), domain 3.4 and R1", clearance::mermaid()),
        ("fee-notice", "Fee notice (收费通知单), domain R6", payment::status::notice::mermaid()),
        ("payment", "Payment (缴费), domain R6", payment::status::payment::mermaid()),
        ("refund", "Refund (退费), domain R10", payment::status::refund::mermaid()),
        ("transfer", "Electronic transfer (电子转单), domain R15", swap::mermaid()),
        (
            "transfer-amendment",
            "Amendment that a port asks the origin for (口岸更改征询), domain 4.4",
            swap::asked_mermaid(),
        ),
        (
            "agreement",
            "E-payment agreement (网上支付协议), domain 4.2",
            payment::status::agreement::mermaid(),
        ),
        (
            "monthly-settlement",
            "Monthly settlement (月结), domain 4.2 and R5",
            payment::status::monthly_settlement::mermaid(),
        ),
        (
            "monthly-statement",
            "Monthly statement (月结单), domain 4.2",
            payment::status::monthly_statement::mermaid(),
        ),
        (
            "eligibility",
            "Declare-anywhere eligibility (通报通放资格), domain 4.1",
            identity::eligibility::mermaid(),
        ),
        (
            "direct-enterprise",
            "Enterprise of direct release (直通放行企业), domain 4.5 and R16",
            direct_release::enterprise::mermaid(),
        ),
        (
            "credit-change",
            "Change of a credit class (信用等级调整), domain 4.6 and R10",
            credit::change::mermaid(),
        ),
        (
            "credit-recognition",
            "Recognition of a credit class (诚信互认), domain 4.6",
            credit::recognition::mermaid(),
        ),
        (
            "direct-consignment",
            "Consignment under direct release (直通放行), domain 4.5 and R16",
            direct_release::consignment::mermaid(),
        ),
        (
            "nc-notice",
            "Notice of non-conformity (不合格信息通报), domain 4.7 and R16",
            nonconformity::status::mermaid(),
        ),
        (
            "received-nc-notice",
            "The same at the origin bureau (产地局), domain 4.7",
            nonconformity::received::mermaid(),
        ),
        ("webhook-endpoint", "Webhook endpoint (推送地址)", notification::status::mermaid()),
        ("import", "Import of declarations (批量导入)", import::status::mermaid()),
    ]
}

pub(super) fn write(folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder)?;
    for (name, title, diagram) in diagrams() {
        let page = format!(
            "# {title}\n\nDrawn from the code by `cargo xtask lifecycle`.\n\n```mermaid\n{diagram}```\n"
        );
        fs::write(folder.join(format!("{name}.md")), page)?;
    }
    Ok(())
}

pub(super) fn write_rules(folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join("rules.md"), catalogue::markdown())?;
    fs::write(folder.join("fields.md"), declaration::rules::fields_markdown())?;
    fs::write(folder.join("permissions.md"), identity::permission::markdown())?;
    Ok(())
}

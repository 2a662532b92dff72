//! Who does the business: the importer and the chief at the port, and an office with its inspectors in each inland
//! bureau.
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use tokio::time::{Instant, sleep};

use crate::{
    bureaus::{Bureau, EXCHANGE, IMPORTER, SUZHOU, XIAOSHAN, flowing},
    session::Session,
    wire::Status,
    world::Post,
};

/// How soon an import must be in everybody's books.
const PATIENCE: Duration = Duration::from_mins(1);

/// An inland bureau's side.
pub(super) struct Inland {
    /// Its place among the bureaus.
    pub(super) place: usize,
    pub(super) office: &'static str,
    /// Goods that go there are inspected by its office.
    pub(super) destination: &'static str,
}

/// Tells the port who inspects where.
pub(super) async fn assemble(bureaus: &[Bureau]) -> anyhow::Result<Vec<Inland>> {
    let [port, others @ ..] = bureaus else { bail!("no bureaus") };
    let mut inland = Vec::new();
    let mut map = "kind,place,office,valid_from\n".to_owned();
    for (place, bureau) in (1..).zip(others) {
        let (office, destination) = match bureau.code.as_str() {
            "330000" => (XIAOSHAN, "330100"),
            "320000" => (SUZHOU, "320500"),
            other => bail!("no office of {other} is known here"),
        };
        map = format!("{map}DEST,{},{office},2010-01-01\n", &destination[..4]);
        inland.push(Inland { place, office, destination });
    }
    port.admin.import("inspection_office_map", &map).await.context("the map of offices")?;
    for (number, one) in (900_000_u64..).step_by(1000).zip(&inland) {
        until_drawn(port, number, one.destination).await?;
    }
    Ok(inland)
}

/// Files goods that are always drawn, and flow to that destination. Says what became of them at first.
pub(super) async fn file(port: &Bureau, number: u64, destination: &str) -> anyhow::Result<Status> {
    let mut goods = flowing(number, port.today()?)?;
    goods["dest_code"] = destination.into();
    let (receipt, _) = port.world.declarant(IMPORTER)?.file(&goods).await?;
    if receipt.status == Status::NeedsCorrection {
        let defects: Vec<_> = receipt.defects.iter().map(|one| &one.message_en).collect();
        bail!("{number} was returned: {defects:?}");
    }
    Ok(receipt.status)
}

/// Files until goods are drawn for the inland office: then its row is in the port's books.
async fn until_drawn(port: &Bureau, first: u64, destination: &str) -> anyhow::Result<()> {
    let until = Instant::now() + PATIENCE;
    for number in first.. {
        let status = file(port, number, destination).await?;
        if status == Status::Selected {
            break;
        }
        ensure!(Instant::now() < until, "goods to {destination} are {} here", status.name());
        sleep(Duration::from_millis(500)).await;
    }
    Ok(())
}

/// Who offers, recalls and offers again at the port.
pub(super) fn chief_of_the_port(bureaus: &[Bureau]) -> anyhow::Result<&Session> {
    bureaus.first().context("no port")?.who(EXCHANGE, Post::Chief)
}

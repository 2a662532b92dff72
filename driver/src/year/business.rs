//! One day's business: batches are declared, the bank debits, cashiers take the rest over the counter.
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use futures_util::{StreamExt as _, TryStreamExt as _, future::try_join_all, stream};
use serde_json::{Value, json};

use super::{
    Year,
    calendar::Day,
    order::{OFFICES, Order, Tender, Way},
};
use crate::{
    wire::{FeeNotice, Receipt},
    world::Post,
};

/// Filings under way at a time.
const AT_ONCE: usize = 24;
/// How long the bank may need for a day's debits, by the machine's clock.
const PATIENCE: Duration = Duration::from_mins(2);
const GLANCE: Duration = Duration::from_millis(50);
/// Change money of each drawer, in fen.
const FLOAT: i64 = 20_000;

/// A batch that was accepted, with its notice.
#[derive(Clone, Debug)]
pub(super) struct Filed {
    pub(super) order: Order,
    pub(super) declaration: String,
    notice: String,
    pub(super) fen: i64,
}

pub(super) fn amount(fen: i64) -> Value {
    json!({ "amount": format!("{}.{:02}", fen / 100, fen % 100), "currency": "CNY" })
}

impl Year<'_> {
    /// Declares, collects, and waits until everything is paid that the bank says something about today.
    pub(super) async fn business(&self, day: &Day) -> anyhow::Result<Vec<Filed>> {
        let online = day.online.clone().map(Order::online);
        let window = day.window.clone().map(Order::window);
        let filings = online.chain(window).map(|order| self.file(day, order));
        let filed: Vec<_> = stream::iter(filings).buffered(AT_ONCE).try_collect().await?;
        try_join_all(OFFICES.map(|office| self.window(office, &filed))).await?;
        self.wait_for_the_bank().await.with_context(|| day.date.to_string())?;
        Ok(filed)
    }

    async fn file(&self, day: &Day, order: Order) -> anyhow::Result<Filed> {
        let who = self.enterprises.iter().find(|one| one.reg_no == order.payer);
        let document = order.document(self.run, day.date, who.context("nobody pays")?);
        let (receipt, _) = self.world.declarant(&order.payer)?.file(&document).await?;
        let Some(notice) = receipt.fee_notice else {
            let Receipt { status, defects, .. } = receipt;
            bail!("a batch without a fee is {status:?}: {defects:?}");
        };
        let fen = notice.total.in_fen().context("a fee that is no amount of CNY")?;
        Ok(Filed { order, declaration: receipt.id, notice: notice.id, fen })
    }

    /// A cashier's day: the drawer is opened with change money, and closed with a count that agrees.
    async fn window(&self, office: &str, filed: &[Filed]) -> anyhow::Result<()> {
        let cashier = &self.world.officer(office, Post::Cashier)?.session;
        let shift = json!({ "window_no": 1, "float": amount(FLOAT) });
        let shift: Value = cashier.post("/v1/shifts", Some(&shift)).await.context("a shift")?;
        let mut drawer = FLOAT;
        for one in filed.iter().filter(|one| one.order.office == office) {
            let Way::Window(tender) = one.order.way else { continue };
            let laid_down = match tender {
                Tender::Cash => {
                    drawer += one.fen;
                    json!({ "channel": "CASH", "tendered": amount(one.fen) })
                }
                Tender::Pos => json!({ "channel": "POS", "slip_no": one.order.slip_no() }),
                Tender::Cheque => json!({ "channel": "CHEQUE", "slip_no": one.order.slip_no(),
                    "drawn_on": "上海浦东发展银行" }),
            };
            let path = format!("/v1/fee-notices/{}/collect", one.notice);
            let paid: FeeNotice = cashier.post(&path, Some(&laid_down)).await.context(path)?;
            anyhow::ensure!(
                paid.state == "PAID",
                "{} is {} at the window",
                paid.notice_no,
                paid.state
            );
        }
        let id = shift["id"].as_str().unwrap_or_default();
        let count = json!({ "counted": amount(drawer) });
        let closed: Value = cashier.post(&format!("/v1/shifts/{id}/close"), Some(&count)).await?;
        anyhow::ensure!(closed["state"] == "CLOSED", "a shift is not closed: {closed}");
        Ok(())
    }

    /// Until nothing is being paid, but for what the bank will only tell later.
    async fn wait_for_the_bank(&self) -> anyhow::Result<()> {
        let begun = Instant::now();
        for office in OFFICES {
            while self.is_paying(office).await? {
                if begun.elapsed() > PATIENCE {
                    bail!("payments of {office} are under way for {} s", PATIENCE.as_secs());
                }
                tokio::time::sleep(GLANCE).await;
            }
        }
        Ok(())
    }

    async fn is_paying(&self, office: &str) -> anyhow::Result<bool> {
        let officer = &self.world.officer(office, Post::Fee)?.session;
        let open: Vec<FeeNotice> = officer.list("/v1/fee-notices?state=PAYING").await?;
        Ok(open.iter().any(|notice| !self.is_slow(&notice.reg_no)))
    }

    /// Whether this payer's bank leaves payments unknown for a while.
    fn is_slow(&self, reg_no: &str) -> bool {
        self.slow.iter().any(|slow| slow == reg_no)
    }

    /// Whether any payment at all is still under way.
    pub(super) async fn is_anything_open(&self) -> anyhow::Result<bool> {
        for office in OFFICES {
            let officer = &self.world.officer(office, Post::Fee)?.session;
            for state in ["ISSUED", "OVERDUE", "PAYING"] {
                let path = format!("/v1/fee-notices?state={state}&limit=1");
                let page: Value = officer.get(&path).await?;
                if page["data"].as_array().is_some_and(|data| !data.is_empty()) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}

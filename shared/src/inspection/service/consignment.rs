//! The little that inspection needs to know of what was declared.
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::{
    declaration::{self, Declaration, Direction},
    kernel::Failure,
    ledger::Tx,
};

/// The current version, as far as it matters here.
#[derive(Deserialize)]
pub(super) struct Consignment {
    goods: Vec<Line>,
    #[serde(default)]
    containers: Vec<IgnoredAny>,
}

#[derive(Deserialize)]
struct Line {
    goods_no: i32,
}

impl Consignment {
    pub(super) async fn of(tx: &mut Tx, declaration: &Declaration) -> Result<Self, Failure> {
        let version =
            declaration::service::version(tx, declaration.id, declaration.version).await?;
        Ok(serde_json::from_value(version.content).map_err(anyhow::Error::from)?)
    }

    /// Numbers of the declared goods lines.
    pub(super) fn lines(&self) -> Vec<i32> {
        self.goods.iter().map(|line| line.goods_no).collect()
    }

    /// A container that comes in waits at the port: inspectors need to know where and when (domain R1).
    pub(super) fn needs_appointment(&self, direction: Direction) -> bool {
        direction == Direction::Inbound && !self.containers.is_empty()
    }
}

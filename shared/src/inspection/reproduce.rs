//! Repeating a draw from what was stored: proof that nobody chose (domain R3).
use chrono::NaiveDate;
use serde::Serialize;
use sqlx::PgConnection;

use super::{
    draw::{Reason, Selection, select},
    keys::DrawKeys,
    model::Stored,
    store,
};
use crate::kernel::{Failure, calendar};

/// One draw as it was stored and as it comes out again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reproduction {
    pub decl_no: String,
    /// The Shanghai day whose key decides.
    pub drawn_on: NaiveDate,
    pub key_id: String,
    /// As computed again from the stored inputs.
    pub rate_ppm: i32,
    pub draw: String,
    pub audit_draw: Option<String>,
    pub is_selected: bool,
    pub reason: Reason,
    /// What the table says otherwise; empty when all agrees.
    pub differs_in: Vec<&'static str>,
}

impl Reproduction {
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.differs_in.is_empty()
    }

    /// Compares what is stored with what came out again.
    #[must_use]
    fn of(stored: &Stored, drawn_on: NaiveDate, again: Selection) -> Self {
        let kept = &stored.selection;
        let comparisons = [
            ("rate_ppm", kept.rate == again.rate),
            ("draw", kept.draw == again.draw),
            ("audit_draw", kept.audit_draw == again.audit_draw),
            ("key_id", kept.key_id == again.key_id),
            ("reason", kept.reason == again.reason),
            ("is_selected", stored.is_selected == again.is_selected()),
            ("is_mandatory", stored.is_mandatory == again.is_mandatory()),
        ];
        let differing = comparisons.into_iter().filter(|(_, agrees)| !agrees);
        Self {
            decl_no: stored.decl_no.clone(),
            drawn_on,
            rate_ppm: again.rate.ppm(),
            draw: again.draw.to_string(),
            audit_draw: again.audit_draw.map(|draw| draw.to_string()),
            is_selected: again.is_selected(),
            reason: again.reason,
            differs_in: differing.map(|(name, _)| name).collect(),
            key_id: again.key_id,
        }
    }
}

/// Draws `decl_no` once more, with the stored inputs and the key of its day, and compares.
pub async fn reproduce(
    conn: &mut PgConnection,
    keys: &DrawKeys,
    decl_no: &str,
) -> Result<Reproduction, Failure> {
    let stored = store::selection::find(conn, None, Some(decl_no)).await?;
    let stored = stored.ok_or(Failure::Missing("draw of that number"))?;
    let drawn_on = calendar::day_of(stored.drawn_at);
    let key = keys.of_day(drawn_on).map_err(anyhow::Error::from)?;
    let again = select(key, decl_no, stored.selection.inputs.clone());
    Ok(Reproduction::of(&stored, drawn_on, again))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        declaration::DeclarationId,
        inspection::draw::{Factor, Inputs, Rate},
    };

    const NUMBER: &str = "310900114000124";

    fn keys() -> DrawKeys {
        DrawKeys::parse("2004-04-01 fixture anyport-fixture-1667").unwrap()
    }

    fn wine(keys: &DrawKeys) -> Stored {
        let factor = |value: &str| Factor::new(value.parse().unwrap(), "test");
        let inputs = Inputs {
            purpose: crate::inspection::draw::Purpose::Select,
            base: factor("0.30"),
            credit: factor("0.5"),
            origin: factor("1"),
            packaging: factor("1"),
            mandatory: None,
            is_inherited: false,
            audit: Rate::AUDIT,
        };
        let key = keys.of_day(NaiveDate::MAX).unwrap();
        Stored {
            declaration: DeclarationId(uuid::Uuid::nil()),
            decl_no: NUMBER.into(),
            drawn_at: chrono::DateTime::UNIX_EPOCH,
            selection: select(key, NUMBER, inputs),
            is_selected: true,
            is_mandatory: false,
        }
    }

    fn again(stored: &Stored) -> Reproduction {
        let keys = keys();
        let key = keys.of_day(NaiveDate::MAX).unwrap();
        let again = select(key, &stored.decl_no, stored.selection.inputs.clone());
        Reproduction::of(stored, NaiveDate::MAX, again)
    }

    #[test]
    fn a_draw_comes_out_as_it_was_stored() {
        let reproduction = again(&wine(&keys()));

        assert!(reproduction.agrees());
        assert_eq!(reproduction.draw, "14615b065293e3d1");
        assert_eq!(reproduction.rate_ppm, 150_000);
    }

    #[test]
    fn whoever_tampered_with_a_draw_is_found_out() {
        let mut stored = wine(&keys());
        stored.is_selected = false;
        stored.selection.reason = Reason::NotDrawn;
        assert_eq!(again(&stored).differs_in, ["reason", "is_selected"]);

        let mut stored = wine(&keys());
        stored.selection.inputs.credit.value = "0".parse().unwrap();
        assert_eq!(again(&stored).differs_in, ["rate_ppm", "audit_draw", "reason", "is_selected"]);

        let other = DrawKeys::parse("2004-04-01 other anyport-fixture-1668").unwrap();
        assert!(again(&wine(&other)).differs_in.starts_with(&["draw", "key_id"]));
    }
}

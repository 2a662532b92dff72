//! What an ERP knows of a consignment besides the goods, and the file does not tell: a profile.
use chrono::{NaiveDate, TimeDelta};
use serde::Deserialize;
use serde_json::Value;

/// The profile that is used where no other is named.
pub(crate) const DEFAULT: &str = include_str!("../../profiles/default.json");

/// Everything about a declaration that is no fact of the goods.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Profile {
    /// Who declares, and receives the goods.
    pub(crate) enterprise: Enterprise,
    pub(crate) contact: Contact,
    /// Offices and places; the lines of the file take them in turn.
    pub(crate) routes: Vec<Route>,
    pub(crate) decl_code: String,
    pub(crate) trade_mode_code: String,
    /// Use of the goods (用途).
    pub(crate) purpose: String,
    /// Where the file does not say from where the goods were sent.
    pub(crate) dispatch_country: String,
    pub(crate) dispatch_port: String,
    /// Days between dispatch and declaration.
    pub(crate) days_at_sea: i64,
    /// Days from declaration to arrival.
    pub(crate) days_to_arrival: i64,
    /// Vessel, flight or vehicle, where the file names none.
    pub(crate) conveyance: String,
    pub(crate) voyage: String,
    /// Size and type of containers, as booked with the carrier; leave it out and they stay without.
    pub(crate) container_spec: Option<String>,
    /// The block on wood packaging, as it is sent.
    pub(crate) wood_packaging: Value,
}

/// An enterprise that declares for itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Enterprise {
    pub(crate) reg_no: String,
    pub(crate) name_zh: String,
    pub(crate) name_en: String,
    pub(crate) address: String,
    pub(crate) credit_class: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Contact {
    pub(crate) name: String,
    pub(crate) telephone: String,
}

/// Where goods are declared, enter, lie and are released.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Route {
    pub(crate) decl_org: String,
    pub(crate) release_org: String,
    pub(crate) enty_port_code: String,
    pub(crate) dest_code: String,
    pub(crate) goods_place: String,
}

impl Profile {
    /// Reads a profile; the error says what is wrong with it.
    pub(crate) fn parse(text: &str) -> anyhow::Result<Self> {
        let profile: Self = serde_json::from_str(text)?;
        anyhow::ensure!(!profile.routes.is_empty(), "a profile needs at least one route");
        let days = [profile.days_at_sea, profile.days_to_arrival];
        anyhow::ensure!(days.iter().all(|days| (0..=3650).contains(days)), "days are 0 to 3650");
        Ok(profile)
    }

    /// The route of a line of the file.
    pub(crate) fn route(&self, line: usize) -> &Route {
        &self.routes[line % self.routes.len()]
    }

    pub(crate) fn dispatched_on(&self, today: NaiveDate) -> NaiveDate {
        today - TimeDelta::days(self.days_at_sea)
    }

    pub(crate) fn arrives_on(&self, today: NaiveDate) -> NaiveDate {
        today + TimeDelta::days(self.days_to_arrival)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_profile_can_be_read_and_its_routes_rotate() {
        let profile = Profile::parse(DEFAULT).unwrap();
        let count = profile.routes.len();
        assert!(count > 1);
        assert_eq!(profile.route(1).decl_org, profile.route(1 + count).decl_org);
    }

    #[test]
    fn a_profile_without_a_route_or_with_an_unknown_member_is_refused() {
        let mut profile: Value = serde_json::from_str(DEFAULT).unwrap();
        profile["colour"] = "red".into();
        assert!(Profile::parse(&profile.to_string()).is_err());
        profile.as_object_mut().unwrap().remove("colour");
        profile["routes"] = Value::Array(Vec::new());
        assert!(Profile::parse(&profile.to_string()).is_err());
    }
}

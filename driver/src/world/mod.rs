//! The demo world: offices with their staff, enterprises, an agent. Set up once, found again ever after.
mod declarants;
mod offices;
mod roll;

use std::{collections::BTreeMap, path::Path, sync::Arc};

use anyhow::Context as _;
use serde_json::json;

pub(crate) use declarants::{Enterprise, Proof, Settlement};
pub(crate) use offices::{OFFICES, Place, Post, name_of, place};

use crate::{
    client::Server,
    keys::Keys,
    session::{Credential, Session},
    wire::Agreement,
};

/// Whom a bureau needs.
pub(crate) struct Cast<'a> {
    pub(crate) offices: &'a [Place],
    /// Who is wanted at which of them.
    pub(crate) posts: Vec<(&'static str, Post)>,
    pub(crate) enterprises: &'a [Enterprise],
    /// The office that reviews applications and records agreements.
    pub(crate) front_office: &'static str,
}

impl<'a> Cast<'a> {
    /// Shanghai: every office of the demo with its usual posts.
    pub(crate) fn of_shanghai(enterprises: &'a [Enterprise]) -> Self {
        let posts = OFFICES.iter().flat_map(|office| Post::USUAL.map(|post| (office.code, post)));
        Self { offices: &OFFICES, posts: posts.collect(), enterprises, front_office: "310900" }
    }
}

/// Whoever may be asked to act.
pub(crate) struct World {
    pub(crate) server: Arc<Server>,
    pub(crate) keys: Keys,
    front_office: &'static str,
    officers: BTreeMap<(String, Post), Officer>,
    declarants: BTreeMap<String, Session>,
}

/// A member of an office's staff.
pub(crate) struct Officer {
    pub(crate) id: String,
    pub(crate) session: Session,
}

/// The administrator whom `api admin create` made.
const ADMINISTRATOR: &str = "admin";

/// The administrator, signed in.
pub(crate) async fn administrator(
    server: &Arc<Server>,
    password_file: &Path,
) -> anyhow::Result<Session> {
    let password = std::fs::read_to_string(password_file)
        .with_context(|| format!("reading {}", password_file.display()))?;
    let login = ADMINISTRATOR.to_owned();
    let password = password.trim_end_matches(['\r', '\n']).to_owned();
    let admin = Session::new(server, Credential::Password { login, password });
    admin.sign_in().await.context("signing in as the administrator")?;
    Ok(admin)
}

impl World {
    /// Finds the world, and makes what is missing of it.
    pub(crate) async fn ensure(
        server: &Arc<Server>,
        password_file: &Path,
        keys: Keys,
        enterprises: &[Enterprise],
    ) -> anyhow::Result<Self> {
        let admin = administrator(server, password_file).await?;
        Self::of(&admin, keys, &Cast::of_shanghai(enterprises)).await
    }

    /// Finds or makes the people of a bureau whose administrator this is.
    pub(crate) async fn of(admin: &Session, keys: Keys, cast: &Cast<'_>) -> anyhow::Result<Self> {
        let organisations = roll::organisations(admin, cast).await?;
        let officers = roll::officers(admin, &organisations, &keys, &cast.posts).await?;
        let enterprises = cast.enterprises;
        let declarants = roll::declarants(admin, &organisations, &keys, enterprises).await?;
        let (server, front_office) = (Arc::clone(admin.server()), cast.front_office);
        let world = Self { server, keys, front_office, officers, declarants };
        declarants::empower(&world, admin, enterprises).await.context("powers of attorney")?;
        declarants::make_eligible(&world, enterprises).await.context("eligibility")?;
        declarants::settle_agreements(&world, enterprises).await.context("agreements")?;
        Ok(world)
    }

    /// Who fills a post at an office.
    pub(crate) fn officer(&self, office: &str, post: Post) -> anyhow::Result<&Officer> {
        self.officers
            .get(&(office.to_owned(), post))
            .with_context(|| format!("nobody of office {office} is {}", post.login(office)))
    }

    /// The client of an enterprise or agent.
    pub(crate) fn declarant(&self, reg_no: &str) -> anyhow::Result<&Session> {
        self.declarants.get(reg_no).with_context(|| format!("no client of {reg_no}"))
    }

    /// Puts another agreement in the place of a payer's.
    pub(crate) async fn change_agreement(
        &self,
        reg_no: &str,
        settlement: Settlement,
    ) -> anyhow::Result<Agreement> {
        let officer = &self.officer(self.front_office, Post::Fee)?.session;
        let agreements = officer.agreements().await?;
        let live = agreements.iter().find(|one| one.reg_no == reg_no && one.state != "ENDED");
        if let Some(live) = live {
            officer.end_agreement(&live.id, "换签新协议").await?;
        }
        let today = self.server.clock.today()?;
        let terms = json!({
            "reg_no": reg_no, "account_token": settlement.account(reg_no), "signed_on": today,
            "single_limit": { "amount": "1000000.00", "currency": "CNY" },
            "daily_limit": { "amount": "100000000.00", "currency": "CNY" },
            "credit_settlement": settlement.is_monthly(), "auto_debit": settlement.is_automatic(),
        });
        let agreement = officer.sign_agreement(&terms).await?;
        if settlement.is_monthly() {
            self.settle_monthly(reg_no).await?;
        }
        Ok(agreement)
    }

    /// The duty chief lets a payer settle monthly, unless it does already: up to more than a demo comes to.
    async fn settle_monthly(&self, reg_no: &str) -> anyhow::Result<()> {
        let chief = &self.officer(self.front_office, Post::Chief)?.session;
        let settlements = chief.monthly_settlements().await?;
        if !settlements.iter().any(|one| one.reg_no == reg_no && one.state != "ENDED") {
            let limit = json!({ "amount": "100000000.00", "currency": "CNY" });
            let wanted = json!({ "reg_no": reg_no, "credit_limit": limit });
            chief.grant_monthly_settlement(&wanted).await?;
        }
        Ok(())
    }
}

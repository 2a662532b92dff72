//! Enterprises and the agent: who they are, who may declare for them, how they pay.
use anyhow::Context as _;
use chrono::{Months, NaiveDate};

use super::{Post, World};
use crate::session::Session;

/// An enterprise or agent of the demo world; all of them are made up.
#[derive(Clone, Debug)]
pub(crate) struct Enterprise {
    pub(crate) reg_no: String,
    pub(crate) name_zh: String,
    pub(crate) name_en: String,
    pub(crate) address: String,
    pub(crate) credit_class: String,
    /// May declare anywhere (通报通放).
    pub(crate) anywhere: bool,
    /// The agent that may declare for it.
    pub(crate) agent: Option<String>,
    pub(crate) settlement: Option<Settlement>,
    pub(crate) proof: Proof,
}

/// How its client proves itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    Secret,
    Key,
}

impl Enterprise {
    /// By the fifth digit of the registration number (domain 1.3).
    pub(crate) fn is_agent(&self) -> bool {
        self.reg_no.as_bytes().get(4) == Some(&b'9')
    }
}

/// How its fees are paid, and what its bank makes of that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Settlement {
    /// Each notice is debited as soon as it is issued.
    Automatic,
    /// The enterprise pays each notice itself, online.
    Online,
    /// Debited automatically, and refused: there is not enough money.
    Refused,
    /// Debited automatically; the bank's answer gets lost, and only a query finds out what happened.
    Unknown,
    /// Settled at the end of the month.
    Monthly,
    /// Debited automatically, at an account that behaves in one of the sandbox bank's ways.
    Behaving(&'static str),
}

impl Settlement {
    /// The account's token: the sandbox bank behaves as it says.
    pub(super) fn account(self, reg_no: &str) -> String {
        let behaviour = match self {
            Self::Automatic | Self::Online | Self::Monthly => "ok",
            Self::Refused => "refuse",
            Self::Unknown => "unknown",
            Self::Behaving(behaviour) => behaviour,
        };
        format!("acct-{behaviour}-{reg_no}")
    }

    pub(super) const fn is_monthly(self) -> bool {
        matches!(self, Self::Monthly)
    }

    pub(super) const fn is_automatic(self) -> bool {
        matches!(self, Self::Automatic | Self::Refused | Self::Unknown | Self::Behaving(_))
    }
}

/// Sees to it that each agent may declare for those who chose it.
pub(super) async fn empower(
    world: &World,
    admin: &Session,
    enterprises: &[Enterprise],
) -> anyhow::Result<()> {
    let today = world.server.clock.today()?;
    for enterprise in enterprises {
        let Some(agent) = &enterprise.agent else { continue };
        let powers = admin.powers_of_attorney(agent).await?;
        let stands = powers.iter().any(|power| {
            power.agent_code == *agent
                && power.enterprise_code == enterprise.reg_no
                && power.revoked_at.is_none()
                && power.valid_from <= today
                && power.valid_to >= today
        });
        if !stands {
            let days = (today, years_after(today, 2)?);
            let own = world.declarant(&enterprise.reg_no)?;
            own.grant_power_of_attorney(agent, &enterprise.reg_no, days).await?;
        }
    }
    Ok(())
}

fn years_after(day: NaiveDate, years: u32) -> anyhow::Result<NaiveDate> {
    day.checked_add_months(Months::new(12 * years)).context("a day beyond the calendar")
}

/// Each applies, an officer takes the application up, the duty chief approves.
pub(super) async fn make_eligible(world: &World, enterprises: &[Enterprise]) -> anyhow::Result<()> {
    let officer = world.officer(world.front_office, Post::Acceptance)?;
    let chief = world.officer(world.front_office, Post::Chief)?;
    let known = officer.session.eligibilities().await?;
    for enterprise in enterprises.iter().filter(|enterprise| enterprise.anywhere) {
        let found = known
            .iter()
            .find(|one| one.enterprise_code == enterprise.reg_no && one.status != "REMOVED");
        let (id, status) = if let Some(one) = found {
            (one.id.clone(), one.status.clone())
        } else {
            let new = world.declarant(&enterprise.reg_no)?.apply_for_eligibility().await?;
            (new.id, new.status)
        };
        if status == "APPLIED" {
            officer.session.review_eligibility(&id).await?;
        }
        if matches!(status.as_str(), "APPLIED" | "UNDER_REVIEW") {
            chief.session.approve_eligibility(&id).await?;
        }
    }
    Ok(())
}

/// Sees to it that each payer has the agreement that the demo needs; one of a former run is replaced where its
/// terms are others.
pub(super) async fn settle_agreements(
    world: &World,
    enterprises: &[Enterprise],
) -> anyhow::Result<()> {
    let officer = world.officer(world.front_office, Post::Fee)?;
    let known = officer.session.agreements().await?;
    for enterprise in enterprises {
        let Some(settlement) = enterprise.settlement else { continue };
        let account = settlement.account(&enterprise.reg_no);
        let fits = known.iter().any(|one| {
            one.reg_no == enterprise.reg_no
                && one.state == "ACTIVE"
                && one.account_token == account
                && one.credit_settlement == settlement.is_monthly()
                && one.auto_debit == settlement.is_automatic()
        });
        if !fits {
            world.change_agreement(&enterprise.reg_no, settlement).await?;
        }
    }
    Ok(())
}

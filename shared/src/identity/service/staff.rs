//! Staff accounts, and signing in.
use sqlx::PgConnection;

use super::organisation;
use crate::{
    identity::{
        OrganisationId, Roles, Staff, StaffId, event, organisation as org, password,
        staff::{Draft, Input, Proof, SignIn, StaffState, TRIES_BEFORE_LOCK, is_login},
        store::{self, staff::NewStaff},
    },
    kernel::{Actor, Failure, OrganisationKind, Page, PageRequest, Role, Standing},
    ledger::Tx,
};

/// Which staff to list.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub organisation_code: Option<String>,
    pub login: Option<String>,
    pub state: Option<StaffState>,
}

/// Checks a new member of staff against its organisation. What comes back still needs its password hashed.
pub async fn draft(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    input: Input,
) -> Result<Draft, Failure> {
    let organisation = organisation::get(conn, organisation).await?;
    Ok(Draft::parse(input, organisation.kind)?)
}

pub async fn create(
    tx: &mut Tx,
    actor: &Actor,
    organisation: OrganisationId,
    draft: &Draft,
    password_hash: &str,
) -> Result<Staff, Failure> {
    let (id, now) = (StaffId::mint(tx.now), tx.now);
    let new = NewStaff { id, organisation, draft, password_hash };
    store::staff::insert(tx, new, now).await.map_err(|error| {
        if store::breaks(&error, "staff_login_key") {
            return Failure::refused("identity/login-taken", "somebody has this login");
        }
        error.into()
    })?;

    tx.record(actor, &event::StaffCreated { staff: id })?;
    get(tx, id).await
}

/// Whoever stands in for the officers of an office in test mode: every role of an office in one person, whom no
/// password lets in. There are several, since some acts need two.
pub async fn stand_in(tx: &mut Tx, office: &str, which: i32) -> Result<Actor, Failure> {
    let known = store::organisation::find_by_code(tx, office).await?;
    let of_ours = known.filter(|known| known.kind == OrganisationKind::BureauOffice);
    let organisation = of_ours.ok_or(Failure::Missing("office"))?;
    let login = format!("stand-in-{which}.{office}");
    let staff = if let Some(known) = store::staff::sign_in(tx, &login).await? {
        known.staff
    } else {
        let draft = Draft::stand_in(login);
        create(tx, &Actor::system(), organisation.id, &draft, "").await?.id
    };
    let (organisation, code) = (organisation.id.0, organisation.code);
    let kind = OrganisationKind::BureauOffice;
    let standing = Standing::Member { kind, organisation, code, is_staff: true };
    Ok(Actor { id: Some(staff.0), standing, roles: Role::of_offices() })
}

/// Whether an administrator of that login had to be created.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirstAdministrator {
    Created(StaffId),
    /// Somebody has the login; nothing was changed, not even the password.
    Exists,
}

/// The bureau's head office (domain 1.2).
const HEAD_OFFICE: &str = "310000";

/// Lets the first administrator in, and founds the head office (上海局) where it does not stand yet.
/// The slow hashing happens here: this is for a command, not for a server.
pub async fn create_first_administrator(
    tx: &mut Tx,
    login: &str,
    password: &str,
) -> Result<FirstAdministrator, Failure> {
    let input = Input {
        login: login.to_owned(),
        name: login.to_owned(),
        roles: vec![Role::Administrator],
        password: password.to_owned(),
    };
    let draft = Draft::parse(input, OrganisationKind::BureauOffice)?;
    if store::staff::sign_in(tx, login).await?.is_some() {
        return Ok(FirstAdministrator::Exists);
    }
    let office = match store::organisation::find_by_code(tx, HEAD_OFFICE).await? {
        Some(office) => office,
        None => organisation::create(tx, &Actor::system(), head_office(tx)).await?,
    };
    let hash = password::hash(password, &mut password::Memory::default())?;
    let staff = create(tx, &Actor::system(), office.id, &draft, &hash).await?;
    Ok(FirstAdministrator::Created(staff.id))
}

fn head_office(tx: &Tx) -> org::Input {
    org::Input {
        kind: OrganisationKind::BureauOffice,
        code: HEAD_OFFICE.to_owned(),
        name_zh: "上海出入境检验检疫局".to_owned(),
        name_en: Some("Shanghai Entry-Exit Inspection and Quarantine Bureau".to_owned()),
        registered_on: tx.today(),
        credit_class: None,
        black_listed: false,
    }
}

/// May not sign in any more; tokens die within half a minute.
pub async fn disable(tx: &mut Tx, actor: &Actor, id: StaffId) -> Result<Staff, Failure> {
    if actor.id == Some(id.0) {
        return Err(Failure::refused("identity/not-oneself", "this is your own account"));
    }
    if lock(tx, id).await?.state == StaffState::Active {
        let now = tx.now;
        store::staff::set_state(tx, id, StaffState::Disabled, now).await?;
        tx.record(actor, &event::StaffDisabled { staff: id })?;
    }
    get(tx, id).await
}

pub async fn enable(tx: &mut Tx, actor: &Actor, id: StaffId) -> Result<Staff, Failure> {
    if lock(tx, id).await?.state == StaffState::Disabled {
        let now = tx.now;
        store::staff::set_state(tx, id, StaffState::Active, now).await?;
        tx.record(actor, &event::StaffEnabled { staff: id })?;
    }
    get(tx, id).await
}

/// Opens an account that wrong passwords have locked.
pub async fn unlock(tx: &mut Tx, actor: &Actor, id: StaffId) -> Result<Staff, Failure> {
    let was_locked = lock(tx, id).await?.locked_at.is_some();
    let now = tx.now;
    store::staff::unlock(tx, id, now).await?;
    if was_locked {
        tx.record(actor, &event::StaffUnlocked { staff: id })?;
    }
    get(tx, id).await
}

/// A new password, set by an administrator. Does not open a locked account.
pub async fn reset_password(
    tx: &mut Tx,
    actor: &Actor,
    id: StaffId,
    password: &str,
    password_hash: &str,
) -> Result<Staff, Failure> {
    let staff = lock(tx, id).await?;
    password::faults(password, &staff.login).finish(Some(()))?;
    let now = tx.now;
    store::staff::set_password(tx, id, password_hash, now).await?;
    tx.record(actor, &event::StaffPasswordReset { staff: id })?;
    get(tx, id).await
}

async fn lock(tx: &mut Tx, id: StaffId) -> Result<Staff, Failure> {
    let staff = store::staff::lock(tx, id).await?.ok_or(Failure::Missing("staff"))?;
    tx.must_be_current(staff.revision())?;
    Ok(staff)
}

pub async fn get(conn: &mut PgConnection, id: StaffId) -> Result<Staff, Failure> {
    store::staff::find(conn, id).await?.ok_or(Failure::Missing("staff"))
}

pub async fn list(
    conn: &mut PgConnection,
    filter: &Filter,
    page: PageRequest,
) -> Result<Page<Staff>, Failure> {
    Ok(Page::cut(store::staff::list(conn, filter, page).await?, page))
}

/// Who might be signing in. The slow comparison follows, without a connection in hand.
pub async fn begin_sign_in(
    conn: &mut PgConnection,
    login: &str,
) -> Result<Option<SignIn>, Failure> {
    if !is_login(login) {
        return Ok(None);
    }
    Ok(store::staff::sign_in(conn, login).await?)
}

/// Lets somebody in, or counts a wrong try. `None` tells nobody why: unknown, wrong, locked and disabled look
/// the same from outside. Commit either way, or wrong tries are not counted.
pub async fn conclude_sign_in(
    tx: &mut Tx,
    attempt: &SignIn,
    proof: Proof,
) -> Result<Option<Actor>, Failure> {
    let Some(account) = store::staff::lock_account(tx, attempt.staff).await? else {
        return Ok(None);
    };
    // A password that was changed while we compared proves nothing.
    let proof = if account.password_hash == attempt.password_hash { proof } else { Proof::Wrong };
    if account.locked_at.is_some() || !account.is_active {
        return Ok(None);
    }
    let actor = account.actor();
    match proof {
        Proof::Right => {
            if account.failed_tries > 0 {
                store::staff::count_tries(tx, account.id, 0, None).await?;
            }
            tx.record(&actor, &event::StaffSignedIn { staff: account.id })?;
            Ok(Some(actor))
        }
        Proof::Wrong => {
            let tries = account.failed_tries + 1;
            let locked_at = (tries >= TRIES_BEFORE_LOCK).then_some(tx.now);
            store::staff::count_tries(tx, account.id, tries, locked_at).await?;
            if locked_at.is_some() {
                tx.record(&Actor::system(), &event::StaffLocked { staff: account.id })?;
            }
            Ok(None)
        }
    }
}

/// The roles of a colleague.
pub(super) async fn roles_of(
    conn: &mut PgConnection,
    id: StaffId,
) -> Result<Option<Roles>, Failure> {
    Ok(store::staff::find(conn, id).await?.map(|staff| staff.roles))
}

//! Organisations, their people and their clients: looked up, and entered where they are missing.
use std::collections::BTreeMap;

use anyhow::Context as _;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Cast, Enterprise, Officer, Post, declarants::Proof};
use crate::{
    keys::{Keys, new_key_pair, public_of, random_hex},
    session::{Credential, Session},
    wire::Client,
};

/// Passwords by login.
const STAFF_FILE: &str = "demo-staff.json";
/// Clients by registration number.
const CLIENT_FILE: &str = "demo-clients.json";
/// What the demo's clients are called on the server.
const CLIENT_NAME: &str = "Anyport demo";
/// Hashing a password takes a core for a while.
const AT_ONCE: usize = 4;

/// Ids by office code or registration number.
pub(super) type Organisations = BTreeMap<String, String>;

pub(super) async fn organisations(
    admin: &Session,
    cast: &Cast<'_>,
) -> anyhow::Result<Organisations> {
    let known = admin.organisations().await.context("listing organisations")?;
    let mut ids: Organisations = known.into_iter().map(|one| (one.code, one.id)).collect();
    let offices = cast.offices.iter().map(|office| {
        json!({ "kind": "BUREAU_OFFICE", "code": office.code, "name_zh": office.name_zh,
            "name_en": format!("{} CIQ", office.name_en), "registered_on": "2004-04-01" })
    });
    let others = cast.enterprises.iter().map(|enterprise| {
        let kind = if enterprise.is_agent() { "DECLARING_AGENT" } else { "ENTERPRISE" };
        json!({ "kind": kind, "code": enterprise.reg_no, "name_zh": enterprise.name_zh,
            "name_en": enterprise.name_en, "registered_on": "2010-03-01",
            "credit_class": enterprise.credit_class })
    });
    for wanted in offices.chain(others) {
        let code = wanted["code"].as_str().unwrap_or_default();
        if !ids.contains_key(code) {
            let made = admin.create_organisation(&wanted).await.with_context(|| code.to_owned())?;
            ids.insert(made.code, made.id);
        }
    }
    Ok(ids)
}

/// Passwords are written down before they are set: whatever breaks off in between, the next run goes on.
pub(super) async fn officers(
    admin: &Session,
    organisations: &Organisations,
    keys: &Keys,
    posts: &[(&'static str, Post)],
) -> anyhow::Result<BTreeMap<(String, Post), Officer>> {
    let known = admin.staff().await.context("listing staff")?;
    let known: BTreeMap<_, _> = known.into_iter().map(|one| (one.login, one.id)).collect();
    let mut passwords: BTreeMap<String, String> = keys.read_json(STAFF_FILE)?;
    let kept = passwords.clone();
    for (office, post) in posts {
        passwords.entry(post.login(office)).or_insert_with(|| random_hex(16));
    }
    keys.write_json(STAFF_FILE, &passwords)?;

    let fill = async |(office, post): (&str, Post)| {
        let login = post.login(office);
        let password = passwords.get(&login).cloned().unwrap_or_default();
        let id = if let Some(id) = known.get(&login) {
            if !kept.contains_key(&login) {
                admin.reset_password(id, &password).await?;
            }
            id.clone()
        } else {
            let organisation = organisations.get(office).context("an office is missing")?;
            let staff = json!({ "organisation_id": organisation, "login": login,
                "name": post.name(), "roles": [post.role()], "password": password });
            admin.create_staff(&staff).await.with_context(|| login.clone())?.id
        };
        let session = Session::new(admin.server(), Credential::Password { login, password });
        anyhow::Ok(((office.to_owned(), post), Officer { id, session }))
    };
    stream::iter(posts.to_vec()).map(fill).buffer_unordered(AT_ONCE).try_collect().await
}

/// What is kept of a client: its id, and its secret unless it has a key.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Kept {
    client_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
}

pub(super) async fn declarants(
    admin: &Session,
    organisations: &Organisations,
    keys: &Keys,
    enterprises: &[Enterprise],
) -> anyhow::Result<BTreeMap<String, Session>> {
    let mut known = admin.clients().await.context("listing clients")?;
    known.retain(|client| client.name == CLIENT_NAME && client.state == "ACTIVE");
    let mut all: BTreeMap<String, Kept> = keys.read_json(CLIENT_FILE)?;
    let mut sessions = BTreeMap::new();
    for enterprise in enterprises {
        let reg_no = &enterprise.reg_no;
        let there = known.iter().find(|client| client.organisation_code == *reg_no);
        let kept = all.get(reg_no).filter(|kept| there.is_some_and(|one| one.id == kept.client_id));
        let organisation = organisations.get(reg_no).context("an enterprise is missing")?;
        let credential = match (enterprise.proof, kept.cloned()) {
            (Proof::Secret, Some(Kept { client_id, client_secret: Some(secret) })) => {
                Credential::Secret { client_id, secret }
            }
            (Proof::Secret, _) => {
                let (client_id, secret) = new_secret(admin, organisation, there).await?;
                let kept =
                    Kept { client_id: client_id.clone(), client_secret: Some(secret.clone()) };
                all.insert(reg_no.clone(), kept);
                keys.write_json(CLIENT_FILE, &all)?;
                Credential::Secret { client_id, secret }
            }
            (Proof::Key, kept) => {
                let private = own_key(keys, reg_no)?;
                let client_id = match kept {
                    Some(kept) => kept.client_id,
                    None => with_key(admin, organisation, there, &public_of(&private)?).await?,
                };
                let kept = Kept { client_id: client_id.clone(), client_secret: None };
                all.insert(reg_no.clone(), kept);
                keys.write_json(CLIENT_FILE, &all)?;
                Credential::Key { client_id, private }
            }
        };
        sessions.insert(reg_no.clone(), Session::new(admin.server(), credential));
    }
    Ok(sessions)
}

/// The secret is shown once: where a client is there but its secret is not kept here, it gets a new one.
async fn new_secret(
    admin: &Session,
    organisation: &str,
    there: Option<&Client>,
) -> anyhow::Result<(String, String)> {
    let issued = if let Some(client) = there {
        admin.rotate_client(&client.id, None).await?
    } else {
        let client = json!({ "organisation_id": organisation, "name": CLIENT_NAME,
                "auth_method": "client_secret_basic", "roles": ["declarant"] });
        admin.create_client(&client).await?
    };
    // A repeated answer holds no secret: it is shown once, and that one got lost on the line.
    let issued = match issued.client_secret {
        Some(_) => issued,
        None => admin.rotate_client(&issued.client.id, None).await?,
    };
    Ok((issued.client.id, issued.client_secret.context("a client without its secret")?))
}

async fn with_key(
    admin: &Session,
    organisation: &str,
    there: Option<&Client>,
    public: &str,
) -> anyhow::Result<String> {
    let issued = if let Some(client) = there {
        admin.rotate_client(&client.id, Some(public)).await?
    } else {
        let client = json!({ "organisation_id": organisation, "name": CLIENT_NAME,
                "auth_method": "private_key_jwt", "public_key": public, "roles": ["declarant"] });
        admin.create_client(&client).await?
    };
    Ok(issued.client.id)
}

fn own_key(keys: &Keys, reg_no: &str) -> anyhow::Result<String> {
    let name = format!("demo-{reg_no}.pem");
    if let Some(private) = keys.read(&name)? {
        return Ok(private);
    }
    let (private, _) = new_key_pair()?;
    keys.write(&name, &private)?;
    Ok(private)
}

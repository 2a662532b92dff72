//! Who does the business: an enterprise and a chief at the port, and an inspecting office with its people in each
//! inland bureau.
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use reqwest::{Method, header::CONTENT_TYPE};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::{
    bureaus::Bureau,
    client::Server,
    demo::{Consignment, PLAIN_DECLARANT, consignments, enterprises},
    keys::random_hex,
    session::{Credential, Session},
    wire::Status,
    world::Enterprise,
};

/// Where cases are declared, and where they come home to for their release. Its policy is to accept by itself.
const PORT_OFFICE: &str = "310900";
/// How soon an import must be in everybody's books.
const PATIENCE: Duration = Duration::from_secs(20);

/// The port's side.
pub(super) struct Port {
    pub(super) chief: Session,
    declarant: Session,
    model: Consignment,
    who: Vec<Enterprise>,
}

/// An inland bureau's side.
pub(super) struct Inland {
    /// Its place among the bureaus.
    pub(super) place: usize,
    /// Goods that go there are inspected by its office.
    pub(super) destination: &'static str,
    pub(super) chief: Session,
    pub(super) inspectors: [Session; 2],
    pub(super) second_inspector: String,
}

/// Sees to it that everybody is there, and that the port knows who inspects where.
pub(super) async fn assemble(bureaus: &[Bureau]) -> anyhow::Result<(Port, Vec<Inland>)> {
    let [port, inland @ ..] = bureaus else { bail!("no bureaus") };
    let home = Port::open(port).await?;
    let mut all = Vec::new();
    let mut map = "kind,place,office,valid_from\n".to_owned();
    for (place, bureau) in (1..).zip(inland) {
        let (office, name, destination) = office_of(&bureau.code)?;
        all.push(Inland::open(bureau, place, (office, name), destination).await?);
        let district = &destination[..4];
        map = format!("{map}DEST,{district},{office},2010-01-01\n");
    }
    import(&port.admin, "inspection_office_map", map).await?;
    for one in &all {
        home.until_drawn(one.destination).await?;
    }
    Ok((home, all))
}

/// The office that inspects, its name, and a destination in its district.
fn office_of(bureau: &str) -> anyhow::Result<(&'static str, &'static str, &'static str)> {
    Ok(match bureau {
        "330000" => ("330900", "萧山局", "330100"),
        "320000" => ("320500", "苏州局", "320500"),
        other => bail!("no office of {other} is known here"),
    })
}

impl Port {
    async fn open(bureau: &Bureau) -> anyhow::Result<Self> {
        let who = enterprises();
        let own = who.iter().find(|one| one.reg_no == PLAIN_DECLARANT);
        let own = own.context("the enterprise is not in the table")?;
        let model = consignments()?.into_iter().find(|one| {
            one.declarant == PLAIN_DECLARANT && one.automatic && one.decl_org == PORT_OFFICE
        });
        let model = model.context("its goods are not in the table")?;

        let admin = &bureau.admin;
        let office = office(admin, PORT_OFFICE, "上海局航交所办事处").await?;
        let (chief, _) = officer(admin, &office, ("chief", PORT_OFFICE), "duty_chief").await?;
        let enterprise = json!({ "kind": "ENTERPRISE", "code": own.reg_no,
            "name_zh": own.name_zh, "name_en": own.name_en, "registered_on": "2010-03-01",
            "credit_class": own.credit_class });
        let enterprise = admin.create_organisation(&enterprise).await?;
        let client = json!({ "organisation_id": enterprise.id, "name": "partition",
            "auth_method": "client_secret_basic", "roles": ["declarant"] });
        let issued = admin.create_client(&client).await?;
        let secret = issued.client_secret.context("a client without its secret")?;
        let credential = Credential::Secret { client_id: issued.client.id, secret };
        let declarant = Session::new(admin.server(), credential);
        make_eligible(admin, &office, &declarant, &chief).await?;
        Ok(Self { chief, declarant, model, who })
    }

    /// Files goods that are always drawn, and flow to that destination. Says what became of them at first.
    pub(super) async fn file(&self, key: &str, destination: &str) -> anyhow::Result<Status> {
        let today = self.server().clock.today()?;
        let consignment = self.model.as_another(key, PLAIN_DECLARANT, Some(PORT_OFFICE));
        let mut content = consignment.declaration(1, today, &self.who);
        content["decl_code"] = "14".into();
        content["dest_code"] = destination.into();
        content["goods"][0]["goods_attr"] = json!(["21"]);
        let (receipt, _) = self.declarant.file(&content).await?;
        if receipt.status == Status::NeedsCorrection {
            let defects: Vec<_> = receipt.defects.iter().map(|one| &one.message_en).collect();
            bail!("{key} was returned: {defects:?}");
        }
        Ok(receipt.status)
    }

    /// Files until goods are drawn for the inland office: then its row is in the port's books.
    async fn until_drawn(&self, destination: &str) -> anyhow::Result<()> {
        let until = Instant::now() + PATIENCE;
        for number in 0.. {
            let status = self.file(&format!("T{destination}-{number}"), destination).await?;
            if status == Status::Selected {
                break;
            }
            ensure!(Instant::now() < until, "goods to {destination} are {} here", status.name());
            sleep(Duration::from_millis(500)).await;
        }
        Ok(())
    }

    fn server(&self) -> &Server {
        self.declarant.server()
    }
}

/// May declare anywhere: one person takes the application up, another approves.
async fn make_eligible(
    admin: &Session,
    office: &str,
    declarant: &Session,
    chief: &Session,
) -> anyhow::Result<()> {
    let role = "acceptance_officer";
    let (reviewer, _) = officer(admin, office, ("acceptance", PORT_OFFICE), role).await?;
    let applied = declarant.apply_for_eligibility().await?;
    reviewer.review_eligibility(&applied.id).await?;
    Ok(chief.approve_eligibility(&applied.id).await?)
}

impl Inland {
    async fn open(
        bureau: &Bureau,
        place: usize,
        (code, name): (&'static str, &str),
        destination: &'static str,
    ) -> anyhow::Result<Self> {
        let admin = &bureau.admin;
        let office = office(admin, code, name).await?;
        let (chief, _) = officer(admin, &office, ("chief", code), "duty_chief").await?;
        let (first, _) = officer(admin, &office, ("inspector1", code), "inspector").await?;
        let (second, id) = officer(admin, &office, ("inspector2", code), "inspector").await?;
        let inspectors = [first, second];
        Ok(Self { place, destination, chief, inspectors, second_inspector: id })
    }
}

async fn office(admin: &Session, code: &str, name: &str) -> anyhow::Result<String> {
    let office = json!({ "kind": "BUREAU_OFFICE", "code": code, "name_zh": name,
        "registered_on": "2004-04-01" });
    Ok(admin.create_organisation(&office).await.with_context(|| code.to_owned())?.id)
}

/// Somebody new at an office, signed in, and their id.
async fn officer(
    admin: &Session,
    office: &str,
    (post, code): (&str, &str),
    role: &str,
) -> anyhow::Result<(Session, String)> {
    let (login, password) = (format!("{post}.{code}"), random_hex(16));
    let staff = json!({ "organisation_id": office, "login": login, "name": post,
        "roles": [role], "password": password });
    let id = admin.create_staff(&staff).await.with_context(|| login.clone())?.id;
    let session = Session::new(admin.server(), Credential::Password { login, password });
    session.sign_in().await?;
    Ok((session, id))
}

async fn import(admin: &Session, book: &str, csv: String) -> anyhow::Result<Value> {
    let bearer = admin.token().await?;
    let request = admin.server().request(Method::POST, &format!("/v1/reference/{book}/import"));
    let request = request.bearer_auth(bearer).header(CONTENT_TYPE, "text/csv").body(csv);
    Ok(admin.server().send(request).await?.body)
}

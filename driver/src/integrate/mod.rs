//! What an integrator brings: clients generated from the contract, a Postman collection, a tester that makes up
//! requests, the linters (`docs/integrating/README.md`). Each is a program of somebody else; here they are started and what
//! they found is added up.
mod clients;
mod collection;
mod first_hour;
mod linters;
mod made_up;
mod plan;
mod tool;

use std::{collections::BTreeMap, path::Path, sync::Arc, time::Instant};

use anyhow::Context as _;
use clients::Language;
use serde_json::{Map, Value, json};

pub(crate) use plan::Plan;
use tokio::process::Command;
use tool::Place;

use crate::{
    client::Server,
    demo,
    keys::Keys,
    session::{Credential, Session},
    tally,
    world::{self, World},
};

/// Runs everything; true if nothing is wrong.
pub(crate) async fn run(
    server: &Arc<Server>,
    password_file: &Path,
    keys: Keys,
    run: u64,
    plan: &Plan,
) -> anyhow::Result<bool> {
    let begun = Instant::now();
    let place = Place::open(plan)?;
    let who = demo::enterprises();
    eprintln!("driver: setting up offices, enterprises and their clients");
    let world = World::ensure(server, password_file, keys, &who).await?;

    let mut found = Found::default();
    linters::lint(&place, &mut found).await?;
    for (number, language) in (1..).zip(Language::ALL) {
        let guest = Guest::new(&world, run, number)?;
        clients::prove(&place, language, &guest, &mut found).await?;
    }
    let guest = Guest::new(&world, run, 8)?;
    collection::run(&place, &guest, &mut found).await?;

    demo::prepare_first_hour(&world, run * 10 + 9)?;
    let keys = world.keys.path("").display().to_string();
    let setting =
        first_hour::Setting { anyport: &world.server.url(""), sandbox: &plan.sandbox, keys: &keys };
    first_hour::follow(&place, &setting, &mut found).await?;

    let admin = world::administrator(server, password_file).await?;
    let officer = everybody(&admin, &world, run).await?;
    made_up::test(&place, plan, &world, &officer, &mut found).await?;
    found.tell("seconds", json!(begun.elapsed().as_secs()));
    Ok(found.report())
}

/// An officer with every role, whom few operations turn away.
async fn everybody(admin: &Session, world: &World, run: u64) -> anyhow::Result<Session> {
    const OFFICE: &str = "310900";
    let organisations = admin.organisations().await?;
    let office = organisations.iter().find(|one| one.code == OFFICE);
    let office = office.with_context(|| format!("there is no office {OFFICE}"))?;
    let (login, password) = (format!("everybody-{run}"), crate::keys::random_hex(16));
    let roles = [
        "acceptance_officer",
        "fee_officer",
        "cashier",
        "inspector",
        "certification_officer",
        "release_officer",
        "duty_chief",
        "director",
        "administrator",
    ];
    let person = json!({ "organisation_id": office.id, "login": login, "name": "集成试验",
        "roles": roles, "password": password });
    admin.create_staff(&person).await?;
    Ok(Session::new(&world.server, Credential::Password { login, password }))
}

/// An enterprise's ERP: its client, and a declaration that nobody has filed yet.
struct Guest {
    url: String,
    client_id: String,
    secret: String,
    declaration: Value,
}

impl Guest {
    /// `number` tells the guests of one run apart.
    fn new(world: &World, run: u64, number: u64) -> anyhow::Result<Self> {
        let Credential::Secret { client_id, secret } =
            world.declarant(demo::ONLINE_PAYER)?.credential()
        else {
            anyhow::bail!("the client of {} has no secret", demo::ONLINE_PAYER);
        };
        let (client_id, secret) = (client_id.clone(), secret.clone());
        let today = world.server.clock.today()?;
        let declaration = demo::charged_declaration(run * 10 + number, today)?;
        Ok(Self { url: world.server.url(""), client_id, secret, declaration })
    }

    /// Gives a program what it needs to go on its own: the declaration as a file, the rest by the environment.
    fn equip(&self, program: &mut Command, declaration: &Path) -> anyhow::Result<()> {
        std::fs::write(declaration, self.declaration.to_string())?;
        program
            .env("ANYPORT_URL", &self.url)
            .env("ANYPORT_CLIENT_ID", &self.client_id)
            .env("ANYPORT_CLIENT_SECRET", &self.secret)
            .env("ANYPORT_DECLARATION", declaration);
        Ok(())
    }
}

/// What was found, by the names of the report.
#[derive(Default)]
struct Found {
    told: Map<String, Value>,
    /// What must be nothing.
    faults: BTreeMap<String, u64>,
}

impl Found {
    fn tell(&mut self, name: &str, value: Value) {
        self.told.insert(name.to_owned(), value);
    }

    fn count(&mut self, name: &str, faults: u64) {
        *self.faults.entry(name.to_owned()).or_default() += faults;
    }

    fn report(mut self) -> bool {
        let is_well = self.faults.values().all(|faults| *faults == 0);
        self.told.insert("ok".to_owned(), json!(is_well));
        let faults = self.faults.into_iter().map(|(name, faults)| (name, json!(faults)));
        self.told.extend(faults);
        tally::report(&Value::Object(self.told));
        is_well
    }
}

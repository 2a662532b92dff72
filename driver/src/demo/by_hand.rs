//! How to get a token and file a declaration with curl.
use anyhow::bail;

use super::{ONLINE_PAYER, charged_declaration, consignments, enterprises::BY_HAND};
use crate::{
    session::Credential,
    world::{Enterprise, World},
};

/// Prints commands that work as they stand, and leaves what they need in the keys folder.
pub(super) fn explain(world: &World, run: u64, who: &[Enterprise]) -> anyhow::Result<()> {
    // Beyond the numbers that runs of the demo will have.
    prepare_first_hour(world, 1_000_000 + run)?;
    let declaration = consignments::by_hand(run, world.server.clock.today()?, who)?;
    world.keys.write_json("demo-declaration.json", &declaration)?;
    write_client(world, BY_HAND, "demo-client.curl")?;
    let (keys, body) =
        (world.keys.path("demo-client.curl"), world.keys.path("demo-declaration.json"));
    let (keys, body) = (keys.display(), body.display());
    let (token, file) = (world.server.url("/oauth2/token"), world.server.url("/v1/declarations"));
    println!(
        "
Try it by hand, as the enterprise {BY_HAND}. Get a token:
  TOKEN=$(curl -sS -K '{keys}' -d grant_type=client_credentials '{token}' | sed 's/.*\"access_token\":\"\\([^\"]*\\)\".*/\\1/')
File the declaration in {body} (asking again gives the same receipt; for a new one change
ent_decl_no and delivery_order in it):
  curl -sS -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: application/json' --data-binary @'{body}' '{file}'
The first hour of an integrator, page by page: docs/integrating/first-hour.md. See what became of it, with the id of the
receipt:
  curl -sS -H \"Authorization: Bearer $TOKEN\" '{file}/ID'
  curl -sS -H \"Authorization: Bearer $TOKEN\" '{file}/ID/timeline'
"
    );
    Ok(())
}

/// What `docs/integrating/first-hour.md` needs: a client, and goods with a fee that nobody has declared under `number`.
pub(crate) fn prepare_first_hour(world: &World, number: u64) -> anyhow::Result<()> {
    let declaration = charged_declaration(number, world.server.clock.today()?)?;
    world.keys.write_json("first-hour.json", &declaration)?;
    write_client(world, ONLINE_PAYER, "first-hour.curl")
}

/// curl reads the secret from a file that only its owner reads: not from a command line that all may see.
fn write_client(world: &World, reg_no: &str, file: &str) -> anyhow::Result<()> {
    let Credential::Secret { client_id, secret } = world.declarant(reg_no)?.credential() else {
        bail!("the client of {reg_no} has no secret");
    };
    world.keys.write(file, &format!("user = \"{client_id}:{secret}\"\n"))
}

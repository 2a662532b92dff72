//! How to get a token and file a declaration with curl.
use anyhow::bail;

use super::{consignments, enterprises::BY_HAND};
use crate::{
    session::Credential,
    world::{Enterprise, World},
};

/// Prints commands that work as they stand, and leaves what they need in the keys folder.
pub(super) fn explain(world: &World, run: u64, who: &[Enterprise]) -> anyhow::Result<()> {
    let Credential::Secret { client_id, secret } = world.declarant(BY_HAND)?.credential() else {
        bail!("the client to be tried by hand has no secret");
    };
    let declaration = consignments::by_hand(run, world.server.clock.today()?, who)?;
    world.keys.write_json("demo-declaration.json", &declaration)?;
    // curl reads the secret from a file that only its owner reads: not from a command line that all may see.
    world.keys.write("demo-client.curl", &format!("user = \"{client_id}:{secret}\"\n"))?;
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
See what became of it, with the id of the receipt:
  curl -sS -H \"Authorization: Bearer $TOKEN\" '{file}/ID'
  curl -sS -H \"Authorization: Bearer $TOKEN\" '{file}/ID/timeline'
"
    );
    Ok(())
}

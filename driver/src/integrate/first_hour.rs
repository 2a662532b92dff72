//! `docs/integrating/first-hour.md`: every command in it, one after another, as it stands.
use std::{fs, time::Duration};

use anyhow::ensure;
use serde_json::json;

use super::{
    Found,
    tool::{Place, command},
};

const PAGE: &str = "docs/integrating/first-hour.md";
const PATIENCE: Duration = Duration::from_mins(2);

/// Where the page is to look for what `cargo xtask up` has at its usual places.
pub(super) struct Setting<'a> {
    pub(super) anyport: &'a str,
    pub(super) sandbox: &'a str,
    pub(super) keys: &'a str,
}

/// Runs the page; a command that fails ends it.
pub(super) async fn follow(
    place: &Place,
    setting: &Setting<'_>,
    found: &mut Found,
) -> anyhow::Result<()> {
    let blocks = shell_blocks(&fs::read_to_string(place.source(PAGE))?);
    ensure!(!blocks.is_empty(), "{PAGE} has no commands");
    let script = place.made("first-hour.sh");
    fs::write(&script, format!("set -euo pipefail\n{}", blocks.concat()))?;
    let mut page = command("bash", [&script]);
    page.env("ANYPORT", setting.anyport)
        .env("SANDBOX", setting.sandbox)
        .env("KEYS", setting.keys)
        .current_dir(place.source(""));
    let is_well = place.run("first-hour", &mut page, PATIENCE).await?;
    found.tell("first_hour", json!(is_well));
    found.count("first_hour_failed", u64::from(!is_well));
    Ok(())
}

/// What stands between fences that say `sh`.
fn shell_blocks(page: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut open: Option<String> = None;
    for line in page.lines() {
        match (&mut open, line) {
            (None, "```sh") => open = Some(String::new()),
            (Some(_), "```") => blocks.extend(open.take()),
            (Some(block), line) => {
                block.push_str(line);
                block.push('\n');
            }
            (None, _) => {}
        }
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::shell_blocks;

    #[test]
    fn only_what_is_for_the_shell_is_run() {
        let page = "a\n```sh\none\ntwo\n```\n```\nnot this\n```\n```sh\nthree\n```\n";

        assert_eq!(shell_blocks(page), ["one\ntwo\n", "three\n"]);
    }
}

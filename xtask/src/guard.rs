//! Ctrl-C, SIGTERM and a closed terminal, without a signal handler of our own.
//!
//! The standard library cannot catch signals, a shell can. So xtask replaces itself by a small
//! shell that starts it again, in a session of its own, and that turns a signal into a file. The inner xtask looks for the
//! file whenever it waits, and unwinds in good order: children are stopped, temporary folders are
//! removed. If the shell itself is killed, the inner one notices that it has lost its parent.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::outcome::{Doing, Stop};
use crate::site::{Site, setting};

const FILE: &str = "XTASK_STOP_FILE";

const SHELL: &str = r#"
trap ': >"$XTASK_STOP_FILE"' INT TERM HUP
session=$(command -v setsid)
$session "$@" & inner=$!
while :; do
    wait "$inner"; code=$?
    kill -0 "$inner" 2>/dev/null || break
done
rm -f "$XTASK_STOP_FILE"
exit "$code"
"#;

struct Post {
    file: PathBuf,
    parent: u32,
}

static POST: OnceLock<Post> = OnceLock::new();

/// Returns in the guarded process; the first, unguarded one becomes the guard and never returns.
pub fn stand(site: &Site) -> Result<(), Stop> {
    if let Some(file) = setting(FILE) {
        let parent = std::os::unix::process::parent_id();
        POST.get_or_init(|| Post { file: file.into(), parent });
        return Ok(());
    }
    std::fs::create_dir_all(&site.target).doing(site.target.display())?;
    let file = site.target.join(format!("xtask-{}.stop", std::process::id()));
    remove(&file);
    let own = std::env::current_exe()?;
    let error = Command::new("/bin/sh")
        .args(["-c", SHELL, "xtask"])
        .arg(own)
        .args(std::env::args_os().skip(1))
        .env(FILE, &file)
        .exec();
    Err(Stop::Failed(format!("/bin/sh: {error}")))
}

/// Whether somebody wants this process to end.
pub fn check() -> Result<(), Stop> {
    let Some(post) = POST.get() else { return Ok(()) };
    let orphaned = std::os::unix::process::parent_id() != post.parent;
    if orphaned || post.file.exists() { Err(Stop::Interrupted) } else { Ok(()) }
}

fn remove(file: &Path) {
    let _ = std::fs::remove_file(file);
}

//! One process of the town: killed, frozen and brought back on request, and brought back when it falls.
use std::{
    ffi::OsString,
    fs::{self, OpenOptions},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use anyhow::Context as _;

use super::account::Account;

/// How long the supervisor lets a fallen process lie.
const PAUSE: Duration = Duration::from_millis(500);

/// How to start it, as often as need be.
pub(crate) struct Recipe {
    pub(crate) name: String,
    pub(crate) program: PathBuf,
    pub(crate) args: Vec<OsString>,
    pub(crate) env: Vec<(&'static str, String)>,
    pub(crate) account: Account,
    pub(crate) log: PathBuf,
    /// The signal that ends it in good order.
    pub(crate) farewell: &'static str,
}

/// A process and its supervisor.
pub(crate) struct Part {
    recipe: Recipe,
    life: Mutex<Life>,
}

#[derive(Default)]
struct Life {
    child: Option<Child>,
    /// Whether the supervisor brings it back.
    is_wanted: bool,
    fell: Option<Instant>,
    /// It was killed on purpose: its end is no news.
    was_killed: bool,
}

impl Part {
    pub(crate) fn new(recipe: Recipe) -> Self {
        Self { recipe, life: Mutex::default() }
    }

    pub(crate) fn name(&self) -> &str {
        &self.recipe.name
    }

    fn life(&self) -> MutexGuard<'_, Life> {
        self.life.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts it now, and again whenever it ends.
    pub(crate) fn start(&self) -> anyhow::Result<()> {
        let mut life = self.life();
        life.child = Some(self.launch()?);
        life.is_wanted = true;
        life.fell = None;
        Ok(())
    }

    fn launch(&self) -> anyhow::Result<Child> {
        let Recipe { name, program, args, env, account, log, .. } = &self.recipe;
        let file = OpenOptions::new().create(true).append(true).open(log);
        let file = file.with_context(|| format!("opening {}", log.display()))?;
        let mut command = account.command(program);
        command.args(args).env_clear().envs(env.iter().cloned()).current_dir("/");
        command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
        command.spawn().with_context(|| format!("starting {name}"))
    }

    /// Brings it back when it has lain long enough. Called again and again.
    pub(crate) fn tend(&self) -> anyhow::Result<()> {
        let mut life = self.life();
        if let Some(child) = &mut life.child
            && let Some(status) = child.try_wait()?
        {
            if !life.was_killed {
                eprintln!("town: {} ended by itself ({status})", self.name());
            }
            life.child = None;
            life.was_killed = false;
            life.fell = Some(Instant::now());
        }
        let has_lain = life.fell.is_none_or(|fell| fell.elapsed() >= PAUSE);
        if life.is_wanted && life.child.is_none() && has_lain {
            life.child = Some(self.launch()?);
        }
        Ok(())
    }

    /// Kills it and its children with -9.
    pub(crate) fn kill(&self) {
        let mut life = self.life();
        life.was_killed = true;
        signal("KILL", &family(&life));
    }

    /// Kills it, and leaves it so until it is started.
    pub(crate) fn stop(&self) {
        let mut life = self.life();
        life.is_wanted = false;
        life.was_killed = true;
        signal("KILL", &family(&life));
        if let Some(mut child) = life.child.take() {
            let _ = child.wait();
        }
    }

    /// Asks it to end, so that it does while others are waited for.
    pub(super) fn dismiss(&self) {
        let mut life = self.life();
        life.is_wanted = false;
        let pids: Vec<_> = life.child.iter().map(Child::id).collect();
        signal(self.recipe.farewell, &pids);
    }

    pub(crate) fn freeze(&self) {
        signal("STOP", &family(&self.life()));
    }

    pub(crate) fn thaw(&self) {
        signal("CONT", &family(&self.life()));
    }

    /// Its number, and those of its children.
    pub(crate) fn pids(&self) -> Vec<u32> {
        family(&self.life())
    }

    /// The end of what it said.
    pub(crate) fn last_words(&self) -> String {
        let text = fs::read_to_string(&self.recipe.log).unwrap_or_default();
        let lines: Vec<_> = text.lines().collect();
        lines[lines.len().saturating_sub(10)..].join("\n")
    }
}

/// The parent first: it must not learn of its children's end.
fn family(life: &Life) -> Vec<u32> {
    let Some(pid) = life.child.as_ref().map(Child::id) else { return Vec::new() };
    let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"));
    let children = children.unwrap_or_default();
    [pid]
        .into_iter()
        .chain(children.split_whitespace().filter_map(|pid| pid.parse().ok()))
        .collect()
}

/// One call for all of them. One that has just ended by itself is no failure.
fn signal(name: &str, pids: &[u32]) {
    if pids.is_empty() {
        return;
    }
    let mut kill = Command::new("/bin/sh");
    kill.args(["-c", "kill -s \"$@\"", "sh", name]).args(pids.iter().map(u32::to_string));
    let _ = kill.stderr(Stdio::null()).status();
}

impl Drop for Part {
    fn drop(&mut self) {
        let farewell = self.recipe.farewell;
        let life = self.life.get_mut().unwrap_or_else(PoisonError::into_inner);
        let whole = family(life);
        let Some(child) = &mut life.child else { return };
        signal("CONT", &whole);
        signal(farewell, &[child.id()]);
        let until = Instant::now() + Duration::from_secs(5);
        while Instant::now() < until {
            if !matches!(child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        signal("KILL", &whole);
        let _ = child.wait();
    }
}

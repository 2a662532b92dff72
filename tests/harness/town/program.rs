//! Child processes that never outlive their test, and what they said.
use std::{
    fs::{self, OpenOptions},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{
        LazyLock,
        atomic::{AtomicU16, Ordering},
    },
    time::{Duration, Instant},
};

use super::eventually;

/// A running program. Dropping it ends it, also when the test panics.
pub struct Program {
    name: String,
    child: Child,
    log: PathBuf,
    /// What ends it when nobody cares how.
    last_signal: &'static str,
}

impl Program {
    /// Starts it; both its streams go to the end of `log`.
    pub(super) fn start(name: &str, command: &mut Command, log: &Path) -> Self {
        let file = OpenOptions::new().create(true).append(true).open(log).unwrap();
        let child = command
            .stdin(Stdio::null())
            .stdout(file.try_clone().unwrap())
            .stderr(file)
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {name}: {error}"));
        Self { name: name.to_owned(), child, log: log.to_owned(), last_signal: "-KILL" }
    }

    /// One that leaves rubbish behind when it is killed: dropping it asks first.
    pub(super) fn ends_by(mut self, signal: &'static str) -> Self {
        self.last_signal = signal;
        self
    }

    /// `-TERM`, `-STOP`, `-CONT`.
    pub fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        let done = Command::new("kill").args([signal, &pid]).status().unwrap();
        assert!(done.success(), "kill {signal} of {}", self.name);
    }

    /// Kills it with -9.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Kills it and its children with -9, in one call.
    pub(super) fn kill_family(&mut self) {
        let pid = self.child.id();
        let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"));
        let children = children.unwrap_or_default();
        // The parent first: it must not learn of its children's end.
        let family = [pid.to_string()].into_iter();
        let family = family.chain(children.split_whitespace().map(str::to_owned));
        // One that has just ended by itself is no failure.
        let _ = Command::new("kill").arg("-KILL").args(family).stderr(Stdio::null()).status();
        self.child.wait().unwrap();
    }

    #[must_use]
    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Waits for its end.
    pub async fn ended(&mut self) -> ExitStatus {
        let mut status = None;
        let what = format!("{} ends", self.name);
        eventually(&what, async || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        })
        .await;
        status.unwrap()
    }

    /// All it ever said.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if self.is_running() && self.last_signal != "-KILL" {
            self.signal(self.last_signal);
            let until = Instant::now() + Duration::from_secs(5);
            while self.is_running() && Instant::now() < until {
                std::thread::yield_now();
            }
        }
        if self.is_running() {
            self.kill();
        }
        if std::thread::panicking() {
            let log = self.log();
            let lines: Vec<&str> = log.lines().collect();
            let last = &lines[lines.len().saturating_sub(15)..];
            eprintln!("--- the last words of {}:\n{}", self.name, last.join("\n"));
        }
    }
}

/// One of our own programs, freshly built: `cargo xtask test` says where; else beside this test.
pub(super) fn ours(name: &str) -> PathBuf {
    #[expect(
        clippy::disallowed_methods,
        reason = "how the runner tells the tests where things are"
    )]
    let told = std::env::var("ANYPORT_PROGRAMS").ok().map(PathBuf::from);
    let folder = told.unwrap_or_else(|| {
        let test = std::env::current_exe().unwrap();
        test.ancestors().nth(2).unwrap().to_owned()
    });
    let file = folder.join(name);
    assert!(
        file.is_file(),
        "{} is not built: `cargo xtask test`, or `cargo build -p api -p worker -p sandbox` first",
        file.display()
    );
    file
}

/// Somebody else's program on the search path.
pub(super) fn on_the_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| is_program(file))
}

pub(super) fn is_program(file: &Path) -> bool {
    fs::metadata(file).is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

/// A port that nobody listens on. Below those that the kernel gives to outgoing connections, so that a program
/// that is killed finds its own port free when it comes back; and out of a block of our own, so that no test that runs
/// at the same time finds it free too.
pub(super) fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    static BLOCK: LazyLock<(u16, fs::File)> = LazyLock::new(own_block);
    let is_free = |port: &u16| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok();
    let next = || BLOCK.0 + NEXT.fetch_add(1, Ordering::Relaxed) % PORTS;
    std::iter::repeat_with(next).take(usize::from(PORTS)).find(is_free).unwrap()
}

/// How many ports a test may use.
const PORTS: u16 = 100;

/// The first port of a block, and the lock that makes it ours until this process ends.
fn own_block() -> (u16, fs::File) {
    // Another user's file is another user's block.
    let mut blocks = (0..100).filter_map(|block| {
        let file = std::env::temp_dir().join(format!("anyport-ports-{block}"));
        Some((20_000 + block * PORTS, fs::File::create(file).ok()?))
    });
    blocks.find(|(_, file)| file.try_lock().is_ok()).unwrap()
}

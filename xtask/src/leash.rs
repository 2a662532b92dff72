//! Children that never outlive xtask, however it ends.
//!
//! Each child is the child of a small shell that holds the reading end of a pipe. The writing end
//! is in xtask: when xtask closes it, or dies by whatever signal, the shell reads the end of the
//! file, stops the child's process group in good order and removes what was temporary.

use std::ffi::{OsStr, OsString};
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

use crate::outcome::{Doing, Stop};

/// `$1` signal, `$2` standard input, `$3` file for the pid, `$4` folders to remove, then the command.
/// The group gets the signal, then 20 seconds. Whoever sends it must not die of it himself, or nobody counts the
/// seconds; and it is never sent before the command had time to become itself: a shell between fork and exec
/// swallows it.
const SHELL: &str = r#"
signal=$1; input=$2; pidfile=$3; rubbish=$4; shift 4
exec 3<&0 </dev/null
pulled=
trap 'pulled=1' USR1
trap : INT TERM HUP
"$@" <"$input" 3<&- & child=$!
[ -z "$pidfile" ] || echo "$child" >"$pidfile"
(
    trap '' INT TERM HUP
    sleep 0.1 >/dev/null 2>&1
    read -r _ <&3
    kill -s USR1 $$
    kill -s "$signal" 0
    tries=0
    while kill -0 "$child" 2>/dev/null && [ "$tries" -lt 200 ]; do
        sleep 0.1 >/dev/null 2>&1; tries=$((tries + 1))
    done
    kill -s KILL "$child" 2>/dev/null
) & leash=$!
while :; do
    wait "$child"; code=$?
    kill -0 "$child" 2>/dev/null || break
done
kill -s KILL "$leash" 2>/dev/null
[ -z "$pidfile" ] || rm -f "$pidfile"
[ -z "$pulled" ] || printf '%s\n' "$rubbish" | while IFS= read -r folder; do
    [ -z "$folder" ] || rm -rf -- "$folder"
done
exit "$code"
"#;

/// What to run, and how. Can be run again.
#[derive(Clone)]
pub struct Task {
    pub name: String,
    program: OsString,
    args: Vec<OsString>,
    env: Vec<(String, OsString)>,
    folder: Option<PathBuf>,
    output: Output,
    input: PathBuf,
    signal: &'static str,
    rubbish: Vec<PathBuf>,
}

#[derive(Clone)]
enum Output {
    /// Both streams where xtask's own go.
    Shared,
    /// Both streams to xtask's stderr.
    Stderr,
    /// Standard output to whoever reads it, the rest to stderr.
    Piped,
    /// Both streams to the end of a file; the child's pid in a file beside it.
    Log(PathBuf),
    /// Standard output alone into a new file, the rest to stderr.
    File(PathBuf),
}

impl Task {
    pub fn new(name: impl Into<String>, program: impl Into<OsString>) -> Self {
        Self {
            name: name.into(),
            program: program.into(),
            args: Vec::new(),
            env: Vec::new(),
            folder: None,
            output: Output::Stderr,
            input: "/dev/null".into(),
            signal: "TERM",
            rubbish: Vec::new(),
        }
    }

    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.args.push(arg.as_ref().to_owned());
        self
    }

    pub fn args(mut self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.args.extend(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        self
    }

    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.env.push((name.into(), value.as_ref().to_owned()));
        self
    }

    pub fn folder(mut self, folder: &Path) -> Self {
        self.folder = Some(folder.to_path_buf());
        self
    }

    pub fn input(mut self, file: &Path) -> Self {
        self.input = file.to_path_buf();
        self
    }

    pub fn shared(mut self) -> Self {
        self.output = Output::Shared;
        self
    }

    pub fn piped(mut self) -> Self {
        self.output = Output::Piped;
        self
    }

    pub fn log(mut self, file: PathBuf) -> Self {
        self.output = Output::Log(file);
        self
    }

    pub fn output(mut self, file: PathBuf) -> Self {
        self.output = Output::File(file);
        self
    }

    /// The signal that asks the child to end; SIGTERM unless told.
    pub fn ends_by(mut self, signal: &'static str) -> Self {
        self.signal = signal;
        self
    }

    /// Folders to remove once the child has been stopped.
    pub fn rubbish(mut self, folders: Vec<PathBuf>) -> Self {
        self.rubbish = folders;
        self
    }

    /// The end of the log, for the one who has to find out what went wrong.
    pub fn last_words(&self) -> String {
        let Output::Log(file) = &self.output else { return String::new() };
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        let last = lines[lines.len().saturating_sub(10)..].join("\n");
        format!("{}:\n{last}", file.display())
    }

    fn command(&self) -> std::io::Result<Command> {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", SHELL, &self.name, self.signal]).arg(&self.input);
        let (out, err) = match &self.output {
            Output::Shared => (Stdio::inherit(), Stdio::inherit()),
            Output::Stderr => (Stdio::from(std::io::stderr()), Stdio::inherit()),
            Output::Piped => (Stdio::piped(), Stdio::inherit()),
            Output::Log(file) => {
                let log = OpenOptions::new().create(true).append(true).open(file)?;
                (Stdio::from(log.try_clone()?), Stdio::from(log))
            }
            Output::File(file) => (Stdio::from(File::create(file)?), Stdio::inherit()),
        };
        command.stdout(out).stderr(err);
        match &self.output {
            Output::Log(file) => command.arg(file.with_extension("pid")),
            _ => command.arg(""),
        };
        command.arg(lines(&self.rubbish)).arg(&self.program).args(&self.args);
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        if let Some(folder) = &self.folder {
            command.current_dir(folder);
        }
        Ok(command)
    }

    /// Starts the child, in a process group of its own so that Ctrl-C reaches only xtask.
    pub fn start(&self) -> Result<Leash, Stop> {
        use std::os::unix::process::CommandExt;

        let child = self
            .command()
            .and_then(|mut command| command.process_group(0).stdin(Stdio::piped()).spawn())
            .doing(format_args!("cannot start {}", self.name))?;
        Ok(Leash { child })
    }
}

fn lines(paths: &[PathBuf]) -> OsString {
    paths.iter().fold(OsString::new(), |mut text, path| {
        text.push(path);
        text.push("\n");
        text
    })
}

/// A running child. Dropping it stops the child and waits for its end.
pub struct Leash {
    child: Child,
}

impl Leash {
    pub fn ended(&mut self) -> Result<Option<ExitStatus>, Stop> {
        Ok(self.child.try_wait()?)
    }

    pub fn take_output(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// Asks the child to end without waiting for it.
    pub fn pull(&mut self) {
        drop(self.child.stdin.take());
    }
}

impl Drop for Leash {
    fn drop(&mut self) {
        self.pull();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    fn wait(leash: &mut Leash) -> Option<i32> {
        let until = Instant::now() + Duration::from_secs(10);
        while Instant::now() < until {
            if let Some(status) = leash.ended().unwrap() {
                return status.code();
            }
            std::thread::yield_now();
        }
        None
    }

    #[test]
    fn a_child_that_ends_by_itself_gives_its_exit_code() {
        let mut leash = Task::new("test", "/bin/sh").args(["-c", "exit 7"]).start().unwrap();

        assert_eq!(wait(&mut leash), Some(7));
    }

    #[test]
    fn a_pulled_leash_stops_the_whole_group_and_removes_the_rubbish() {
        let folder =
            std::env::temp_dir().join(format!("anyport-{}", crate::secrets::hex(8).unwrap()));
        std::fs::create_dir(&folder).unwrap();
        let mut leash = Task::new("test", "/bin/sh")
            .args(["-c", "sleep 60 & wait"])
            .rubbish(vec![folder.clone()])
            .start()
            .unwrap();

        leash.pull();

        assert!(wait(&mut leash).is_some());
        assert!(!folder.exists());
    }
}

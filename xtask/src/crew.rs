//! The children that run while a command does its work. One that dies is started again.

use std::process::ExitStatus;
use std::time::{Duration, Instant};

use crate::guard;
use crate::leash::{Leash, Task};
use crate::outcome::Stop;

/// How often a waiting xtask looks round.
const GLANCE: Duration = Duration::from_millis(50);
/// A child that lives shorter than this has failed to start.
const SHORT: Duration = Duration::from_secs(5);
/// So many short lives in a row are no accident.
const PATIENCE: u32 = 5;

struct Member {
    task: Task,
    leash: Leash,
    since: Instant,
    short_lives: u32,
}

/// Children in the order of their start; they are stopped in the reverse order.
#[derive(Default)]
pub struct Crew {
    members: Vec<Member>,
}

impl Crew {
    pub fn hire(&mut self, task: Task) -> Result<(), Stop> {
        let leash = task.start()?;
        self.members.push(Member { task, leash, since: Instant::now(), short_lives: 0 });
        Ok(())
    }

    /// Stops the child that was started last.
    pub fn dismiss_last(&mut self) {
        self.members.pop();
    }

    /// Starts again whoever died.
    pub fn tend(&mut self) -> Result<(), Stop> {
        guard::check()?;
        for member in &mut self.members {
            let lived = member.since.elapsed();
            let Some(status) = member.leash.ended()? else { continue };
            member.short_lives = if lived < SHORT { member.short_lives + 1 } else { 0 };
            let name = &member.task.name;
            if member.short_lives >= PATIENCE {
                eprintln!("{}", member.task.last_words());
                return Err(Stop::Failed(format!("{name} keeps ending ({status})")));
            }
            eprintln!("xtask: {name} ended ({status}); starting it again");
            pause(Duration::from_millis(200 << member.short_lives))?;
            member.leash = member.task.start()?;
            member.since = Instant::now();
        }
        Ok(())
    }

    /// Whether the child that was started last is still there.
    pub fn last_lives(&mut self) -> Result<bool, Stop> {
        match self.members.last_mut() {
            Some(member) => Ok(member.leash.ended()?.is_none()),
            None => Ok(false),
        }
    }

    /// Runs a task to its end while the others are tended.
    pub fn run(&mut self, task: &Task) -> Result<ExitStatus, Stop> {
        let mut leash = task.start()?;
        self.wait(&mut leash)
    }

    /// Waits for a child that is not of the crew.
    pub fn wait(&mut self, leash: &mut Leash) -> Result<ExitStatus, Stop> {
        loop {
            if let Some(status) = leash.ended()? {
                guard::check()?;
                return Ok(status);
            }
            self.tend()?;
            std::thread::sleep(GLANCE);
        }
    }

    /// Runs a task that must succeed.
    pub fn must(&mut self, task: &Task, what: &str) -> Result<(), Stop> {
        let status = self.run(task)?;
        if status.success() { Ok(()) } else { Err(Stop::Failed(format!("{what}: {status}"))) }
    }

    /// Looks after the children until somebody asks for an end.
    pub fn serve(&mut self) -> Result<(), Stop> {
        loop {
            match self.tend() {
                Err(Stop::Interrupted) => return Ok(()),
                done => done?,
            }
            std::thread::sleep(GLANCE);
        }
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        while let Some(member) = self.members.pop() {
            drop(member);
        }
    }
}

/// Sleeps, but not through an interruption.
pub fn pause(time: Duration) -> Result<(), Stop> {
    let until = Instant::now() + time;
    while Instant::now() < until {
        guard::check()?;
        std::thread::sleep(GLANCE.min(time));
    }
    Ok(())
}

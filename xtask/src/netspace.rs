//! A small internet on this machine: three network namespaces, and a hub that carries between them. All of it is made
//! inside a namespace of our own, so that nothing of the machine is touched, and is gone with the last process in it.

use std::fs;
use std::net::Ipv4Addr;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::crew::Crew;
use crate::leash::Task;
use crate::outcome::{Doing, Stop};
use crate::site::is_root;

/// The spaces around the hub.
pub const SPACES: [&str; 3] = ["bureau-a", "bureau-b", "bureau-c"];
/// Namespaces of network and mounts for whatever follows, and nothing of their mounts outside.
const APART: [&str; 5] = ["unshare", "--mount", "--net", "--propagation=private", "--"];
/// What must be possible in there.
const TRIAL: &str = "mount -t tmpfs tmpfs /run && ip netns add trial && nft add table inet trial";

/// The address of the programs in a space; one less is the hub's end of its line.
pub fn address(place: u8) -> Ipv4Addr {
    Ipv4Addr::new(10, 77, place, 2)
}

/// Whether this process is in a network of its own: another one than whoever started it.
pub fn is_apart() -> bool {
    let parent = std::os::unix::process::parent_id();
    let network = |process: &str| fs::read_link(format!("/proc/{process}/ns/net")).ok();
    let (own, theirs) = (network("self"), network(&parent.to_string()));
    own.is_some() && theirs.is_some() && own != theirs
}

/// Begins this very command again, in a network of its own. Does not return where it can.
pub fn go_apart() -> Stop {
    let hint = "network namespaces cannot be made here: they need root, and a kernel and a \
        container that allow them";
    let [program, flags @ ..] = APART;
    let mut trial = Command::new(program);
    trial.args(flags).args(["sh", "-c", TRIAL]).stdin(Stdio::null()).stdout(Stdio::null());
    if !is_root() || !trial.status().is_ok_and(|ended| ended.success()) {
        return Stop::Impossible(hint.into());
    }
    let own = match std::env::current_exe() {
        Ok(own) => own,
        Err(error) => return error.into(),
    };
    // The guard above us keeps its child: the process stays, only the program in it changes.
    let args = std::env::args_os().skip(1);
    Command::new(program).args(flags).arg(own).args(args).exec().into()
}

/// Lays a line from the hub to each space. Only for a process that is apart.
pub fn lay(crew: &mut Crew) -> Result<(), Stop> {
    if !is_apart() {
        return Err(Stop::Failed("the network of the machine is left alone".into()));
    }
    // `ip netns` keeps its names there; the machine's own folder stays as it is.
    let mount = Task::new("mount", "mount").args(["-t", "tmpfs", "tmpfs", "/run"]);
    crew.must(&mount, "mounting /run")?;
    ip(crew, "link set lo up")?;
    let forwarding = Path::new("/proc/sys/net/ipv4/ip_forward");
    fs::write(forwarding, "1").doing(forwarding.display())?;
    for (place, space) in (1..).zip(SPACES) {
        let (inside, hub) = (address(place), Ipv4Addr::new(10, 77, place, 1));
        for line in [
            format!("netns add {space}"),
            format!("link add {space} type veth peer name hub netns {space}"),
            format!("address add {hub}/24 dev {space}"),
            format!("link set {space} up"),
            format!("-netns {space} address add {inside}/24 dev hub"),
            format!("-netns {space} link set lo up"),
            format!("-netns {space} link set hub up"),
            format!("-netns {space} route add default via {hub}"),
        ] {
            ip(crew, &line)?;
        }
    }
    Ok(())
}

fn ip(crew: &mut Crew, line: &str) -> Result<(), Stop> {
    crew.must(&Task::new("ip", "ip").args(line.split(' ')), &format!("ip {line}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_was_started_as_usual_is_not_apart_and_lays_no_lines() {
        assert!(!is_apart());
        assert!(matches!(lay(&mut Crew::default()), Err(Stop::Failed(_))));
    }
}

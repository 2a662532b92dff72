//! Another bureau, played: it speaks `docs/exchange-protocol.md` with one Anyport, both ways, and badly on request.
//!
//! *Dramatis personae*: the [`Voice`] says and signs; a [`Fault`] spoils what is said on its way out. The `door` takes
//! what Anyport brings, the `inbox` keeps it, and a [`Manner`] decides what is answered. The `desk` is where tests and
//! people tell the bureau what to do.
mod bureau;
mod desk;
mod door;
mod fault;
mod inbox;
mod manner;
mod settings;
mod voice;

use std::{net::SocketAddr, sync::Arc};

use actix_web::{
    App, HttpServer,
    dev::Server,
    web::{Data, PayloadConfig},
};

pub use bureau::{Bureau, Heard, Saying};
pub use fault::{Call, Fault};
pub use inbox::Kept;
pub use manner::Manner;
pub use settings::Settings;
pub use voice::Voice;

/// More than Anyport ever brings in one call.
const LIMIT: usize = 16 << 20;

/// A bureau that is open: where, how to tell it what to do, and the server to run.
pub struct Open {
    pub address: SocketAddr,
    pub bureau: Arc<Bureau>,
    pub server: Server,
}

/// Opens the bureau. It works while [`Open::server`] is awaited.
///
/// # Errors
/// When its address cannot be had.
pub fn open(settings: Settings) -> anyhow::Result<Open> {
    let bind = settings.bind;
    let bureau = Arc::new(Bureau::open(settings)?);
    let data = Data::from(Arc::clone(&bureau));
    let app = move || {
        App::new()
            .app_data(data.clone())
            .app_data(PayloadConfig::new(LIMIT))
            .service(door::keys)
            .service(door::bring)
            .service(desk::behave)
            .service(desk::say)
            .service(desk::fetch)
            .service(desk::inbox)
            .service(crate::counter::live)
    };
    // Hanging is part of the play: nobody waits for it at the end.
    let server =
        HttpServer::new(app).workers(1).shutdown_timeout(0).disable_signals().bind(bind)?;
    let address = server.addrs().first().copied().unwrap_or(bind);
    Ok(Open { address, bureau, server: server.run() })
}

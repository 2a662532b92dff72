//! The world outside, played, misbehaving on request: a bank that speaks the protocol of `docs/bank.md`, and, in
//! [`partner`], another bureau.
//!
//! *Dramatis personae* of the bank: the `counter` takes signed requests; the [`Bank`] books them as their
//! [`Behaviour`] asks; the `ledger` remembers; `callback` tells the bureau afterwards. An order that comes twice is
//! booked twice: `GET /sandbox/ledger` shows it. Beside it stand webhook receivers: [`hooks`].
mod bank;
mod behaviour;
mod callback;
mod counter;
mod doors;
pub mod hooks;
mod ledger;
pub mod partner;
pub mod process;
mod refund;
mod settings;
mod statement;

use std::{net::SocketAddr, sync::Arc};

use actix_web::{App, HttpServer, dev::Server, middleware::from_fn, web::Data};

pub use bank::Bank;
pub use behaviour::{BEHAVIOUR_HEADER, Behaviour};
pub use ledger::Summary;
pub use settings::Settings;
pub use statement::Plant;

/// A bank that is open: where, how to look into its books, and the server to run.
pub struct Open {
    pub address: SocketAddr,
    pub bank: Arc<Bank>,
    pub server: Server,
}

/// Opens the bank. It works while [`Open::server`] is awaited.
///
/// # Errors
/// When its file or its address cannot be had.
pub fn open(settings: Settings) -> anyhow::Result<Open> {
    let bind = settings.bind;
    let bank = Arc::new(Bank::open(settings)?);
    let data = Data::from(Arc::clone(&bank));
    let hooks = Data::new(hooks::Hooks::default());
    let app = move || {
        App::new()
            .app_data(data.clone())
            .app_data(hooks.clone())
            .wrap(from_fn(doors::sign))
            .service(counter::debit)
            .service(counter::query)
            .service(refund::give_back)
            .service(refund::query)
            .service(statement::statement)
            .service(counter::ledger)
            .service(doors::fund)
            .service(doors::plant)
            .service(doors::maintain)
            .service(doors::reverse)
            .service(hooks::take)
            .service(hooks::show)
            .service(hooks::latest)
            .service(hooks::behave)
            .service(counter::live)
    };
    // Hanging is part of the play: nobody waits for it at the end.
    let server =
        HttpServer::new(app).workers(1).shutdown_timeout(0).disable_signals().bind(bind)?;
    let address = server.addrs().first().copied().unwrap_or(bind);
    Ok(Open { address, bank, server: server.run() })
}

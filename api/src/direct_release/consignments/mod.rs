//! Consignments under direct release: sealed and issued at one end, checked at the other.
mod anomaly;
mod check;
mod correct;
mod issue;
mod read;
mod seals;
pub(crate) mod view;

use utoipa_actix_web::service_config::ServiceConfig;

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(seals::apply)
        .service(seals::list)
        .service(issue::handler)
        .service(read::list)
        .service(read::get)
        .service(read::timeline)
        .service(check::arrive)
        .service(check::arrive_inland)
        .service(check::check)
        .service(check::exit)
        .service(anomaly::look)
        .service(anomaly::resolve)
        .service(anomaly::stop)
        .service(anomaly::send_back)
        .service(correct::correct)
        .service(correct::confirm)
        .service(correct::recall);
}

//! Non-conformity notices (口岸查验不合格信息通报): ours, those of other ports, and what is withheld meanwhile.
mod approve;
mod block;
mod close;
mod discard;
mod draft;
mod get;
mod list;
mod received;
mod reopen;
mod send;
mod timeline;
mod view;

use utoipa_actix_web::service_config::ServiceConfig;

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(draft::handler)
        .service(list::handler)
        .service(get::handler)
        .service(timeline::handler)
        .service(approve::handler)
        .service(discard::handler)
        .service(send::handler)
        .service(close::handler)
        .service(reopen::handler)
        .configure(received::routes)
        .configure(block::routes);
}

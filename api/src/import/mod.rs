//! Imports of declarations (批量导入) over HTTP: one file for each operation.
mod ask;
mod cancel;
mod file;
mod get;
mod list;
mod original;
mod result;
mod sheet;
mod template;
mod view;

pub(crate) use file::read as read_file;
use utoipa_actix_web::service_config::ServiceConfig;

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(ask::handler)
        .service(list::handler)
        .service(template::handler)
        .service(get::handler)
        .service(result::handler)
        .service(original::handler)
        .service(cancel::handler);
}

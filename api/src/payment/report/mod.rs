//! What was paid, in figures: as JSON, and as files for spreadsheets.
mod csv;
pub mod get;
mod sheet;
mod xlsx;

pub use sheet::Workbook;

use utoipa_actix_web::service_config::ServiceConfig;

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(get::handler);
}

//! The contract as a page to read and try out: Swagger UI, which comes with the program.
use actix_web::{
    get,
    http::header,
    middleware::DefaultHeaders,
    web::{self, Redirect, ServiceConfig},
};
use utoipa_swagger_ui::{Config, SwaggerUi};

/// Its own scripts and styles, and this server; nothing from elsewhere.
const ITS_OWN: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
    frame-ancestors 'none'";

pub(super) fn routes(cfg: &mut ServiceConfig) {
    let shown = Config::from("/openapi.json").try_it_out_enabled(false).filter(true);
    let scope = web::scope("/reference")
        .wrap(DefaultHeaders::new().add((header::CONTENT_SECURITY_POLICY, ITS_OWN)))
        .service(SwaggerUi::new("/{_:.*}").config(shown));
    cfg.service(entrance).service(scope);
}

#[get("/reference")]
async fn entrance() -> Redirect {
    Redirect::to("/reference/").see_other()
}

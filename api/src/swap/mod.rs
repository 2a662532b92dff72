//! Certificate swap (换证直通): transfers at the origin and at the port.
mod agree;
mod amendment;
mod claim;
mod create;
mod get;
mod list;
mod return_;
mod revoke;
mod slip;
mod timeline;
mod unlock;
pub(crate) mod view;

use utoipa_actix_web::service_config::ServiceConfig;

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(create::handler)
        .service(claim::handler)
        .service(list::handler)
        .service(get::handler)
        .service(slip::handler)
        .service(timeline::handler)
        .service(revoke::handler)
        .service(unlock::handler)
        .service(agree::handler)
        .service(return_::handler)
        .configure(amendment::routes);
}

/// A new password (转单密码): four digits, each as likely as the others.
fn fresh_password() -> anyhow::Result<String> {
    loop {
        let mut bits = [0; 2];
        aws_lc_rs::rand::fill(&mut bits)
            .map_err(|_| anyhow::anyhow!("no random bits to be had"))?;
        let number = u16::from_be_bytes(bits);
        // The last, shorter round of ten thousand would make some numbers likelier.
        if number < 60_000 {
            return Ok(format!("{:04}", number % 10_000));
        }
    }
}

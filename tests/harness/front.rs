//! The front door of a bureau: the app as it is served, made at the first request and kept.
//!
//! Making it takes longer than any answer, since it writes down the whole contract; a server does so once for each of
//! its threads.
use std::{pin::Pin, rc::Rc};

use actix_web::test::{self, TestRequest};
use api::Context;
use tokio::sync::OnceCell;

use crate::{Reply, codes};

type App = Box<dyn Fn(TestRequest) -> Pin<Box<dyn Future<Output = Reply>>>>;

#[derive(Default)]
pub(crate) struct Front(OnceCell<App>);

impl Front {
    pub(crate) async fn answer(&self, ctx: &Context, request: TestRequest) -> Reply {
        let app = self.0.get_or_init(|| open(ctx)).await;
        app(request).await
    }
}

async fn open(ctx: &Context) -> App {
    let app = Rc::new(test::init_service(api::app(ctx.clone())).await);
    Box::new(move |request| {
        let app = Rc::clone(&app);
        Box::pin(async move {
            let request = request.to_request();
            let path = request.path().to_owned();
            let response = test::call_service(&*app, request).await;
            let (status, headers) = (response.status(), response.headers().clone());
            let bytes = test::read_body(response).await;
            let body = serde_json::from_slice(&bytes).unwrap_or_default();
            codes::must_be_listed(&path, &body);
            Reply { status, headers, body, bytes: bytes.to_vec() }
        })
    })
}

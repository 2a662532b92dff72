//! A batch without an end: lines are filed while they come, and answered as soon as they are kept.
use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{self, Bytes},
};
use futures_util::stream::unfold;
use serde::Serialize;
use shared::ledger::Tx;

use super::{
    BatchItemOut, NDJSON, item,
    lines::{Line, Lines},
};
use crate::{
    Answer, Caller, body::one_error, declaration::file::DECLARATION_LIMIT, gate,
    identity::token::Denied, problem::Problem, request,
};

/// The answer to one line.
#[derive(Serialize)]
struct LineOut {
    /// Counted from one; what ends the stream is told of no line.
    line: Option<u64>,
    #[serde(flatten)]
    item: BatchItemOut,
}

/// What is kept between one group of lines and the next.
struct Stream {
    caller: Caller,
    token: String,
    lines: Lines,
    frame: (String, String),
    is_over: bool,
}

/// Begins to answer at once. The caller that hangs up leaves whole groups of lines behind, or nothing of one.
pub(super) fn answer(caller: Caller, request: &HttpRequest, payload: web::Payload) -> Answer {
    if caller.has_idempotency_key() {
        let en = "a stream has no Idempotency-Key: its lines are safe to send again";
        let pointer = "/headers/idempotency-key";
        return Err(one_error(pointer, "header-not-expected", "逐行申报不用幂等键", en));
    }
    let token = request.headers().get(header::AUTHORIZATION).and_then(gate::token_in);
    let token = token.ok_or_else(Problem::unauthenticated)?.to_owned();
    let (lines, frame) = (Lines::of(payload), request::id_and_path());
    let stream = Stream { caller, token, lines, frame, is_over: false };
    let body = unfold(stream, async |mut stream| {
        let frame = stream.frame.clone();
        let told = request::as_part_of(frame, stream.next()).await?;
        Some((Ok::<_, actix_web::Error>(told), stream))
    });
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    Ok(response.content_type(NDJSON).streaming(Box::pin(body)))
}

impl Stream {
    /// The answers to the next lines; nothing when all is answered.
    async fn next(&mut self) -> Option<Bytes> {
        if self.is_over {
            return None;
        }
        let lines = match self.lines.next().await {
            Ok(lines) if lines.is_empty() => return None,
            Ok(lines) => lines,
            Err(problem) => return Some(self.end(problem)),
        };
        // Who was disabled since, or whose token ran out, is heard no longer.
        if let Err(problem) = self.must_still_be_known().await {
            return Some(self.end(problem));
        }
        let numbers: Vec<_> = lines.iter().map(|line| line.number).collect();
        let items = self.file(lines).await;
        let told = numbers.into_iter().zip(items);
        Some(told.flat_map(|(line, item)| written(&LineOut { line: Some(line), item })).collect())
    }

    fn end(&mut self, problem: Problem) -> Bytes {
        self.is_over = true;
        written(&LineOut { line: None, item: problem.into() }).into()
    }

    async fn must_still_be_known(&mut self) -> Result<(), Problem> {
        let ctx = &self.caller.ctx;
        match ctx.tokens.verify(&ctx.pool, &self.token, ctx.clock.now()).await {
            Ok(actor) => self.caller.actor = actor,
            Err(Denied::Token(_)) => return Err(Problem::unauthenticated()),
            Err(Denied::Database(error)) => return Err(error.into()),
        }
        Ok(self.caller.must_hold(shared::identity::Permission::DeclarationFile)?)
    }

    /// All in one transaction; if that breaks, each in its own.
    async fn file(&self, lines: Vec<Line>) -> Vec<BatchItemOut> {
        let read = |line: &Line| match &line.bytes {
            Some(bytes) => item::read(&self.caller.actor, bytes),
            None => Err(Problem::too_large(DECLARATION_LIMIT)),
        };
        let together = async {
            let ctx = &self.caller.ctx;
            let mut tx = Tx::begin(&ctx.pool, &ctx.clock).await?;
            let items = lines.iter().map(read).collect();
            let answers = item::file_all(&mut tx, &ctx.desk(), items).await?;
            tx.commit().await?;
            Ok::<_, shared::kernel::Failure>(answers)
        };
        match together.await {
            Ok(answers) => return answers,
            Err(failure) => {
                tracing::warn!(lines = lines.len(), "lines failed, going one by one: {failure}");
            }
        }
        let mut answers = Vec::with_capacity(lines.len());
        for line in &lines {
            let filed = match read(line) {
                Ok(filing) => {
                    let ctx = &self.caller.ctx;
                    ctx.filer.file(ctx.desk(), filing).await.map_err(Problem::from)
                }
                Err(problem) => Err(problem),
            };
            answers.push(filed.map_or_else(BatchItemOut::from, BatchItemOut::from));
        }
        answers
    }
}

fn written(line: &LineOut) -> Vec<u8> {
    let mut bytes = serde_json::to_vec(line).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

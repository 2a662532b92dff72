//! `POST /v1/declaration-files`
use std::sync::Arc;

use actix_web::{
    HttpResponse,
    body::MessageBody as _,
    http::{StatusCode, header},
    post,
};
use serde::Serialize;
use serde_json::{Value, json};
use shared::{
    acts::{self, Filed, Filing, Receipt},
    declaration::parse,
    identity::Permission,
    import::{
        Original, service,
        xml::{self, MessageFormat, Unmapped},
    },
    kernel::{Failure, Violations, hex},
};
use utoipa::ToSchema;

use super::{file::must_be_own, out};
use crate::{
    Answer, Caller,
    body::{Raw, Sent as _},
    payment::day::format::XmlFile,
    problem::Problem,
    reply::Reply,
};

/// What a message may weigh.
const MESSAGE_LIMIT: usize = 2 * 1024 * 1024;

/// The receipt of a declaration that came as a message, and what of the message was not carried over.
#[derive(Debug, Serialize, ToSchema)]
pub struct FiledMessageOut {
    /// The same receipt as for any declaration.
    pub receipt: Receipt,
    /// Which system's message it is.
    pub format: MessageFormat,
    /// SHA-256 of the message as it came, in hexadecimal.
    #[schema(min_length = 64, max_length = 64)]
    pub sha256: String,
    /// What has no place in a declaration or no counterpart among its codes, all at once.
    #[schema(max_items = 1000)]
    pub unmapped: Vec<Unmapped>,
}

/// File a declaration from a file
///
/// Takes one message that another program wrote, `ITF_DCL_IO_DECL` of e-CIQ in its `OBORMessage` or a declaration of the
/// WCO Data Model 3.6, in XML of up to 2 MiB in UTF-8 or GBK, and files it like any other: 201, 200 and 409 as there. The
/// answer tells what could not be carried over, with the path of each element; the message is kept byte by byte. With
/// `Accept: application/xml` the receipt comes as a message of e-CIQ. A document type declaration, an entity, too much
/// depth or another charset is refused.
#[utoipa::path(
    operation_id = "fileDeclarationMessage", tag = "declaration",
    request_body(description = "The message.", content(
        (XmlFile = "application/xml", example = json!(MESSAGE_EXAMPLE)),
    )),
    responses(
        (status = 201, description = "Filed. What came of it stands in the receipt.", content(
            (FiledMessageOut = "application/json", example = json!(example())),
            (XmlFile = "application/xml", example = json!("<OBORMessage><MessageBody><ITF_DCL_RECEIPT/></MessageBody></OBORMessage>")),
        )),
        (status = 200, description = "Filed before with the same content: the first receipt.", content(
            (FiledMessageOut = "application/json", example = json!(example())),
            (XmlFile = "application/xml", example = json!("<OBORMessage><MessageBody><ITF_DCL_RECEIPT/></MessageBody></OBORMessage>")),
        )),
    ),
)]
#[post("/declaration-files")]
pub async fn handler(caller: Caller, body: Raw<MESSAGE_LIMIT>) -> Answer {
    must_be_xml(&body.content_type)?;
    caller.must_hold(Permission::DeclarationFile)?;
    let message = xml::read(&body.bytes).map_err(Problem::malformed)?;
    let submission = parse::from_value(&message.document)
        .map_err(|faults| Problem::malformed(with_unmapped(faults, &message.unmapped)))?;
    must_be_own(&caller.actor, &submission)?;
    let filing = Filing { actor: Arc::clone(&caller.actor), submission: Arc::new(submission) };
    let (format, unmapped) = (message.format, message.unmapped);
    let original = Original { format, bytes: body.bytes.to_vec(), unmapped: unmapped.clone() };
    let (desk, sha256) = (caller.ctx.desk(), hex(&body.digest()));
    let answer = caller
        .act(Permission::DeclarationFile, &body, async |tx, _| {
            let mut answers = acts::file_many(tx, &desk, vec![filing.clone()]).await?;
            let filed = answers.pop().ok_or(Failure::Missing("receipt"))?;
            let (status, receipt) = match filed {
                Filed::New(receipt) => {
                    service::keep_original(tx, receipt.id, &original).await?;
                    (StatusCode::CREATED, receipt)
                }
                Filed::Repeated(receipt) => (StatusCode::OK, receipt),
                Filed::Refused(refusal) => return Err(refusal.into()),
            };
            let location = Some(format!("/v1/declarations/{}", receipt.id));
            let (sha256, unmapped) = (sha256.clone(), unmapped.clone());
            let told = FiledMessageOut { receipt, format, sha256, unmapped };
            Ok(Reply { location, ..Reply::with(status, &told)? })
        })
        .await?;
    if wants_xml(&caller) { in_xml(&caller, answer) } else { Ok(answer) }
}

fn must_be_xml(content_type: &str) -> Result<(), Problem> {
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if kind == "application/xml" || kind == "text/xml" {
        return Ok(());
    }
    Err(Problem::unsupported_media_type("application/xml"))
}

/// Whether the caller likes XML better than JSON.
fn wants_xml(caller: &Caller) -> bool {
    let liked = caller.accept().map(|accept| accept.ranked()).unwrap_or_default();
    let first = liked.iter().find_map(|kind| match kind.essence_str() {
        "application/xml" | "text/xml" => Some(true),
        "application/json" | "*/*" => Some(false),
        _ => None,
    });
    first.unwrap_or(false)
}

/// The same answer with the receipt as a message of e-CIQ.
fn in_xml(caller: &Caller, answer: HttpResponse) -> Answer {
    let (mut answer, body) = answer.into_parts();
    let bytes = body.try_into_bytes().unwrap_or_default();
    let told: Value = serde_json::from_slice(&bytes).map_err(anyhow::Error::from)?;
    let xml = xml::receipt::write(&told["receipt"], caller.ctx.clock.now());
    let kind = header::HeaderValue::from_static("application/xml; charset=utf-8");
    answer.headers_mut().insert(header::CONTENT_TYPE, kind);
    answer.headers_mut().remove(header::CONTENT_LENGTH);
    Ok(answer.set_body(xml).map_into_boxed_body())
}

/// What is wrong with a message that cannot be read as a declaration, and what of it could not be carried over.
fn with_unmapped(mut faults: Violations, unmapped: &[Unmapped]) -> Violations {
    for one in unmapped {
        faults.push(shared::kernel::Violation {
            pointer: format!("/lines/{}", one.line),
            code: one.code.clone(),
            severity: one.severity,
            message_zh: format!("{}：{}", one.path, one.message_zh),
            message_en: format!("{}: {}", one.path, one.message_en),
        });
    }
    faults
}

const MESSAGE_EXAMPLE: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<OBORMessage><MessageHead/><MessageBody>\
    <ITF_DCL_IO_DECL><EntDeclNo>DR-2014-0512-01</EntDeclNo><DeclRegNo>3100601234</DeclRegNo><AplKind>I</AplKind>\
    <DeclCode>13</DeclCode><OrgCode>310900</OrgCode></ITF_DCL_IO_DECL></MessageBody></OBORMessage>";

fn example() -> Value {
    json!({
        "receipt": out::receipt_example(), "format": "ECIQ",
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "unmapped": [{
            "path": "OBORMessage/MessageBody/ITF_DCL_IO_DECL/InspOrgCode", "line": 12, "value": "310700",
            "severity": "INFO", "code": "assigned-here", "message_zh": "由检验检疫机构确定",
            "message_en": "the bureau itself says this" }]
    })
}

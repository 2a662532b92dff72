//! In what form a statement is brought: what its `Content-Type` says, and nothing guessed.
use serde::Deserialize;
use shared::payment::recon::Format;
use utoipa::ToSchema;

use crate::problem::Problem;

/// A file in XML, with one message of ISO 20022.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(max_length = 5_242_880)]
pub struct XmlFile(pub String);

pub(super) const CSV_EXAMPLE: &str = "kind,bank_ref,id,amount,booked_at\n\
    DEBIT,B20140512000017,01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c61,484.00,2014-05-12T02:05:31Z\n\
    END,1,484.00,0.00\n";

pub(super) const CAMT_EXAMPLE: &str = r#"<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>M20140512</MsgId><CreDtTm>2014-05-13T00:30:00+08:00</CreDtTm></GrpHdr>
<Stmt><Id>S20140512</Id><CreDtTm>2014-05-13T00:30:00+08:00</CreDtTm><Acct><Id><Othr><Id>3109-1</Id></Othr></Id><Ccy>CNY</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">0.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2014-05-12</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">484.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2014-05-12</Dt></Dt></Bal>
<Ntry><Amt Ccy="CNY">484.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><DtTm>2014-05-12T10:05:31+08:00</DtTm></BookgDt><AcctSvcrRef>B20140512000017</AcctSvcrRef>
<NtryDtls><TxDtls><Refs><EndToEndId>01910a5e7c1e7b3a9c550d6d1a2b3c61</EndToEndId></Refs></TxDtls></NtryDtls></Ntry>
</Stmt></BkToCstmrStmt></Document>"#;

/// The form that a content type stands for, or 415.
pub(super) fn of(content_type: &str) -> Result<Format, Problem> {
    let mut parts = content_type.split(';').map(|part| part.trim().to_ascii_lowercase());
    let kind = parts.next().unwrap_or_default();
    let charset = parts.find_map(|parameter| {
        parameter.strip_prefix("charset=").map(|charset| charset.trim_matches('"').to_owned())
    });
    match (kind.as_str(), charset.as_deref().unwrap_or("utf-8")) {
        ("text/csv", "utf-8") => Ok(Format::Csv),
        ("text/csv", "gb18030" | "gbk" | "gb2312") => Ok(Format::CsvGb18030),
        ("application/xml" | "text/xml", "utf-8") => Ok(Format::Camt053),
        _ => {
            let accepted = "text/csv; charset=utf-8, text/csv; charset=gb18030, application/xml";
            Err(Problem::unsupported_media_type(accepted))
        }
    }
}

#[cfg(test)]
mod tests {
    use shared::payment::recon::{Days, read};

    use super::*;

    #[test]
    fn a_content_type_says_in_what_form_a_statement_is() {
        assert_eq!(of("text/csv").ok(), Some(Format::Csv));
        assert_eq!(of("Text/CSV; charset=\"UTF-8\"").ok(), Some(Format::Csv));
        assert_eq!(of("text/csv;charset=GBK").ok(), Some(Format::CsvGb18030));
        assert_eq!(of("application/xml; charset=utf-8").ok(), Some(Format::Camt053));
        for refused in
            ["", "text/plain", "text/csv; charset=utf-16", "application/xml; charset=gbk"]
        {
            assert!(of(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn both_examples_are_the_same_statement() {
        let days = Days::only("2014-05-12".parse().unwrap());
        let csv = read(Format::Csv, &days, CSV_EXAMPLE.as_bytes()).unwrap();
        let mut camt = read(Format::Camt053, &days, CAMT_EXAMPLE.as_bytes()).unwrap();
        camt[0].line_no = csv[0].line_no;

        assert_eq!(csv, camt);
    }
}

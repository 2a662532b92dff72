//! The contract at work: which paths there are, which methods they take, which parameters they know.
//!
//! Read once from the same registration that serves the routes, so it cannot disagree with them.
use std::collections::{BTreeMap, BTreeSet, HashMap};

use actix_web::http::{Method, StatusCode, header};
use shared::kernel::Violations;
use utoipa::openapi::{OpenApi, RefOr, Schema, path::ParameterIn};

use crate::problem::Problem;

/// A query string may hold thousands of names; the answer to it does not.
const MOST_TOLD: usize = 20;

/// What the served operations accept.
#[derive(Debug, Default)]
pub struct Contract {
    /// Path template, method, its query parameters and how long each may be.
    operations: HashMap<String, BTreeMap<String, BTreeMap<String, Length>>>,
}

impl Contract {
    #[must_use]
    pub fn of(document: &OpenApi) -> Self {
        let mut operations = HashMap::new();
        for (template, item) in &document.paths.paths {
            let mut methods = BTreeMap::new();
            let entries = [
                ("GET", &item.get),
                ("POST", &item.post),
                ("PUT", &item.put),
                ("PATCH", &item.patch),
                ("DELETE", &item.delete),
            ];
            for (method, operation) in entries {
                let Some(operation) = operation else { continue };
                let names = operation
                    .parameters
                    .iter()
                    .flatten()
                    .filter_map(|parameter| match parameter {
                        RefOr::T(given) if given.parameter_in == ParameterIn::Query => {
                            Some((given.name.clone(), Length::of(given.schema.as_ref())))
                        }
                        _ => None,
                    })
                    .collect();
                methods.insert(method.to_owned(), names);
            }
            operations.insert(template.clone(), methods);
        }
        Self { operations }
    }

    /// 400 naming the query parameters that the operation does not know.
    #[must_use]
    pub fn refuse_parameters(&self, method: &Method, route: &str, query: &str) -> Option<Problem> {
        let known = self.operations.get(route)?.get(method.as_str())?;
        let mut errors = Violations::default();
        let pairs = || query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        let is_unknown = |name: &&str| !name.is_empty() && !known.contains_key(*name);
        let unknown: BTreeSet<&str> = pairs().map(|(name, _)| name).filter(is_unknown).collect();
        let list = known.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        for name in unknown.into_iter().take(MOST_TOLD) {
            errors.error(
                format!("/query/{}", name.replace('~', "~0").replace('/', "~1")),
                "unknown-parameter",
                format!("不认识查询参数，可用：{list}"),
                format!("this query parameter is not known here; known are: {list}"),
            );
        }
        for (name, value) in pairs() {
            let Some(length) = known.get(name).filter(|length| !length.holds(value)) else {
                continue;
            };
            errors.error(
                format!("/query/{name}"),
                "parameter-length",
                format!("应为{length}个字符"),
                format!("send {length} characters"),
            );
        }
        (!errors.is_empty()).then(|| Problem::malformed(errors))
    }

    /// Whether a path has no placeholder: `/v1/declarations/release` is nobody's id.
    #[must_use]
    pub fn is_written_out(&self, path: &str) -> bool {
        self.operations.contains_key(path)
    }

    /// The methods that a path takes; none where there is no such path.
    #[must_use]
    pub fn methods(&self, path: &str) -> Vec<&str> {
        // A path that is written out comes before one with a placeholder, here as in the routes.
        let written_out = self.operations.get(path);
        let templates = self.operations.iter().filter(|(template, _)| fits(template, path));
        let fitting = templates.map(|(_, methods)| methods).filter(|_| written_out.is_none());
        let methods = written_out.into_iter().chain(fitting);
        let methods = methods.flat_map(|methods| methods.keys().map(String::as_str));
        methods.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// What to answer where no route took the request: 405 with `Allow` if only the method is wrong.
    #[must_use]
    pub fn refuse_path(&self, path: &str) -> Problem {
        let allowed = self.methods(path);
        if allowed.is_empty() {
            return Problem::not_found();
        }
        let allow = allowed.join(", ");
        Problem::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method-not-allowed",
            "This path does not take that method",
        )
        .detail(format!("allowed: {allow}"))
        .header(header::ALLOW, &allow)
    }
}

/// How long the value of a parameter may be; where nothing is said, as long as a request can be.
#[derive(Clone, Copy, Debug)]
struct Length {
    least: usize,
    most: usize,
}

impl Length {
    fn of(schema: Option<&RefOr<Schema>>) -> Self {
        let Some(RefOr::T(Schema::Object(object))) = schema else {
            return Self { least: 0, most: usize::MAX };
        };
        let most = object.max_length.unwrap_or(usize::MAX);
        Self { least: object.min_length.unwrap_or(0), most }
    }

    fn holds(self, value: &str) -> bool {
        (self.least..=self.most).contains(&characters(value))
    }
}

impl std::fmt::Display for Length {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.least, self.most) {
            (least, most) if least == most => write!(out, "{most}"),
            (least, usize::MAX) => write!(out, "≥{least}"),
            (least, most) => write!(out, "{least}-{most}"),
        }
    }
}

/// The characters of a value as it stands in a query string: bytes that only carry on a character do not count, and an
/// escape counts as the byte that it is.
fn characters(value: &str) -> usize {
    let mut bytes = value.bytes();
    let mut count = 0;
    while let Some(byte) = bytes.next() {
        let byte = match byte {
            b'%' => {
                let digits = [bytes.next(), bytes.next()].map(|digit| digit.unwrap_or(b'0'));
                let text = std::str::from_utf8(&digits).unwrap_or("00");
                u8::from_str_radix(text, 16).unwrap_or(0)
            }
            byte => byte,
        };
        count += usize::from(byte & 0b1100_0000 != 0b1000_0000);
    }
    count
}

fn fits(template: &str, path: &str) -> bool {
    let (mut wanted, mut given) = (template.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some(segment), Some(value))
                if segment == value || (segment.starts_with('{') && !value.is_empty()) => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{characters, fits};

    #[test]
    fn characters_are_counted_as_they_are_read() {
        assert_eq!(characters("abc"), 3);
        assert_eq!(characters("%E6%8A%A5%E6%A3%80"), 2);
        assert_eq!(characters("a%20b+c%"), 6);
    }

    #[test]
    fn a_template_fits_its_own_paths_only() {
        assert!(fits("/v1/declarations/{id}", "/v1/declarations/17"));
        assert!(!fits("/v1/declarations/{id}", "/v1/declarations"));
        assert!(!fits("/v1/declarations/{id}", "/v1/declarations/17/accept"));
        assert!(!fits("/v1/declarations/{id}", "/v1/declarations/"));
    }
}

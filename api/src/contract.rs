//! The contract at work: which paths there are, which methods they take, which parameters they know.
//!
//! Read once from the same registration that serves the routes, so it cannot disagree with them.
mod rule;

use std::{
    cell::LazyCell,
    collections::{BTreeMap, BTreeSet, HashMap},
};

use actix_web::{
    http::{
        Method, StatusCode,
        header::{self, HeaderMap, HeaderName},
    },
    web::Query,
};
use shared::kernel::Violations;
use utoipa::openapi::{
    OpenApi, RefOr,
    path::{Operation, ParameterIn},
};

use crate::{caller, document, problem::Problem};
use rule::{Broken, Rule, Rules};

/// A query string may hold thousands of names; the answer to it does not.
const MOST_TOLD: usize = 20;

/// What the served operations accept.
#[derive(Debug, Default)]
pub struct Contract {
    /// By path template and method.
    operations: HashMap<String, BTreeMap<String, Taken>>,
}

/// What one operation takes beside its path and its body.
#[derive(Debug, Default)]
struct Taken {
    query: BTreeMap<String, Rule>,
    headers: Vec<(HeaderName, Rule)>,
}

impl Contract {
    #[must_use]
    pub fn of(document: &OpenApi) -> Self {
        let mut rules = Rules::default();
        let headers = headers(&mut rules);
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
                let taken = document::takes(template, method, operation.security.is_none());
                let headers = taken.filter_map(|name| headers.get(name).cloned()).collect();
                let query = query(&mut rules, operation);
                methods.insert(method.to_owned(), Taken { query, headers });
            }
            operations.insert(template.clone(), methods);
        }
        Self { operations }
    }

    fn taken(&self, method: &Method, route: &str) -> Option<&Taken> {
        self.operations.get(route)?.get(method.as_str())
    }

    /// 400 naming the query parameters that the operation does not know, and those whose values it does not take.
    #[must_use]
    pub fn refuse_parameters(&self, method: &Method, route: &str, query: &str) -> Option<Problem> {
        let known = &self.taken(method, route)?.query;
        let pairs = Query::<Vec<(String, String)>>::from_query(query).ok()?.into_inner();
        let mut errors = Violations::default();
        let is_unknown = |name: &&str| !name.is_empty() && !known.contains_key(*name);
        let names = pairs.iter().map(|(name, _)| name.as_str());
        let unknown: BTreeSet<&str> = names.filter(is_unknown).collect();
        let list =
            LazyCell::new(|| known.keys().map(String::as_str).collect::<Vec<_>>().join(", "));
        for name in unknown.into_iter().take(MOST_TOLD) {
            errors.error(
                format!("/query/{}", name.replace('~', "~0").replace('/', "~1")),
                "unknown-parameter",
                format!("不认识查询参数，可用：{}", *list),
                format!("this query parameter is not known here; known are: {}", *list),
            );
        }
        let broken = pairs
            .iter()
            .filter_map(|(name, value)| Some((name, known.get(name)?.broken_by(value)?)));
        for (name, broken) in broken.take(MOST_TOLD) {
            let (code, zh, en) = match &broken {
                Broken::Length(length) => {
                    ("parameter-length", format!("应为{length}个字符"), format!("send {broken}"))
                }
                Broken::Pattern(pattern) => (
                    "parameter-malformed",
                    format!("格式应符合 {pattern}"),
                    format!("send {broken}"),
                ),
                Broken::Bounds(bounds) => {
                    let zh = format!("应为{}至{}", bounds.start(), bounds.end());
                    ("out-of-range", zh, broken.to_string())
                }
            };
            errors.error(format!("/query/{name}"), code, zh, en);
        }
        (!errors.is_empty()).then(|| Problem::malformed(errors))
    }

    /// 400 naming the first header whose value the operation does not take.
    #[must_use]
    pub fn refuse_headers(
        &self,
        method: &Method,
        route: &str,
        given: &HeaderMap,
    ) -> Option<Problem> {
        self.taken(method, route)?.headers.iter().find_map(|(name, rule)| {
            let value = String::from_utf8_lossy(given.get(name)?.as_bytes());
            Some(caller::bad_header(name.as_str(), &rule.broken_by(&value)?.to_string()))
        })
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

/// The headers that operations may take, by their names in the contract's `components`.
fn headers(rules: &mut Rules) -> HashMap<String, (HeaderName, Rule)> {
    let described = document::headers_taken();
    let described = described.as_object().into_iter().flatten();
    let read = described.filter_map(|(key, header)| {
        let name = header["name"].as_str()?.parse().ok()?;
        Some((key.clone(), (name, rules.of(&header["schema"]))))
    });
    read.collect()
}

/// The parameters of a query, with the limits that follow from their types.
fn query(rules: &mut Rules, operation: &Operation) -> BTreeMap<String, Rule> {
    let described = operation.parameters.iter().flatten();
    let read = described.filter_map(|parameter| match parameter {
        RefOr::T(given) if given.parameter_in == ParameterIn::Query => {
            let schema = serde_json::to_value(given.schema.as_ref()).unwrap_or_default();
            Some((given.name.clone(), rules.of(&document::completed(schema))))
        }
        _ => None,
    });
    read.collect()
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
    use super::fits;

    #[test]
    fn a_template_fits_its_own_paths_only() {
        assert!(fits("/v1/declarations/{id}", "/v1/declarations/17"));
        assert!(!fits("/v1/declarations/{id}", "/v1/declarations"));
        assert!(!fits("/v1/declarations/{id}", "/v1/declarations/17/accept"));
        assert!(!fits("/v1/declarations/{id}", "/v1/declarations/"));
    }
}

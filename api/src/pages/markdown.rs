//! Prose of the repository as a page.
use std::fmt::Write;

use pulldown_cmark::{Options, Parser};

const STYLE: &str = "body{max-width:52rem;margin:2rem auto;padding:0 1rem;font:1rem/1.6 system-ui,'Noto Sans CJK SC',\
    sans-serif;color:#1b1b1b;background:#fff}code,pre{font-size:.9em;background:#f2f2f2}pre{padding:1rem;overflow:auto}\
    table{border-collapse:collapse}td,th{border:1px solid #aaa;padding:.3rem .6rem;text-align:left;\
    vertical-align:top}a{color:#0b4a8f}h2{margin-top:2.2rem}";

/// A whole page of one document.
pub(super) fn page(title: &str, markdown: &str) -> String {
    let mut html = String::with_capacity(markdown.len() * 2);
    let _ = write!(
        html,
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>{title} · Anyport</title><style>{STYLE}</style></head><body>"
    );
    let parser = Parser::new_ext(markdown, Options::ENABLE_TABLES);
    pulldown_cmark::html::push_html(&mut html, parser);
    html.push_str("</body></html>");
    html
}

#[cfg(test)]
mod tests {
    use super::page;

    #[test]
    fn a_page_keeps_the_documents_headings_and_tables() {
        let html = page("Rules", "# Rules\n\n| code | 规则 |\n|---|---|\n| `a` | 缺 |\n");

        assert!(html.contains("<h1>Rules</h1>"));
        assert!(html.contains("<td><code>a</code></td><td>缺</td>"));
        assert!(!html.contains("http"), "a page asks nobody else");
    }
}

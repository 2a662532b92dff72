//! What is wrong with a submission: every reason, not just the first (一次性告知).
use serde::{Deserialize, Serialize};

/// How much a finding weighs (domain R14).
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Severity {
    /// Told, and routes nothing.
    Info,
    /// An officer looks.
    Warning,
    /// The submission is returned.
    Error,
}

/// One finding. The same shape in a problem's `errors` and in a declaration's defect notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Violation {
    /// JSON Pointer into the submitted body (RFC 6901).
    #[schema(example = "/goods/0/hs_code", max_length = 200)]
    pub pointer: String,
    /// Stable, kebab-case; listed in `GET /v1/rules`.
    #[schema(example = "hs-code-malformed", max_length = 64)]
    pub code: String,
    pub severity: Severity,
    #[schema(example = "HS 编码应为10位数字", max_length = 500)]
    pub message_zh: String,
    #[schema(example = "The HS code must be 10 digits", max_length = 500)]
    pub message_en: String,
}

impl Violation {
    #[must_use]
    pub fn error(
        pointer: impl Into<String>,
        code: &str,
        message_zh: impl Into<String>,
        message_en: impl Into<String>,
    ) -> Self {
        Self {
            pointer: pointer.into(),
            code: code.to_owned(),
            severity: Severity::Error,
            message_zh: message_zh.into(),
            message_en: message_en.into(),
        }
    }
}

impl FromIterator<Violation> for Violations {
    fn from_iter<I: IntoIterator<Item = Violation>>(findings: I) -> Self {
        Self(findings.into_iter().collect())
    }
}

/// A growing list of findings. Checks note and carry on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Violations(Vec<Violation>);

impl Violations {
    pub fn push(&mut self, violation: Violation) {
        self.0.push(violation);
    }

    /// Notes an error and carries on.
    pub fn error(
        &mut self,
        pointer: impl Into<String>,
        code: &str,
        message_zh: impl Into<String>,
        message_en: impl Into<String>,
    ) {
        self.push(Violation::error(pointer, code, message_zh, message_en));
    }

    /// The trimmed text, if there is any and it is not too long.
    pub fn text(
        &mut self,
        pointer: impl Into<String>,
        given: &str,
        longest: usize,
    ) -> Option<String> {
        let text = given.trim();
        if text.is_empty() {
            self.error(pointer, "text-missing", "不能为空", "This must not be empty");
            return None;
        }
        if text.chars().count() > longest {
            let message_zh = format!("最多{longest}个字符");
            self.error(
                pointer,
                "text-too-long",
                message_zh,
                format!("At most {longest} characters"),
            );
            return None;
        }
        Some(text.to_owned())
    }

    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Violation> {
        self.0.iter()
    }

    /// The heaviest finding, if there is any.
    #[must_use]
    pub fn worst(&self) -> Option<Severity> {
        self.0.iter().map(|violation| violation.severity).max()
    }

    /// The value, if nothing was found wrong on the way.
    pub fn finish<T>(self, parsed: Option<T>) -> Result<T, Self> {
        match parsed {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => Err(self),
        }
    }

    #[must_use]
    pub fn into_vec(self) -> Vec<Violation> {
        self.0
    }
}

//! What a code of a finding means. Each room keeps a table of its own codes; `crate::catalogue` gathers them.
use super::Severity;

/// What one code means, wherever it is told: in a problem's `errors`, a defect notice, a receipt or a result.
#[derive(Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Rule {
    /// Stable, kebab-case; the `code` of a finding.
    #[schema(example = "mandatory-field", max_length = 64, pattern = "^[a-z0-9-]+$")]
    pub code: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// When it speaks up.
    pub stage: Stage,
    /// Who gives it; more than one where rooms share a code for the same fault. `REQUEST`: any operation.
    #[schema(max_items = 20, min_items = 1, value_type = Vec<Group>)]
    pub groups: &'static [Group],
    /// In Chinese.
    #[schema(example = "必填项缺失", max_length = 200)]
    pub title_zh: &'static str,
    /// In English.
    #[schema(example = "A mandatory member is missing", max_length = 200)]
    pub title_en: &'static str,
    /// The regulation, the ruling of the domain reference, or the document that asks for it.
    #[schema(example = "domain R14", max_length = 200)]
    pub source: &'static str,
    /// Where it can point: JSON Pointers, `*` for the place of an item; a member may follow. Empty: anywhere.
    #[schema(max_items = 20, value_type = Vec<String>, example = json!(["/goods/*/hs_code"]))]
    pub fields: &'static [&'static str],
    /// The edition that told it first.
    #[schema(example = "0.1.0", max_length = 20, pattern = r"^\d+\.\d+\.\d+$")]
    pub since: &'static str,
}

impl Rule {
    /// An error of one room, of the first edition, that can point anywhere.
    #[must_use]
    pub const fn of(
        groups: &'static [Group],
        stage: Stage,
        code: &'static str,
        words: (&'static str, &'static str),
    ) -> Self {
        let (title_zh, title_en) = words;
        let (severity, source, since) = (Severity::Error, "contract", "0.1.0");
        Self { code, severity, stage, groups, title_zh, title_en, source, fields: &[], since }
    }

    /// The same, pointing there alone.
    #[must_use]
    pub const fn at(self, fields: &'static [&'static str]) -> Self {
        Self { fields, ..self }
    }

    /// The same, asked for by that regulation or document.
    #[must_use]
    pub const fn by(self, source: &'static str) -> Self {
        Self { source, ..self }
    }

    /// The same, told and routing nothing.
    #[must_use]
    pub const fn told(self) -> Self {
        Self { severity: Severity::Info, ..self }
    }

    /// The same, given by these rooms.
    #[must_use]
    pub const fn shared_by(self, groups: &'static [Group]) -> Self {
        Self { groups, ..self }
    }

    /// Whether a finding of this rule may point there.
    #[must_use]
    pub fn may_point_to(&self, pointer: &str) -> bool {
        self.fields.is_empty() || self.fields.iter().any(|field| is_below(field, pointer))
    }

    /// Whether that room may give it.
    #[must_use]
    pub fn is_given_by(&self, group: Group) -> bool {
        self.groups.contains(&Group::Request) || self.groups.contains(&group)
    }
}

fn is_below(field: &str, pointer: &str) -> bool {
    let (mut wanted, mut given) = (field.split('/'), pointer.split('/'));
    wanted.all(|segment| given.next().is_some_and(|name| segment == "*" || segment == name))
}

/// When a rule speaks up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(as = RuleStage)]
pub enum Stage {
    /// The body cannot be read as a declaration: 400, nothing is stored.
    Reading,
    /// The declaration is stored and reviewed: the finding stands in its notice.
    Review,
    /// It passed the review and cannot be accepted all the same.
    Acceptance,
    /// An operation is refused, 400, 409 or 422, and nothing is changed.
    Request,
    /// A file or a message in a form of others is read: of a table of ours it tells the line.
    File,
    /// A partner's message is refused; the finding stands in its receipt.
    Message,
}

/// The room that gives a finding.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(as = RuleGroup)]
pub enum Group {
    /// Any operation: what holds of every request.
    Request,
    /// Declarations.
    Declaration,
    /// Organisations, staff, clients, powers of attorney, eligibility.
    Identity,
    /// Dated tables.
    Reference,
    /// Playing the other sides in test mode.
    Rehearsal,
    /// Files of declarations, and messages of others.
    Import,
    /// Appointments, samples, results.
    Inspection,
    /// Fees, agreements, windows, the bank's days.
    Payment,
    /// Cases that change hands.
    Handoff,
    /// Partner bureaus and their messages.
    Exchange,
    /// Electronic transfers.
    Swap,
    /// Credit of enterprises.
    Credit,
    /// Notices of non-conformity.
    Nonconformity,
    /// Clearance forms.
    Clearance,
    /// Direct release.
    DirectRelease,
    /// The feed and webhooks.
    Notification,
}

impl Group {
    /// All, in the order of the documentation.
    pub const ALL: [Self; 16] = [
        Self::Request,
        Self::Declaration,
        Self::Identity,
        Self::Reference,
        Self::Import,
        Self::Inspection,
        Self::Payment,
        Self::Handoff,
        Self::Exchange,
        Self::Swap,
        Self::Credit,
        Self::Nonconformity,
        Self::Clearance,
        Self::DirectRelease,
        Self::Notification,
        Self::Rehearsal,
    ];

    /// For people: what stands above its rules.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Request => "Every request",
            Self::Declaration => "Declarations (报检)",
            Self::Identity => "Organisations, people and clients",
            Self::Reference => "Dated tables",
            Self::Rehearsal => "Test mode",
            Self::Import => "Files of declarations, and messages of others",
            Self::Inspection => "Inspection (检验)",
            Self::Payment => "Fees and payments (收费)",
            Self::Handoff => "Handoffs between bureaus (转单)",
            Self::Exchange => "Messages of partner bureaus",
            Self::Swap => "Electronic transfers (电子转单)",
            Self::Credit => "Credit (诚信)",
            Self::Nonconformity => "Notices of non-conformity (不合格信息通报)",
            Self::Clearance => "Clearance forms (通关单)",
            Self::DirectRelease => "Direct release (直通放行)",
            Self::Notification => "Feed and webhooks",
        }
    }
}

//! Papers: declaration classes, certificates asked for, attachments, licences.
use chrono::NaiveDate;

use crate::reference::{
    Books,
    cell::{Digits, choices},
    sheet::sheet,
};

choices! {
    /// Into the country or out of it (出入境类别).
    #[schema(as = BookDirection)]
    Direction {
        Inbound "I",
        Outbound "O",
    }

    /// Which place decides who inspects (domain R8).
    InspectedAt {
        /// The office of the port of entry.
        Port "PORT",
        /// The office of the destination.
        Destination "DESTINATION",
        /// The office that took the declaration.
        DeclaringOffice "DECLARING_OFFICE",
    }
}

sheet! {
    /// Declaration classes (报检类别, domain 2.4).
    DeclarationClass "declaration_classes" key [code] {
        /// Two digits.
        code: Digits<2>,
        /// Inbound or outbound.
        direction: Direction,
        /// Which place decides who inspects.
        inspected_at: InspectedAt,
        /// Chinese name.
        name_zh: String,
        /// English name.
        name_en: String,
    }
}

sheet! {
    /// Certificates that can be asked for (申请单证, domain 2.9).
    Certificate "certificates" key [code] {
        /// Two digits.
        code: Digits<2>,
        /// Chinese name.
        name_zh: String,
        /// English name.
        name_en: String,
    }
}

sheet! {
    /// Documents that accompany a declaration (随附单据, domain 2.10).
    Attachment "attachments" key [code] {
        /// Six digits, `101` first.
        code: Digits<6>,
        /// Chinese name.
        name_zh: String,
        /// English name.
        name_en: String,
    }
}

sheet! {
    /// Licences and approvals referred to by number (许可证类别, domain 2.11).
    LicenceType "licence_types" key [code] {
        /// Three digits.
        code: Digits<3>,
        /// Chinese name.
        name_zh: String,
        /// English name.
        name_en: String,
    }
}

impl Books {
    #[must_use]
    pub fn declaration_class(&self, code: &str, on: NaiveDate) -> Option<&DeclarationClass> {
        self.tables.declaration_classes.on(code, on)
    }

    #[must_use]
    pub fn certificate(&self, code: &str, on: NaiveDate) -> Option<&Certificate> {
        self.tables.certificates.on(code, on)
    }

    #[must_use]
    pub fn attachment(&self, code: &str, on: NaiveDate) -> Option<&Attachment> {
        self.tables.attachments.on(code, on)
    }

    #[must_use]
    pub fn licence_type(&self, code: &str, on: NaiveDate) -> Option<&LicenceType> {
        self.tables.licence_types.on(code, on)
    }
}

//! What a declaration says: one version, as it was understood.
//!
//! Wire names are the bureau's own column names in lower case. Reading (`parse`) fails only for what is no
//! declaration at all; everything else that is wrong is kept as given, for the rules to tell at once.
mod document;
mod given;
mod goods;
mod head;
mod json;
pub(crate) mod member;
mod parts;
mod pointer;
mod schema;

pub(crate) use document::{Document, Slot, document, read};
pub use document::{Field, Need, Shape};
pub use given::{Day, Figure, Given};
pub use goods::{Goods, Licence, Package};
pub use head::Content;
pub(crate) use json::Json;
pub use parts::{
    Attachment, CertificateRequest, Container, Party, Qualification, User, WoodPackaging,
};
pub use pointer::At;

use super::Direction;

/// Without these five nobody could be told what is wrong: a body that lacks one is not stored.
pub const IDENTITY: [&str; 5] = ["decl_reg_no", "ent_decl_no", "apl_kind", "decl_code", "decl_org"];

/// Goods lines in one declaration (domain R2).
pub const MOST_LINES: usize = 999;

impl Content {
    /// Inbound unless it says `O`; reading has refused anything else.
    #[must_use]
    pub fn direction(&self) -> Direction {
        self.apl_kind.as_deref().and_then(Direction::parse).unwrap_or(Direction::Inbound)
    }

    /// A member of the identity, which reading has made sure of.
    fn known(member: Option<&String>) -> &str {
        member.map_or("", String::as_str)
    }

    /// The declaring unit (报检单位登记号).
    #[must_use]
    pub fn reg_no(&self) -> &str {
        Self::known(self.decl_reg_no.as_ref())
    }

    /// The declaring unit's own reference (企业报检号).
    #[must_use]
    pub fn reference(&self) -> &str {
        Self::known(self.ent_decl_no.as_ref())
    }

    /// The declaration class (报检类别).
    #[must_use]
    pub fn class(&self) -> &str {
        Self::known(self.decl_code.as_ref())
    }

    /// The declaring office (报检地).
    #[must_use]
    pub fn declaring_office(&self) -> &str {
        Self::known(self.decl_org.as_ref())
    }

    /// Flow (流向) to a destination of another direct bureau (domain R8).
    #[must_use]
    pub fn flows_outside(&self) -> bool {
        let bureau = self.declaring_office().get(..2);
        let destination = self.dest_code.as_deref().and_then(|code| code.get(..2));
        self.class() == "14" && destination.is_some() && destination != bureau
    }

    /// The release office (领证地); the declaring office while none is named.
    #[must_use]
    pub fn release_office(&self) -> &str {
        self.release_org.as_deref().unwrap_or_else(|| self.declaring_office())
    }

    /// Consignee inbound, consignor outbound: the party that is registered here.
    #[must_use]
    pub fn domestic_party(&self) -> Option<&Party> {
        match self.direction() {
            Direction::Inbound => self.consignee.as_ref(),
            Direction::Outbound => self.consignor.as_ref(),
        }
    }

    /// The members of a declaration, and within them those of its parts.
    #[must_use]
    pub fn members() -> Vec<(Field, Shape)> {
        document::shapes::<Self>()
    }

    /// All parts, with their names in the contract and their fields: for the field list.
    #[must_use]
    pub fn parts() -> Vec<(&'static str, Vec<Field>)> {
        fn fields<T: Document>() -> (&'static str, Vec<Field>) {
            (T::NAME, T::SLOTS.iter().map(|slot: &Slot<T>| slot.field).collect())
        }
        vec![
            fields::<Self>(),
            fields::<Party>(),
            fields::<Goods>(),
            fields::<Package>(),
            fields::<Licence>(),
            fields::<Container>(),
            fields::<Attachment>(),
            fields::<CertificateRequest>(),
            fields::<WoodPackaging>(),
            fields::<User>(),
            fields::<Qualification>(),
        ]
    }
}

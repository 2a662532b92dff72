//! The columns of a table, made from the fields of a declaration.
use crate::declaration::{
    Content,
    content::{Field, Shape},
};

/// Where the value of a column belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Home {
    /// The declaration itself.
    Head,
    /// A part of it: `consignee`.
    Part(&'static str),
    /// An item of one of its lists: `goods`.
    Item(&'static str),
    /// An item of a list within an item: `goods`, `packages`.
    Inner(&'static str, &'static str),
}

/// How the text of a cell becomes a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Flag,
    Whole,
    Labels,
}

/// One column.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    pub field: Field,
    pub(super) home: Home,
    pub(super) kind: Kind,
}

impl Column {
    /// `goods.hs_code`.
    #[must_use]
    pub fn name(&self) -> String {
        let own = self.field.name;
        match self.home {
            Home::Head => own.to_owned(),
            Home::Part(part) | Home::Item(part) => format!("{part}.{own}"),
            Home::Inner(list, inner) => format!("{list}.{inner}.{own}"),
        }
    }
}

/// All of them, in the order of the form.
#[must_use]
pub fn columns() -> Vec<Column> {
    let mut found = Vec::new();
    for (field, shape) in Content::members() {
        match shape {
            Shape::Part(members) => {
                let home = Home::Part(field.name);
                found.extend(
                    members().into_iter().filter_map(|(own, shape)| plain(own, home, shape)),
                );
            }
            Shape::List(members) => {
                for (own, shape) in members() {
                    found.extend(plain(own, Home::Item(field.name), shape));
                    if let Shape::List(inner) = shape {
                        let home = Home::Inner(field.name, own.name);
                        let inner = inner().into_iter();
                        found.extend(inner.filter_map(|(own, shape)| plain(own, home, shape)));
                    }
                }
            }
            plain_shape => found.extend(plain(field, Home::Head, plain_shape)),
        }
    }
    found
}

fn plain(field: Field, home: Home, shape: Shape) -> Option<Column> {
    let kind = match shape {
        Shape::Text => Kind::Text,
        Shape::Flag => Kind::Flag,
        Shape::Whole => Kind::Whole,
        Shape::Labels => Kind::Labels,
        Shape::Part(_) | Shape::List(_) => return None,
    };
    Some(Column { field, home, kind })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_field_of_a_declaration_has_a_column_of_its_own() {
        let columns = columns();
        let names: BTreeSet<_> = columns.iter().map(Column::name).collect();
        assert_eq!(names.len(), columns.len());

        let fields: usize = Content::parts().iter().map(|(_, fields)| fields.len()).sum();
        // Consignor and consignee are one kind of part in two places; lists and parts are no columns themselves.
        let party = Content::parts()[1].1.len();
        let containers = 3 + 6 + 2;
        assert_eq!(columns.len(), fields + party - containers);
        assert!(names.contains("goods.packages.pack_code") && names.contains("consignee.cname"));
    }
}

//! Goods to declare.
use serde_json::{Value, json};
use shared::declaration::examples;

/// A declaration's body, to be changed before it is filed.
#[derive(Clone, Debug)]
pub struct Consignment(pub Value);

/// Steel screws, outside the catalogue: scenario S1.
#[must_use]
pub fn screws(reference: &str) -> Consignment {
    Consignment(examples::self_declaration()).named(reference)
}

/// Wine, catalogue goods with a fee: scenario S2.
#[must_use]
pub fn wine(reference: &str) -> Consignment {
    Consignment(examples::wine()).named(reference)
}

/// Down that leaves through Shanghai, catalogue goods of Xiaoshan: scenario S4.
#[must_use]
pub fn down(reference: &str) -> Consignment {
    Consignment(examples::down()).with("/ent_decl_no", json!(reference))
}

/// Used goods, outside the catalogue: mandatory inspection, whatever the draw says.
#[must_use]
pub fn toys(reference: &str) -> Consignment {
    screws(reference).with("/goods/0/goods_attr", json!(["21"]))
}

impl Consignment {
    /// Its own reference, bill and D/O.
    #[must_use]
    pub fn named(self, reference: &str) -> Self {
        self.with("/ent_decl_no", json!(reference))
            .with("/bill_lad_no", json!(format!("B{reference}")))
            .with("/delivery_order", json!(format!("D{reference}")))
    }

    /// With another value at that place (RFC 6901); the place is made where it is not.
    #[must_use]
    pub fn with(mut self, pointer: &str, value: Value) -> Self {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let parent = self.0.pointer_mut(parent).unwrap();
        match parent {
            Value::Array(items) => items[name.parse::<usize>().unwrap()] = value,
            other => other[name] = value,
        }
        self
    }

    #[must_use]
    pub fn without(mut self, pointer: &str) -> Self {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        if let Some(object) = self.0.pointer_mut(parent).and_then(Value::as_object_mut) {
            object.remove(name);
        }
        self
    }

    /// From one office to another.
    #[must_use]
    pub fn at(self, decl_org: &str, release_org: &str) -> Self {
        self.with("/decl_org", json!(decl_org)).with("/release_org", json!(release_org))
    }

    /// Of that declaring unit, for itself.
    #[must_use]
    pub fn of(self, reg_no: &str) -> Self {
        self.with("/decl_reg_no", json!(reg_no)).with("/consignee/code", json!(reg_no))
    }
}

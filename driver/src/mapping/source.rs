//! A consignment as the file tells it: facts as they were found, each kept as its own text.
use std::fmt;

use serde::{Deserialize, Deserializer, de};
use serde_json::{Value, value::RawValue};

/// A text or a number, in the very characters of the file: `"0.10"`, `0.10` and `1e400` alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scalar(String);

impl Scalar {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&Scalar> for Value {
    fn from(scalar: &Scalar) -> Self {
        scalar.as_str().into()
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let text = raw.get();
        match text.as_bytes().first() {
            Some(b'"') => serde_json::from_str(text).map(Self).map_err(de::Error::custom),
            Some(b'-' | b'0'..=b'9') => Ok(Self(text.to_owned())),
            _ => {
                Err(de::Error::custom(format!("a text or a number is wanted, not {}", short(text))))
            }
        }
    }
}

/// The beginning of something that may be very long.
pub(crate) fn short(text: &str) -> String {
    let start: String = text.chars().take(40).collect();
    if start.len() < text.len() { format!("{start}…") } else { start }
}

/// A member that may be `null` as well as absent.
fn nothing_is_empty<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Ok(Option::<Vec<T>>::deserialize(deserializer)?.unwrap_or_default())
}

/// One line of the file.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Consignment {
    pub(crate) reference: Option<Scalar>,
    pub(crate) border_transport_mode: Option<Scalar>,
    pub(crate) border_transport_id: Option<Scalar>,
    pub(crate) arrival_transport_id: Option<Scalar>,
    pub(crate) exporter: Option<Party>,
    pub(crate) export_country: Option<Scalar>,
    #[serde(default, deserialize_with = "nothing_is_empty")]
    pub(crate) containers: Vec<Container>,
    #[serde(default, deserialize_with = "nothing_is_empty")]
    pub(crate) goods: Vec<Goods>,
}

/// What kind of consignment a line holds: read first, because only imports have to be read whole.
#[derive(Debug, Deserialize)]
pub(crate) struct Kind {
    #[serde(rename = "type")]
    pub(crate) kind: Scalar,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Party {
    pub(crate) name: Option<Scalar>,
    pub(crate) line: Option<Scalar>,
    pub(crate) city: Option<Scalar>,
    pub(crate) country: Option<Scalar>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Container {
    pub(crate) id: Option<Scalar>,
    #[serde(default, deserialize_with = "nothing_is_empty")]
    pub(crate) seals: Vec<Scalar>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Goods {
    pub(crate) line: Option<Scalar>,
    pub(crate) description: Option<Scalar>,
    pub(crate) classification: Option<Classification>,
    pub(crate) net_mass_kg: Option<Scalar>,
    pub(crate) supplementary_quantity: Option<Measure>,
    pub(crate) item_charge: Option<Measure>,
    #[serde(default, deserialize_with = "nothing_is_empty")]
    pub(crate) origin: Vec<Scalar>,
    #[serde(default, deserialize_with = "nothing_is_empty")]
    pub(crate) packages: Vec<Package>,
    #[serde(default, deserialize_with = "nothing_is_empty")]
    pub(crate) documents: Vec<Document>,
    #[serde(default, rename = "dangerous_goods", deserialize_with = "nothing_is_empty")]
    pub(crate) dangerous: Vec<Dangerous>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) struct Classification {
    pub(crate) tsp: Option<Scalar>,
    pub(crate) trc: Option<Scalar>,
}

/// A value with its unit: a currency, or a unit of measure.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Measure {
    pub(crate) value: Option<Scalar>,
    pub(crate) unit: Option<Scalar>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Package {
    pub(crate) count: Option<Scalar>,
    #[serde(rename = "type")]
    pub(crate) kind: Option<Scalar>,
    pub(crate) marks: Option<Scalar>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Document {
    pub(crate) category: Option<Scalar>,
    #[serde(rename = "type")]
    pub(crate) kind: Option<Scalar>,
    pub(crate) id: Option<Scalar>,
}

/// A UN number, by itself or as the `id` of an object.
#[derive(Clone, Debug)]
pub(crate) struct Dangerous(pub(crate) Option<Scalar>);

impl<'de> Deserialize<'de> for Dangerous {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Named {
            id: Option<Scalar>,
        }
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let text = raw.get();
        if text.starts_with('{') {
            serde_json::from_str::<Named>(text)
                .map(|named| Self(named.id))
                .map_err(de::Error::custom)
        } else {
            serde_json::from_str(text).map(|number| Self(Some(number))).map_err(de::Error::custom)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_keeps_the_characters_it_was_written_in() {
        for text in ["0.10", "1e400", "-7", "123456789012345678901234567890"] {
            assert_eq!(serde_json::from_str::<Scalar>(text).unwrap().as_str(), text);
        }
        assert_eq!(serde_json::from_str::<Scalar>(r#""a\u0062""#).unwrap().as_str(), "ab");
        for text in ["true", "[]", "{}"] {
            assert!(serde_json::from_str::<Scalar>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_un_number_may_stand_alone_or_in_an_object() {
        let read = |text| serde_json::from_str::<Vec<Dangerous>>(text).unwrap();
        let numbers: Vec<_> =
            read(r#"["1263",{"id":1950},{}]"#).into_iter().map(|one| one.0).collect();
        assert_eq!(numbers, [Some(Scalar("1263".into())), Some(Scalar("1950".into())), None]);
    }
}

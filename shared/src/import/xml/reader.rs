//! XML read with suspicion: no document type, no entity but XML's own five, and limits to how deep, how long and how many
//! elements are.
use quick_xml::{
    NsReader,
    events::{BytesStart, Event},
    name::{Namespace, ResolveResult},
};

use super::fault;
use crate::kernel::{
    Violations,
    foreign::{self, DEEPEST_ELEMENT, LONGEST_TAG, LONGEST_TEXT, Lines},
};

/// How many elements there may be: 999 goods lines with fifty fields fit well.
const MOST_ELEMENTS: usize = 100_000;

/// An element with what stands in it.
#[derive(Clone, Debug, Default)]
pub(super) struct Element {
    /// Without its prefix.
    pub name: String,
    /// Where it begins, counted from one.
    pub line: i32,
    pub attributes: Vec<(String, String)>,
    pub text: String,
    pub children: Vec<Element>,
}

impl Element {
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }
}

/// The outermost element, and the namespace that it is in.
pub(super) struct Root {
    pub element: Element,
    pub namespace: Option<String>,
}

/// Reads a whole document.
pub(super) fn read(text: &str) -> Result<Root, Violations> {
    let mut reader = NsReader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut lines = Lines::of(text);
    let mut line_at = |position| i32::try_from(lines.at(position)).unwrap_or(i32::MAX);
    let mut reading = Reading::default();
    loop {
        let begins = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let line = line_at(begins);
        let (namespace, event) = reader
            .read_resolved_event()
            .map_err(|error| fault(line, "xml-malformed", "XML格式有误", &error.to_string()))?;
        match event {
            Event::Start(start) => {
                if reading.root.is_none() && reading.open.is_empty() {
                    reading.namespace = match namespace {
                        ResolveResult::Bound(Namespace(name)) => Some(name.to_owned()),
                        ResolveResult::Unbound | ResolveResult::Unknown(_) => None,
                    };
                }
                reading.begin(line, &start)?;
            }
            Event::End(_) => reading.end(),
            Event::Text(text) => reading.text(line, &text)?,
            Event::CData(text) => reading.text(line, &text)?,
            Event::GeneralRef(entity) => {
                let refused = || {
                    let en = "an entity that is none of XML's own five";
                    fault(line, "entity-refused", "不接受自定义实体", en)
                };
                let text = foreign::entity(&entity).ok_or_else(refused)?;
                reading.text(line, &text)?;
            }
            Event::DocType(_) => {
                let en = "a message has no document type declaration";
                return Err(fault(line, "doctype-refused", "不接受DTD声明", en));
            }
            Event::Eof => break,
            // The charset was looked at before there were characters.
            Event::Decl(_) | Event::Empty(_) | Event::Comment(_) | Event::PI(_) => {}
        }
    }
    match reading.root {
        Some(element) if reading.open.is_empty() => {
            Ok(Root { element, namespace: reading.namespace })
        }
        _ => Err(fault(line_at(text.len()), "truncated", "文件不完整", "the message breaks off")),
    }
}

#[derive(Default)]
struct Reading {
    namespace: Option<String>,
    root: Option<Element>,
    open: Vec<Element>,
    elements: usize,
}

impl Reading {
    fn begin(&mut self, line: i32, start: &BytesStart<'_>) -> Result<(), Violations> {
        let too_large = |en: &str| fault(line, "xml-too-large", "XML层次过深、过长或元素过多", en);
        if self.open.is_empty() && self.root.is_some() {
            let en = "there are two outermost elements";
            return Err(fault(line, "xml-malformed", "XML格式有误", en));
        }
        if self.open.len() >= DEEPEST_ELEMENT {
            return Err(too_large("elements stand too deep in each other"));
        }
        if start.len() > LONGEST_TAG {
            return Err(too_large("a tag is too long"));
        }
        self.elements += 1;
        if self.elements > MOST_ELEMENTS {
            return Err(too_large("there are too many elements"));
        }
        let name = start.local_name().into_inner().to_owned();
        let mut attributes = start.attributes();
        let attributes = attributes.with_checks(false).flatten();
        let attributes = attributes
            .map(|one| (one.key.local_name().into_inner().to_owned(), one.value.into_owned()));
        let attributes = attributes.collect();
        self.open.push(Element { name, line, attributes, ..Element::default() });
        Ok(())
    }

    fn end(&mut self) {
        let Some(element) = self.open.pop() else { return };
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None => self.root = Some(element),
        }
    }

    fn text(&mut self, line: i32, text: &str) -> Result<(), Violations> {
        let Some(element) = self.open.last_mut() else { return Ok(()) };
        if element.text.len() + text.len() > LONGEST_TEXT {
            let en = "the text of an element is too long";
            return Err(fault(line, "xml-too-large", "XML层次过深、过长或元素过多", en));
        }
        element.text.push_str(text);
        Ok(())
    }
}

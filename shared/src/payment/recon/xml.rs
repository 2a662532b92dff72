//! XML read with suspicion: no document type, no entity but XML's own five, no charset but UTF-8, and limits to how deep,
//! how long and how many elements are. What is of another namespace is passed over.
use quick_xml::{
    Error, NsReader,
    events::{BytesStart, Event},
    name::{Namespace, ResolveResult},
};

use crate::kernel::foreign::{self, DEEPEST_ELEMENT, LONGEST_TAG, LONGEST_TEXT, Lines};

/// How many elements one part may hold: a batch entry with forty thousand transactions.
const MOST_ELEMENTS: usize = 500_000;

/// An element with what stands in it.
#[derive(Debug, Default)]
pub(super) struct Element {
    pub name: String,
    /// Where it begins, counted from one.
    pub line: usize,
    /// The attribute `Ccy`.
    pub currency: Option<String>,
    pub text: String,
    pub children: Vec<Element>,
}

impl Element {
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The first element at the end of a path.
    pub(super) fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter()
            .try_fold(self, |here, name| here.children.iter().find(|child| child.name == *name))
    }

    /// What is written there, if anything.
    pub(super) fn text_at(&self, path: &[&str]) -> Option<&str> {
        self.at(path).map(|element| element.text.trim()).filter(|text| !text.is_empty())
    }
}

/// What a document is made of, in its order.
pub(super) enum Part {
    /// One of the containers begins.
    Opens(&'static str, usize),
    /// An element that stands in a container, whole.
    Holds(Element),
}

/// Why no more is read.
#[derive(Debug)]
pub(super) struct Defect {
    pub line: usize,
    pub code: &'static str,
    pub zh: &'static str,
    pub en: String,
}

/// Reads a document whose `containers` stand in each other, outermost first, in a namespace that is known.
pub(super) fn read(
    text: &str,
    containers: &'static [&'static str],
    is_known: fn(&str) -> bool,
    each: &mut dyn FnMut(Part),
) -> Result<(), Defect> {
    let mut reader = NsReader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut reading = Reading {
        containers,
        is_known,
        lines: Lines::of(text),
        namespace: None,
        open: Vec::new(),
        skipped: 0,
        elements: 0,
    };
    loop {
        let begins = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let line = reading.lines.at(begins);
        let (namespace, event) = match reader.read_resolved_event() {
            Ok(read) => read,
            Err(Error::Syntax(error)) => return Err(truncated(line, &error.to_string())),
            Err(error) => return Err(malformed(line, error.to_string())),
        };
        match event {
            Event::Start(start) => reading.begin(line, &namespace, &start, each)?,
            Event::End(_) => reading.end(each),
            Event::Text(text) => reading.text(line, &text)?,
            Event::CData(text) => reading.text(line, &text)?,
            Event::GeneralRef(entity) => {
                let refused = || {
                    let en = format!("the entity `{}` is none of XML's own five", &*entity);
                    Defect { line, code: "entity-refused", zh: "不接受自定义实体", en }
                };
                let text = foreign::entity(&entity).ok_or_else(refused)?;
                reading.text(line, &text)?;
            }
            Event::DocType(_) => {
                let en = "a statement has no document type declaration".to_owned();
                return Err(Defect { line, code: "doctype-refused", zh: "不接受DTD声明", en });
            }
            Event::Decl(declared) => match declared.encoding() {
                None => {}
                Some(Ok(charset)) if charset.eq_ignore_ascii_case("utf-8") => {}
                Some(_) => return Err(charset(line)),
            },
            Event::Eof => break,
            Event::Empty(_) | Event::Comment(_) | Event::PI(_) => {}
        }
    }
    match (reading.namespace, reading.open.last()) {
        (Some(_), None) if reading.skipped == 0 => Ok(()),
        (None, _) => Err(malformed(1, "there is no element".to_owned())),
        (Some(_), open) => {
            let name = open.map_or("", |element| element.name.as_str());
            Err(truncated(reading.lines.at(text.len()), &format!("`{name}` does not end")))
        }
    }
}

pub(super) fn charset(line: usize) -> Defect {
    let en = "a statement in XML is in UTF-8".to_owned();
    Defect { line, code: "charset-refused", zh: "XML文件须为UTF-8编码", en }
}

fn truncated(line: usize, why: &str) -> Defect {
    let en = format!("the file breaks off: {why}");
    Defect { line, code: "truncated", zh: "文件不完整", en }
}

fn malformed(line: usize, en: String) -> Defect {
    Defect { line, code: "xml-malformed", zh: "XML格式有误", en }
}

fn too_large(line: usize, en: &str) -> Defect {
    Defect {
        line, code: "xml-too-large", zh: "XML层次过深、过长或元素过多", en: en.to_owned()
    }
}

struct Reading<'a> {
    containers: &'static [&'static str],
    is_known: fn(&str) -> bool,
    lines: Lines<'a>,
    /// That of the outermost element.
    namespace: Option<String>,
    open: Vec<Element>,
    /// How many elements of other namespaces stand in each other here.
    skipped: usize,
    /// In the part that is being read.
    elements: usize,
}

impl Reading<'_> {
    fn begin(
        &mut self,
        line: usize,
        namespace: &ResolveResult<'_>,
        start: &BytesStart<'_>,
        each: &mut dyn FnMut(Part),
    ) -> Result<(), Defect> {
        if self.open.len() + self.skipped >= DEEPEST_ELEMENT {
            return Err(too_large(line, "elements stand too deep in each other"));
        }
        if start.len() > LONGEST_TAG {
            return Err(too_large(line, "a tag is too long"));
        }
        let namespace = match namespace {
            ResolveResult::Bound(Namespace(name)) => Some(*name),
            ResolveResult::Unbound | ResolveResult::Unknown(_) => None,
        };
        if self.namespace.is_none() {
            self.namespace = namespace.filter(|name| (self.is_known)(name)).map(str::to_owned);
            if self.namespace.is_none() || start.local_name().into_inner() != self.containers[0] {
                let en = format!("this is no `{}` of a known version", self.containers[0]);
                let (code, zh) = ("namespace-unknown", "不是所支持版本的报文");
                return Err(Defect { line, code, zh, en });
            }
        } else if self.open.is_empty() && self.skipped == 0 {
            return Err(malformed(line, "there are two outermost elements".to_owned()));
        }
        if self.skipped > 0 || namespace != self.namespace.as_deref() {
            self.skipped += 1;
            return Ok(());
        }
        self.elements += 1;
        if self.elements > MOST_ELEMENTS {
            return Err(too_large(line, "there are too many elements in one entry"));
        }
        let name = start.local_name().into_inner().to_owned();
        if let Some(container) = self.container(&name) {
            self.elements = 0;
            each(Part::Opens(container, line));
        }
        let mut attributes = start.attributes();
        let attributes = attributes.with_checks(false).flatten();
        let currency = attributes.filter(|one| one.key.into_inner() == "Ccy").last();
        let currency = currency.map(|one| one.value.into_owned());
        self.open.push(Element { name, line, currency, ..Element::default() });
        Ok(())
    }

    /// The container that an element of this name, here, is.
    fn container(&self, name: &str) -> Option<&'static str> {
        let parents = self.open.iter().map(|element| element.name.as_str());
        let is_in = parents.eq(self.containers.iter().copied().take(self.open.len()));
        self.containers.get(self.open.len()).copied().filter(|own| is_in && *own == name)
    }

    fn end(&mut self, each: &mut dyn FnMut(Part)) {
        if self.skipped > 0 {
            self.skipped -= 1;
            return;
        }
        let Some(element) = self.open.pop() else { return };
        let is_container = self.container(&element.name).is_some();
        let Some(parent) = self.open.pop() else { return };
        let is_part = self.container(&parent.name).is_some() && !is_container;
        self.open.push(parent);
        if is_part {
            self.elements = 0;
            each(Part::Holds(element));
        } else if let Some(parent) = self.open.last_mut().filter(|_| !is_container) {
            parent.children.push(element);
        }
    }

    fn text(&mut self, line: usize, text: &str) -> Result<(), Defect> {
        let Some(element) = self.open.last_mut().filter(|_| self.skipped == 0) else {
            return Ok(());
        };
        if element.text.len() + text.len() > LONGEST_TEXT {
            return Err(too_large(line, "the text of an element is too long"));
        }
        element.text.push_str(text);
        Ok(())
    }
}

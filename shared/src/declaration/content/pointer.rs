//! Where in a document somebody is: a path on the stack, written out only when something is wrong there.
use std::fmt;

/// A place in a document; prints as a JSON Pointer (RFC 6901).
#[derive(Clone, Copy, Debug)]
pub struct At<'a> {
    before: Option<&'a At<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Step<'a> {
    Root,
    Name(&'a str),
    Index(usize),
}

impl<'a> At<'a> {
    pub const ROOT: At<'static> = At { before: None, step: Step::Root };

    #[must_use]
    pub const fn name(&'a self, name: &'a str) -> Self {
        Self { before: Some(self), step: Step::Name(name) }
    }

    #[must_use]
    pub const fn index(&'a self, index: usize) -> Self {
        Self { before: Some(self), step: Step::Index(index) }
    }
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(before) = self.before {
            before.fmt(f)?;
        }
        match self.step {
            Step::Root => Ok(()),
            Step::Index(index) => write!(f, "/{index}"),
            // A name may be the sender's own, and as long as a body.
            Step::Name(name) if name.len() > 100 => {
                let start: String = name.chars().take(60).collect();
                write!(f, "/{}…", escaped(&start))
            }
            Step::Name(name) => write!(f, "/{}", escaped(name)),
        }
    }
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::At;

    #[test]
    fn a_place_prints_as_a_json_pointer() {
        let goods = At::ROOT.name("goods");
        let line = goods.index(3);
        assert_eq!(line.name("a/b~c").to_string(), "/goods/3/a~1b~0c");
        assert_eq!(At::ROOT.to_string(), "");
    }
}

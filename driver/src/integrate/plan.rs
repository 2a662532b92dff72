//! How thorough it is to be, and where its tools are.
use std::path::PathBuf;

/// What follows `integrate`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    /// The checkout.
    pub(crate) root: PathBuf,
    /// Where the Python environment is, and where everything is made.
    pub(crate) tools: PathBuf,
    /// The archive of `javax.annotation`.
    pub(crate) annotations: PathBuf,
    /// Where the sandbox answers.
    pub(crate) sandbox: String,
    /// For how long requests are made up.
    pub(crate) seconds: u64,
    /// Which kinds of them: all, or those alone that come out the same each time.
    pub(crate) phases: &'static str,
}

/// As many cases as fit into ten minutes; a smoke sends the contract's own examples, which takes less than a minute.
const FULL: u64 = 600;
const SMOKE: u64 = 60;

impl Plan {
    /// Reads what follows `integrate`; `take` gives the value of a flag.
    pub(crate) fn parse(
        is_smoke: bool,
        mut take: impl FnMut(&str) -> Option<String>,
    ) -> Result<Self, String> {
        let mut folder =
            |name: &str| take(name).map(PathBuf::from).ok_or_else(|| format!("{name} is missing"));
        let (root, tools) = (folder("--root")?, folder("--tools")?);
        let annotations = folder("--annotations")?;
        let sandbox = take("--sandbox").ok_or("--sandbox is missing")?;
        let seconds = match take("--minutes") {
            None if is_smoke => SMOKE,
            None => FULL,
            Some(given) => {
                let minutes: Option<u64> = given.parse().ok().filter(|one| (1..=240).contains(one));
                minutes.ok_or("--minutes wants a number, 1 to 240")? * 60
            }
        };
        let phases = if is_smoke { "examples" } else { "examples,coverage,fuzzing,stateful" };
        Ok(Self { root, tools, annotations, sandbox, seconds, phases })
    }
}

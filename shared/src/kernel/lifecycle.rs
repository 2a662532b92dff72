//! Lifecycles as pictures: one drawer for every table of states and steps.
use std::fmt::Write as _;

/// Draws a table as a Mermaid state diagram. A life begins in the first of `states`; those that no step leaves are
/// final. A step without a label is drawn as a bare arrow.
#[must_use]
pub fn mermaid<State: Copy, Step>(
    states: &[State],
    steps: &[Step],
    after: impl Fn(State, &Step) -> Option<State>,
    name: impl Fn(State) -> &'static str,
    label: impl Fn(&Step) -> String,
) -> String {
    let mut diagram = String::from("stateDiagram-v2\n");
    if let Some(&first) = states.first() {
        let _ = writeln!(diagram, "    [*] --> {}", name(first));
    }
    for &from in states {
        let mut is_final = true;
        for step in steps {
            let Some(to) = after(from, step) else { continue };
            is_final = false;
            let (from, to, label) = (name(from), name(to), label(step));
            let colon = if label.is_empty() { "" } else { ": " };
            let _ = writeln!(diagram, "    {from} --> {to}{colon}{label}");
        }
        if is_final {
            let _ = writeln!(diagram, "    {} --> [*]", name(from));
        }
    }
    diagram
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_begins_with_the_first_state_and_leads_out_of_the_final_ones() {
        let after = |from, step: &&str| match (from, *step) {
            ("OPEN", "close") => Some("DONE"),
            ("OPEN", "") => Some("GONE"),
            ("DONE", "reopen") => Some("OPEN"),
            _ => None,
        };

        let drawn = mermaid(
            &["OPEN", "DONE", "GONE"],
            &["close", "reopen", ""],
            after,
            |state| state,
            |step| (*step).to_owned(),
        );

        let lines: Vec<_> = drawn.lines().map(str::trim).collect();
        assert_eq!(
            lines,
            [
                "stateDiagram-v2",
                "[*] --> OPEN",
                "OPEN --> DONE: close",
                "OPEN --> GONE",
                "DONE --> OPEN: reopen",
                "GONE --> [*]",
            ]
        );
    }
}

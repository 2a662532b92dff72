//! Three lifecycles, each one table: of a notice, of a payment, of an agreement (domain R6).
//! Anything a table does not list is refused.
pub mod agreement;
pub mod notice;
pub mod payment;

use std::fmt::{Debug, Write as _};

/// Draws a lifecycle as a Mermaid state diagram.
fn mermaid<S, A>(first: S, states: &[S], actions: &[A], after: impl Fn(S, A) -> Option<S>) -> String
where
    S: Copy + Debug,
    A: Copy + Debug,
{
    let mut diagram = format!("stateDiagram-v2\n    [*] --> {first:?}\n");
    for &from in states {
        let steps = actions.iter().filter_map(|&action| Some((action, after(from, action)?)));
        for (action, to) in steps {
            let _ = writeln!(diagram, "    {from:?} --> {to:?}: {action:?}");
        }
        if actions.iter().all(|&action| after(from, action).is_none()) {
            let _ = writeln!(diagram, "    {from:?} --> [*]");
        }
    }
    diagram
}

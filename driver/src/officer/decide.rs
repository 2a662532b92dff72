//! What the officers do next with a case: pure, over what the server tells.
use crate::{
    wire::{Declaration, Dossier, Handoff, Kind, Status},
    world::Post,
};

/// What the inspectors will find, should the goods be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Finding {
    /// All is well at first sight.
    Conforming,
    /// All is well, says the laboratory.
    ConformingByLaboratory,
    /// Pests: treated, and then all is well.
    TreatedForPests,
    /// Not what was declared: sent back.
    SentBack,
}

/// What a case needs next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Nothing ever again.
    Settled,
    /// The system, another office or a bank is at work.
    Wait,
    /// The file on its inspection has to be read before this can be said.
    OpenDossier,
    /// The case lies with an office that has nothing to do with it: see what became of its handoff.
    SeekHandoff,
    Do {
        office: String,
        post: Post,
        act: Act,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    Accept,
    Appoint,
    Start,
    Sample,
    Report { sample: String },
    SignPass,
    SignFail { code: &'static str },
    OrderTreatment,
    VerifyTreatment,
    SendBack,
    IssueForm,
    Release,
    AcceptHandoff { handoff: String },
    OfferHandoff,
}

/// What is known of a case.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View<'a> {
    pub(crate) declaration: &'a Declaration,
    /// Read where [`Next::OpenDossier`] asked for it.
    pub(crate) dossier: Option<&'a Dossier>,
    pub(crate) finding: Finding,
    /// A clearance form was issued already.
    pub(crate) has_form: bool,
    /// The first inspector's id at the inspecting office.
    pub(crate) first_inspector: Option<&'a str>,
}

/// The next step of a case (domain R1, R9, R10).
pub(crate) fn next(view: &View<'_>) -> Next {
    use Status::*;
    let case = view.declaration;
    match case.status {
        ManualReview => by(&case.decl_org, Post::Acceptance, Act::Accept),
        Selected | Inspecting | LabPending | NonConforming | TreatmentOrdered => {
            let Some(office) = &case.insp_org else { return Next::Wait };
            if case.holder_org != *office {
                return Next::SeekHandoff;
            }
            view.dossier.map_or(Next::OpenDossier, |dossier| inspect(view, office, dossier))
        }
        Conforming => conforming(view),
        status if status.is_settled() => Next::Settled,
        _ => Next::Wait,
    }
}

fn by(office: &str, post: Post, act: Act) -> Next {
    Next::Do { office: office.to_owned(), post, act }
}

fn inspect(view: &View<'_>, office: &str, dossier: &Dossier) -> Next {
    use Post::{FirstInspector as First, SecondInspector as Second};
    let (post, act) = match view.declaration.status {
        Status::Selected if dossier.appointments.is_empty() => (First, Act::Appoint),
        Status::Selected => (First, Act::Start),
        Status::Inspecting => return visit(view, office, dossier),
        Status::LabPending => {
            let samples = dossier.rounds.last().map_or(&[][..], |round| &round.samples);
            match samples.iter().find(|sample| sample.result.is_none()) {
                Some(sample) => (First, Act::Report { sample: sample.id.clone() }),
                None => return Next::Wait,
            }
        }
        Status::NonConforming if view.finding == Finding::SentBack => (First, Act::SendBack),
        Status::NonConforming => (First, Act::OrderTreatment),
        Status::TreatmentOrdered => (Second, Act::VerifyTreatment),
        _ => return Next::Wait,
    };
    by(office, post, act)
}

/// At the goods: samples first, if the laboratory is to be asked; then both sign.
fn visit(view: &View<'_>, office: &str, dossier: &Dossier) -> Next {
    let Some(round) = dossier.rounds.last() else { return Next::Wait };
    let wants_laboratory = view.finding == Finding::ConformingByLaboratory;
    if wants_laboratory && round.samples.is_empty() {
        return by(office, Post::FirstInspector, Act::Sample);
    }
    let act = match view.finding {
        Finding::Conforming | Finding::ConformingByLaboratory => Act::SignPass,
        Finding::TreatedForPests => Act::SignFail { code: "PEST" },
        Finding::SentBack => Act::SignFail { code: "MISMATCH_NAME" },
    };
    let has_first = view.first_inspector.is_some_and(|first| {
        round.signatures.iter().flatten().any(|signed| signed.inspector == first)
    });
    by(office, if has_first { Post::SecondInspector } else { Post::FirstInspector }, act)
}

fn conforming(view: &View<'_>) -> Next {
    let case = view.declaration;
    if case.holder_org != case.release_org {
        return Next::SeekHandoff;
    }
    let act = match case.kind {
        Kind::Catalogue if !view.has_form => Act::IssueForm,
        // Not drawn and outside the catalogue: the system releases it.
        Kind::OutsideCatalogue if case.is_selected == Some(false) && !case.has_result => {
            return Next::Wait;
        }
        Kind::Catalogue | Kind::OutsideCatalogue => Act::Release,
    };
    by(&case.release_org, Post::Release, act)
}

/// What is done about a case on its way: taken over where no policy takes it, offered again where it was refused
/// or lapsed, left alone otherwise.
pub(crate) fn about_handoff(handoffs: &[Handoff], answers_by_hand: impl Fn(&str) -> bool) -> Next {
    let Some(last) = handoffs.iter().max_by_key(|handoff| handoff.offered_at) else {
        return Next::Wait;
    };
    match last.state.as_str() {
        "OFFERED" if answers_by_hand(&last.to_org) => {
            by(&last.to_org, Post::Chief, Act::AcceptHandoff { handoff: last.id.clone() })
        }
        "REFUSED" | "EXPIRED" => by(&last.from_org, Post::Chief, Act::OfferHandoff),
        _ => Next::Wait,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn case(changes: &Value) -> Declaration {
        let mut whole = json!({
            "id": "d", "decl_no": null, "kind": "CATALOGUE", "status": "SELECTED", "decl_org": "310900",
            "release_org": "311000", "insp_org": "310700", "holder_org": "310700", "is_selected": true,
            "has_result": false, "filed_at": "2014-05-12T02:20:00Z", "released_at": null,
            "updated_at": "2014-05-12T02:20:00Z"
        });
        for (name, value) in changes.as_object().unwrap() {
            whole[name] = value.clone();
        }
        serde_json::from_value(whole).unwrap()
    }

    fn dossier(value: Value) -> Dossier {
        serde_json::from_value(value).unwrap()
    }

    fn ask(changes: &Value, file: Option<&Dossier>, finding: Finding) -> Next {
        let declaration = &case(changes);
        next(&View {
            declaration,
            dossier: file,
            finding,
            has_form: false,
            first_inspector: Some("one"),
        })
    }

    fn act(next: Next) -> (String, Post, Act) {
        match next {
            Next::Do { office, post, act } => (office, post, act),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_drawn_case_waits_for_its_handoff_then_for_its_file() {
        let away = json!({ "holder_org": "310900" });
        assert_eq!(ask(&away, None, Finding::Conforming), Next::SeekHandoff);
        assert_eq!(ask(&json!({}), None, Finding::Conforming), Next::OpenDossier);
    }

    #[test]
    fn goods_are_seen_by_appointment_sampled_and_signed_for_by_two() {
        let sampled = Finding::ConformingByLaboratory;
        let none = dossier(json!({}));
        assert_eq!(act(ask(&json!({}), Some(&none), sampled)).2, Act::Appoint);
        let booked = dossier(json!({ "appointments": [{}] }));
        assert_eq!(act(ask(&json!({}), Some(&booked), sampled)).2, Act::Start);

        let inspecting = json!({ "status": "INSPECTING" });
        let fresh = dossier(json!({ "rounds": [{}] }));
        assert_eq!(act(ask(&inspecting, Some(&fresh), sampled)).2, Act::Sample);
        let out = dossier(json!({ "rounds": [{ "samples": [{ "id": "s", "result": null }] }] }));
        let lab = json!({ "status": "LAB_PENDING" });
        assert_eq!(act(ask(&lab, Some(&out), sampled)).2, Act::Report { sample: "s".into() });

        let back =
            dossier(json!({ "rounds": [{ "samples": [{ "id": "s", "result": "CONFORMING" }] }] }));
        let first = act(ask(&inspecting, Some(&back), sampled));
        assert_eq!((first.1, first.2), (Post::FirstInspector, Act::SignPass));
        let signed =
            dossier(json!({ "rounds": [{ "samples": [{ "id": "s", "result": "CONFORMING" }],
            "signatures": [{ "inspector": "one" }] }] }));
        assert_eq!(act(ask(&inspecting, Some(&signed), sampled)).1, Post::SecondInspector);
    }

    #[test]
    fn what_fails_is_treated_or_sent_back_as_planned() {
        let failed = json!({ "status": "NON_CONFORMING" });
        let file = dossier(json!({}));
        let treated = Finding::TreatedForPests;
        assert_eq!(act(ask(&failed, Some(&file), Finding::SentBack)).2, Act::SendBack);
        assert_eq!(act(ask(&failed, Some(&file), treated)).2, Act::OrderTreatment);
        let ordered = json!({ "status": "TREATMENT_ORDERED" });
        let verify = act(ask(&ordered, Some(&file), treated));
        assert_eq!((verify.1, verify.2), (Post::SecondInspector, Act::VerifyTreatment));
    }

    #[test]
    fn the_release_office_releases_and_leaves_the_automatic_path_alone() {
        let here = json!({ "status": "CONFORMING", "holder_org": "311000" });
        let form = act(ask(&here, None, Finding::Conforming));
        assert_eq!((form.0.as_str(), form.2), ("311000", Act::IssueForm));

        let mut automatic = here.clone();
        automatic["kind"] = "OUTSIDE_CATALOGUE".into();
        automatic["is_selected"] = false.into();
        assert_eq!(ask(&automatic, None, Finding::Conforming), Next::Wait);
        automatic["is_selected"] = true.into();
        assert_eq!(act(ask(&automatic, None, Finding::Conforming)).2, Act::Release);
        assert_eq!(ask(&json!({ "status": "RELEASED" }), None, Finding::Conforming), Next::Settled);
    }

    #[test]
    fn a_handoff_is_taken_by_hand_only_where_no_policy_takes_it() {
        let handoffs = |state: &str| -> Vec<Handoff> {
            serde_json::from_value(json!([
                { "id": "old", "from_org": "310900", "to_org": "310700", "state": "RECALLED",
                    "offered_at": "2014-05-12T02:00:00Z" },
                { "id": "new", "from_org": "310900", "to_org": "310400", "state": state,
                    "offered_at": "2014-05-12T03:00:00Z" }
            ]))
            .unwrap()
        };
        let by_hand = |office: &str| office == "310400";
        let taken = act(about_handoff(&handoffs("OFFERED"), by_hand));
        assert_eq!(
            (taken.0.as_str(), taken.2),
            ("310400", Act::AcceptHandoff { handoff: "new".into() })
        );
        assert_eq!(about_handoff(&handoffs("OFFERED"), |_| false), Next::Wait);
        assert_eq!(act(about_handoff(&handoffs("EXPIRED"), by_hand)).2, Act::OfferHandoff);
    }
}

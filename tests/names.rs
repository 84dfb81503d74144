//! What clients write, where a wrong reading would allow what must not be allowed. How well names are understood on the whole is
//! measured by `kneadsafe ruleset phrases`; these sentences must be right, each of them.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its input fails")]

use std::collections::BTreeSet;

use jiff::civil::{Date, date};
use kneadsafe::model::{ConditionRequest, Intake, ScreeningRequest, SessionRequest, State, Verdict};
use kneadsafe::ruleset::{Facts, Ruleset, Rulesets};
use kneadsafe::screening::screen;

const TODAY: Date = date(2026, 11, 28);

fn ruleset() -> std::sync::Arc<Ruleset> {
    Rulesets::embedded().unwrap().find("latest").unwrap().clone()
}

fn request(text: &str, state: Option<State>) -> ScreeningRequest {
    ScreeningRequest {
        session: SessionRequest { massage_type: "classical".to_owned(), ..SessionRequest::default() },
        client: None,
        intake: Intake::Complete,
        conditions: vec![ConditionRequest { text: Some(text.to_owned()), state, ..ConditionRequest::default() }],
        clearances: None,
        asked: None,
    }
}

/// The verdict, the conditions taken as the client's own, and those set aside.
fn read(ruleset: &Ruleset, text: &str) -> (Verdict, BTreeSet<String>, BTreeSet<String>) {
    let facts = Facts::read(ruleset, &request(text, None), TODAY).unwrap();
    let own = facts.coverage.recognised.iter().map(|it| it.id.to_string()).collect();
    let aside = facts.coverage.set_aside.iter().map(|it| it.id.to_string()).collect();
    (screen(ruleset, &facts).verdict, own, aside)
}

#[test]
fn a_denial_reaches_forward_and_not_back_to_what_was_named_before() {
    let ruleset = ruleset();
    for (text, own) in [
        ("DVT no fever", "deep-vein-thrombosis"),
        ("cancer not in remission", "cancer"),
        ("diabetes (no insulin)", "diabetes"),
        ("diabetes without neuropathy", "diabetes"),
        ("asthma - no inhaler", "asthma"),
        ("Type 2 diabetes mellitus without complications", "diabetes-type-2"),
        ("no conditions except asthma", "asthma"),
        ("no pressure on my slipped disc please", "disc-herniation"),
        ("no oil on the eczema please", "eczema"),
        ("doctor said no massage because of a DVT", "deep-vein-thrombosis"),
        ("my GP does not know about my epilepsy", "epilepsy"),
        ("no diabetes but high blood pressure", "hypertension"),
    ] {
        let (verdict, found, aside) = read(&ruleset, text);
        assert!(found.contains(own), "{text}: {found:?}, set aside {aside:?}");
        assert!(verdict > Verdict::Allow, "{text}");
    }
}

#[test]
fn what_is_denied_or_somebody_elses_is_set_aside() {
    let ruleset = ruleset();
    for (text, aside) in [
        ("no history of blood clots", vec!["thrombosis"]),
        ("never had asthma", vec!["asthma"]),
        ("no diabetes, epilepsy or asthma", vec!["diabetes", "epilepsy", "asthma"]),
        ("pacemaker: none", vec!["pacemaker"]),
        ("my mother had breast cancer", vec!["breast-cancer"]),
        ("family history of diabetes", vec!["diabetes"]),
        ("не беременна", vec!["pregnancy"]),
        ("ไม่เป็นเบาหวาน", vec!["diabetes"]),
    ] {
        let (verdict, own, found) = read(&ruleset, text);
        assert!(own.is_empty(), "{text}: {own:?}");
        assert_eq!(found, aside.iter().map(|id| (*id).to_owned()).collect(), "{text}");
        assert_eq!(verdict, Verdict::Allow, "{text}");
    }
}

#[test]
fn what_is_not_understood_whole_never_allows() {
    let ruleset = ruleset();
    for text in [
        "Wilson's disease",
        "eczema herpeticum",
        "no xyzzy plugh",
        "hypertention",
        "no hypertention",
        "the thing my doctor mentioned",
        "stomach ache and frobnitis",
        "-- ?? --",
    ] {
        let (verdict, ..) = read(&ruleset, text);
        assert!(verdict > Verdict::Allow, "{text}");
    }
}

#[test]
fn a_slip_of_the_pen_is_put_right_said_and_never_milder() {
    let ruleset = ruleset();
    for (text, meant) in [
        ("hypertention", "hypertension"),
        ("scoliosys", "scoliosis"),
        ("diabetis", "diabetes"),
        ("epilepsi", "epilepsy"),
    ] {
        let facts = Facts::read(&ruleset, &request(text, None), TODAY).unwrap();
        let found: Vec<_> = facts.coverage.recognised.iter().map(|it| (it.id.as_str(), it.by)).collect();
        assert_eq!(found, [(meant, kneadsafe::model::RecognisedBy::Approximate)], "{text}");
        let right = Facts::read(&ruleset, &request(meant, None), TODAY).unwrap();
        assert!(screen(&ruleset, &facts).verdict >= screen(&ruleset, &right).verdict, "{text}");
        assert!(screen(&ruleset, &facts).verdict > Verdict::Allow, "{text}");
    }
}

#[test]
fn an_ambiguous_word_is_screened_as_the_strictest_of_its_meanings_and_asked_about() {
    let ruleset = ruleset();
    let facts = Facts::read(&ruleset, &request("hernia", None), TODAY).unwrap();
    let answer = screen(&ruleset, &facts);
    let strictest = facts
        .coverage
        .recognised
        .iter()
        .map(|meaning| {
            let facts = Facts::read(&ruleset, &request(meaning.id.as_str(), None), TODAY).unwrap();
            screen(&ruleset, &facts).verdict
        })
        .max();
    assert!(facts.coverage.recognised.len() > 1);
    assert_eq!(Some(answer.verdict), strictest);
    assert!(answer.questions.iter().any(|question| question.about == "/conditions/0" && question.answers.len() > 1));
}

#[test]
fn what_is_long_over_is_told_from_what_lasts() {
    let ruleset = ruleset();
    assert_eq!(read(&ruleset, "broken leg in 2015").0, Verdict::Allow);
    assert!(read(&ruleset, "diabetes since 2015").0 > Verdict::Allow);
    assert!(read(&ruleset, "history of diabetes").0 > Verdict::Allow);
    assert!(read(&ruleset, "broken leg two weeks ago").0 > Verdict::Allow);
    assert!(read(&ruleset, "had a fracture").0 > Verdict::Allow);
}

#[test]
fn a_word_that_denies_what_the_request_says_is_absent_denies_nothing() {
    let ruleset = ruleset();
    let facts = Facts::read(&ruleset, &request("no epilepsy", Some(State::Absent)), TODAY).unwrap();
    assert!(screen(&ruleset, &facts).verdict > Verdict::Allow);
}

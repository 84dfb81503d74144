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
fn what_may_be_the_clients_own_beside_a_word_for_somebody_is_not_set_aside() {
    let ruleset = ruleset();
    for (text, own) in [
        ("baby oil allergy", "nut-allergy"),
        ("cat allergy", "allergy-unspecified"),
        ("allergic to my partner's perfume", "allergy-unspecified"),
        ("ringworm from our cat", "ringworm"),
        ("caught scabies from my partner", "scabies"),
        ("single parent with back pain", "back-pain"),
        ("mother of two with varicose veins", "varicose-veins"),
        ("epilepsy just like my father", "epilepsy"),
        ("inherited factor V Leiden from my mother", "factor-v-leiden"),
        ("my husband has covid", "contagious-exposure"),
        ("scabies in the family", "contagious-exposure"),
        ("у мамы ветрянка", "contagious-exposure"),
    ] {
        let (verdict, found, aside) = read(&ruleset, text);
        assert!(found.contains(own), "{text}: {found:?}, set aside {aside:?}");
        assert!(verdict > Verdict::Allow, "{text}");
    }
}

#[test]
fn what_does_not_pass_is_there_in_words_of_the_past_too() {
    let ruleset = ruleset();
    for text in
        ["history of haemophilia", "I had haemophilia as a child", "haemophilia since 1990", "haemophilia, in the past"]
    {
        let (verdict, ..) = read(&ruleset, text);
        assert_eq!(verdict, Verdict::Deny, "{text}");
    }
    let (verdict, ..) = read(&ruleset, "possible haemophilia");
    assert!(verdict > Verdict::Allow);
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
        ("mother diabetes", vec!["diabetes"]),
        ("father: heart attack", vec!["myocardial-infarction"]),
        ("epilepsy (father)", vec!["epilepsy"]),
        ("diabetes in my mother", vec!["diabetes"]),
        ("stroke runs in my family", vec!["stroke"]),
        ("my dog has epilepsy", vec!["epilepsy"]),
        ("my mother had measles", vec!["measles"]),
        ("не беременна", vec!["pregnancy"]),
        ("ไม่เป็นเบาหวาน", vec!["diabetes"]),
        ("no history of clots", vec!["thrombosis"]),
        ("no known history of epilepsy", vec!["epilepsy"]),
        ("no chest pain", vec!["chest-pain"]),
        ("I am not pregnant", vec!["pregnancy"]),
        ("not currently pregnant", vec!["pregnancy"]),
        ("never had a stroke", vec!["stroke"]),
        ("I have never had a stroke", vec!["stroke"]),
        ("no diabetes or epilepsy", vec!["diabetes", "epilepsy"]),
        ("denies fever", vec!["fever"]),
        ("no known heart problems", vec!["heart-disease"]),
        ("I do not have high blood pressure", vec!["hypertension"]),
        ("I don't suffer from epilepsy", vec!["epilepsy"]),
        ("never been diagnosed with cancer", vec!["cancer"]),
        ("not taking warfarin", vec!["anticoagulant-therapy"]),
        ("not on blood thinners", vec!["anticoagulant-therapy"]),
        ("no pain in my chest", vec!["chest-pain"]),
        ("нет диабета", vec!["diabetes"]),
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

/// Each sentence says that the client has the condition, or may have it, and no answer to it is an `allow`.
fn are_own_and_not_allowed(sentences: &[(&str, &str)]) {
    let ruleset = ruleset();
    let misread: Vec<String> = sentences
        .iter()
        .filter_map(|(text, own)| {
            let (verdict, found, aside) = read(&ruleset, text);
            let is_right = found.contains(*own) && verdict > Verdict::Allow;
            (!is_right).then(|| format!("{text}: {verdict:?}, {found:?}, set aside {aside:?}"))
        })
        .collect();
    assert!(misread.is_empty(), "{misread:#?}");
}

#[test]
fn what_the_client_has_had_for_years_is_there() {
    are_own_and_not_allowed(&[
        ("I have had diabetes for 2 years", "diabetes"),
        ("I've had epilepsy since 2015", "epilepsy"),
        ("I have had high blood pressure for 10 years", "hypertension"),
        ("I have had heart failure for 2 years", "heart-failure"),
        ("I have had a pacemaker since 2015", "pacemaker"),
        ("I've had lymphoedema since 2020", "lymphoedema"),
        ("I have had multiple sclerosis for ten years", "multiple-sclerosis"),
        ("I've had a slipped disc for 2 years", "disc-herniation"),
        ("I have had chest pain for 2 years", "chest-pain"),
        ("diabetes for the past 2 years", "diabetes"),
        ("chest pain over the last 2 years", "chest-pain"),
        ("I am 56 years old with chest pain", "chest-pain"),
        ("wound for 2 years", "open-wound"),
        ("spinal injury for 2 years", "spinal-injury"),
        ("burn for 2 years", "burn"),
        ("hip joint injury for 2 years", "hip-joint-injury"),
        ("old back injury for 2 years", "traumatic-injury"),
        ("had chest pain for 2 years", "chest-pain"),
    ]);
}

#[test]
fn a_denial_of_something_about_a_condition_leaves_the_condition() {
    are_own_and_not_allowed(&[
        ("no medication for my high blood pressure", "hypertension"),
        ("no medication for my epilepsy", "epilepsy"),
        ("no medicine for diabetes", "diabetes"),
        ("no insulin today for my diabetes", "diabetes"),
        ("no problems with my pacemaker", "pacemaker"),
        ("no problem with my diabetes", "diabetes"),
        ("no problems with my heart since the stent", "artery-stent"),
        ("no pain from my fracture", "fracture"),
        ("no pain in my broken arm", "fracture"),
        ("not recovered from my stroke", "stroke"),
        ("doctor has not ruled out thrombosis", "thrombosis"),
        ("not excluded pregnancy", "pregnancy"),
        ("pregnancy not excluded", "pregnancy"),
        ("no diagnosis for my chest pain", "chest-pain"),
        ("no surgery for my slipped disc", "disc-herniation"),
        ("no operation for my aneurysm", "aneurysm"),
        ("never treated for high blood pressure", "hypertension"),
        ("no chemo for my cancer", "cancer"),
        ("not cured of cancer", "cancer"),
        ("not free of cancer", "cancer"),
        ("not healed fracture", "fracture"),
        ("my fracture hasn't healed yet", "fracture"),
        ("never been without pain since my fracture", "fracture"),
        ("without insulin my diabetes is bad", "diabetes"),
        ("without my warfarin", "anticoagulant-therapy"),
        ("no warfarin today", "anticoagulant-therapy"),
        ("no complications with my pregnancy", "pregnancy"),
        ("no bleeding in my pregnancy", "pregnancy"),
        ("no swelling from my lymphoedema", "lymphoedema"),
        ("not without a pacemaker", "pacemaker"),
        ("no chest pain today but yesterday", "chest-pain"),
        ("no fever, cough or medication for my epilepsy", "epilepsy"),
        ("no severe asthma", "asthma"),
        ("I don't think I have a DVT", "deep-vein-thrombosis"),
    ]);
}

#[test]
fn a_relative_beside_the_client_takes_nothing_from_the_client() {
    are_own_and_not_allowed(&[
        ("my mother had breast cancer and so do I", "breast-cancer"),
        ("my father had haemophilia, so do I", "haemophilia"),
        ("my brother has epilepsy as do I", "epilepsy"),
        ("mum had DVT, so have I", "deep-vein-thrombosis"),
        ("my husband thinks I have epilepsy", "epilepsy"),
        ("my wife says I have high blood pressure", "hypertension"),
        ("my wife says high blood pressure", "hypertension"),
        ("my daughter says I had a stroke", "stroke"),
        ("my mum thinks I have a fever", "fever"),
        ("my father had diabetes and epilepsy, so do I", "diabetes"),
        ("my mother had a stroke in 2010, so did I", "stroke"),
        ("my epilepsy runs in the family", "epilepsy"),
        ("pregnant with my son", "pregnancy"),
        ("infected with scabies by my daughter", "scabies"),
        ("у отца гемофилия и у меня", "haemophilia"),
        ("я и мама — гипертоники", "hypertension"),
    ]);
    let ruleset = ruleset();
    for (text, aside) in [
        ("my daughter has a nut allergy, I don't", "nut-allergy"),
        ("I have asthma, my mum had breast cancer", "breast-cancer"),
        ("no family history of diabetes", "diabetes"),
    ] {
        let (_, own, found) = read(&ruleset, text);
        assert!(found.contains(aside) && !own.contains(aside), "{text}: {own:?}, set aside {found:?}");
    }
}

#[test]
fn what_is_no_longer_there_was_there() {
    are_own_and_not_allowed(&[
        ("no longer on blood thinners", "anticoagulant-therapy"),
        ("no longer on blood thinners since this morning", "anticoagulant-therapy"),
        ("no longer pregnant since last week", "pregnancy"),
        ("no longer feverish since this morning", "fever"),
        ("no longer sick with flu since yesterday", "influenza"),
        ("no longer in a cast since today", "cast"),
        ("not on warfarin anymore", "anticoagulant-therapy"),
        ("no chest pain since yesterday", "chest-pain"),
        ("no cancer since 2015", "cancer"),
        ("no seizures for 2 years", "epilepsy"),
    ]);
}

/// The verdict where the request says in its fields that the client has the condition since a day.
fn told(ruleset: &Ruleset, id: &str, onset: Option<Date>) -> Verdict {
    let condition = ConditionRequest { id: Some(id.to_owned()), onset, ..ConditionRequest::default() };
    let request = ScreeningRequest { conditions: vec![condition], ..request("", None) };
    screen(ruleset, &Facts::read(ruleset, &request, TODAY).unwrap()).verdict
}

#[test]
fn words_about_a_condition_are_never_milder_than_not_knowing_whether_it_is_there() {
    // With the day since when it is there, where the words say one.
    const TEMPLATES: [(&str, Option<Date>); 9] = [
        ("no problems with my X", None),
        ("no medication for my X", None),
        ("not recovered from my X", None),
        ("the doctor has not ruled out X", None),
        ("I have had X for 2 years", Some(date(2024, 11, 28))),
        ("I've had X since 2015", Some(date(2015, 12, 31))),
        ("my husband thinks I have X", None),
        ("my father had X, so do I", None),
        ("X not healed", None),
    ];
    let ruleset = ruleset();
    let mut tried = 0;
    let mut milder = Vec::new();
    for condition in ruleset.conditions().iter().filter(|condition| !condition.document.heading) {
        let name = condition.document.name.as_str();
        let plain = read(&ruleset, name);
        if plain.0 == Verdict::Allow {
            continue;
        }
        tried += 1;
        for (template, onset) in TEMPLATES {
            let text = template.replace('X', name);
            let (verdict, own, aside) = read(&ruleset, &text);
            // What was done years ago may be allowed by its day, and only by that.
            let is_past = || onset.is_some() && told(&ruleset, condition.id.as_str(), onset) == Verdict::Allow;
            if verdict == Verdict::Allow && !(own.contains(condition.id.as_str()) && is_past()) {
                milder.push(format!("{text}: {own:?}, set aside {aside:?}"));
            }
        }
    }
    assert!(tried >= 100, "{tried}");
    assert!(milder.is_empty(), "{} of {tried}: {milder:#?}", milder.len());
}

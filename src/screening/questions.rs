//! What is not known and would matter: the range of verdicts it leaves open, and what to ask.

use crate::model::{Question, Range, Recognised, RecognisedBy, Unrecognised, Verdict};
use crate::ruleset::{
    CategorySet, ConditionFact, ConditionIx, Facts, Missing, Ruleset, inquire as inquire_all, reached,
};

use super::outcome::{Outcome, candidate_rules, verdict};

/// What is not known, and what it leaves open.
pub(super) struct Inquiry {
    pub(super) range: Range,
    pub(super) questions: Vec<Question>,
}

/// Screens every combination of answers, as far as there are not too many, and asks what can move the verdict.
pub(super) fn inquire(ruleset: &Ruleset, facts: &Facts, found: &[Outcome<'_>]) -> Inquiry {
    let rules = candidate_rules(ruleset, facts);
    let missing: Vec<Missing> = found.iter().flat_map(|outcome| outcome.missing.iter().copied()).collect();
    let extremes = (Verdict::Allow, Verdict::Deny);
    let open = inquire_all(ruleset, facts, &rules, missing, extremes, |facts| verdict(ruleset, facts));
    let mut range = Range { best: open.best, worst: open.worst };
    let mut questions: Vec<Question> = open
        .questions
        .into_iter()
        .map(|open| Question { about: open.about, text: open.text, answers: open.answers, can_reach: open.can_reach })
        .collect();
    let unasked = !facts.coverage.not_asked.is_empty();
    let texts = ruleset.texts(facts.language);
    let strange = strangers(facts);
    let guessed: Vec<&Recognised> =
        facts.coverage.recognised.iter().filter(|recognised| recognised.by == RecognisedBy::Approximate).collect();
    if unasked || !strange.is_empty() || !guessed.is_empty() {
        range.best = range.best.min(verdict(ruleset, &understood(ruleset, facts)));
        range.worst = Verdict::Deny;
    }
    if let Some(best) = mildest_meaning(ruleset, facts) {
        range.best = range.best.min(best);
    }
    questions.extend(facts.ambiguous.iter().map(|(pointer, meanings)| Question {
        about: pointer.clone(),
        text: texts.ask("ambiguous", ""),
        answers: meanings.iter().map(|meaning| ruleset.condition(*meaning).id.to_string()).collect(),
        can_reach: reached(meanings.iter().map(|meaning| verdict(ruleset, &meant(facts, pointer, meanings, *meaning)))),
    }));
    questions.extend(guessed.into_iter().map(|guess| Question {
        about: guess.pointer.clone(),
        text: texts.ask("approximate", texts.condition_called(guess.id.as_str())),
        answers: vec![guess.id.to_string()],
        can_reach: Verdict::ALL.to_vec(),
    }));
    questions.extend(strange.into_iter().map(|stranger| Question {
        about: stranger.pointer.clone(),
        text: texts.ask("unrecognised", ""),
        answers: stranger.did_you_mean.clone(),
        can_reach: Verdict::ALL.to_vec(),
    }));
    questions.sort_by(|one, other| {
        let weight = |question: &Question| {
            let (first, last) = (question.can_reach.first().copied(), question.can_reach.last().copied());
            (std::cmp::Reverse(last), first)
        };
        weight(one).cmp(&weight(other)).then_with(|| (&one.about, &one.text).cmp(&(&other.about, &other.text)))
    });
    Inquiry { range, questions }
}

/// The conditions that were named, are not denied, and were not understood.
fn strangers(facts: &Facts) -> Vec<&Unrecognised> {
    facts
        .coverage
        .unrecognised
        .iter()
        .filter(|unrecognised| facts.conditions.iter().any(|fact| fact.pointer == unrecognised.pointer))
        .collect()
}

/// The same facts without what stands for the unasked and the misunderstood.
fn understood(ruleset: &Ruleset, facts: &Facts) -> Facts {
    let fallbacks = ruleset.fallbacks();
    let mut facts = facts.clone();
    facts.conditions.retain(|fact| !fallbacks.stand_in(fact.condition));
    facts.asked = CategorySet::ALL;
    facts
}

/// The same facts where one word means one thing alone.
fn meant(facts: &Facts, pointer: &str, meanings: &[ConditionIx], meaning: ConditionIx) -> Facts {
    let mut facts = facts.clone();
    let other = |fact: &ConditionFact| {
        fact.pointer == pointer && fact.condition != meaning && meanings.contains(&fact.condition)
    };
    facts.conditions.retain(|fact| !other(fact));
    facts
}

/// The mildest verdict over what ambiguous words can mean, if there are any.
fn mildest_meaning(ruleset: &Ruleset, facts: &Facts) -> Option<Verdict> {
    if facts.ambiguous.is_empty() {
        return None;
    }
    // Each word by itself can be screened in all its meanings; of several, the least strict meaning of each together.
    let mut mildest = facts.clone();
    for (pointer, meanings) in &facts.ambiguous {
        let least = meanings
            .iter()
            .map(|meaning| meant(&mildest, pointer, meanings, *meaning))
            .min_by_key(|facts| verdict(ruleset, facts));
        if let Some(least) = least {
            mildest = least;
        }
    }
    Some(verdict(ruleset, &mildest))
}

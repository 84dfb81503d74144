//! What is not known and would matter: every combination of answers, judged.

use super::answers::{Answer, Missing, answers, give, pointer, template, word};
use super::facts::Facts;
use super::index::{Rule, Ruleset};
use super::predicate::Fact;

/// How many conditions are weighed, at most, over all combinations of answers to find the exact range.
const MOST_WORK: usize = 4096;

/// A question whose answer can move the judgement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenQuestion<V> {
    /// Where the answer belongs in the request: a JSON Pointer.
    pub about: String,
    /// The question in plain words.
    pub text: String,
    /// The answers there are; empty where any date, number or name will do.
    pub answers: Vec<String>,
    /// The judgements that the answers can lead to, in order.
    pub can_reach: Vec<V>,
}

/// What missing facts leave open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inquiry<V> {
    /// The mildest judgement.
    pub best: V,
    /// The strictest judgement.
    pub worst: V,
    /// What to ask.
    pub questions: Vec<OpenQuestion<V>>,
}

/// One open question with every answer that can make a difference.
struct Open {
    missing: Missing,
    answers: Vec<Answer>,
}

/// Judges every combination of answers, as far as there are not too many, and asks what can move the judgement.
///
/// `extremes` are the mildest and the strictest judgement that there can be, for when there are too many combinations.
pub fn inquire<V: Ord + Copy>(
    ruleset: &Ruleset,
    facts: &Facts,
    rules: &[&Rule],
    mut missing: Vec<Missing>,
    extremes: (V, V),
    judge: impl Fn(&Facts) -> V,
) -> Inquiry<V> {
    missing.sort_unstable();
    missing.dedup();
    let open: Vec<Open> = missing
        .into_iter()
        .map(|missing| Open { missing, answers: answers(ruleset, facts, rules, missing) })
        .filter(|open| !open.answers.is_empty())
        .collect();
    let combinations = open.iter().try_fold(1_usize, |product, open| product.checked_mul(open.answers.len()));
    match combinations.filter(|number| number.saturating_mul(facts.conditions.len() + 1) <= MOST_WORK) {
        Some(combinations) => all_together(ruleset, facts, &open, combinations, judge),
        None => one_at_a_time(ruleset, facts, &open, extremes, judge),
    }
}

fn all_together<V: Ord + Copy>(
    ruleset: &Ruleset,
    facts: &Facts,
    open: &[Open],
    combinations: usize,
    judge: impl Fn(&Facts) -> V,
) -> Inquiry<V> {
    let mut judged = Vec::with_capacity(combinations);
    for number in 0..combinations {
        let mut answered = facts.clone();
        let mut rest = number;
        for open in open {
            if let Some(answer) = open.answers.get(rest % open.answers.len()) {
                give(&mut answered, open.missing, answer);
            }
            rest /= open.answers.len();
        }
        judged.push(judge(&answered));
    }
    let mut questions = Vec::new();
    let mut stride = 1;
    for open in open {
        let size = open.answers.len();
        let matters = judged.iter().enumerate().any(|(number, found)| {
            let same_but_first = number - (number / stride % size) * stride;
            judged.get(same_but_first).is_some_and(|first| first != found)
        });
        if matters {
            questions.push(question(ruleset, facts, open, reached(judged.iter().copied())));
        }
        stride *= size;
    }
    Inquiry {
        best: judged.iter().min().copied().unwrap_or_else(|| judge(facts)),
        worst: judged.iter().max().copied().unwrap_or_else(|| judge(facts)),
        questions,
    }
}

/// The fall-back where there are too many combinations: each question alone, and a range that is certainly wide enough.
fn one_at_a_time<V: Ord + Copy>(
    ruleset: &Ruleset,
    facts: &Facts,
    open: &[Open],
    extremes: (V, V),
    judge: impl Fn(&Facts) -> V,
) -> Inquiry<V> {
    let now = judge(facts);
    let questions = open
        .iter()
        .map(|open| {
            let judged = open.answers.iter().map(|answer| {
                let mut answered = facts.clone();
                give(&mut answered, open.missing, answer);
                judge(&answered)
            });
            question(ruleset, facts, open, reached(judged.chain([now])))
        })
        .collect();
    Inquiry { best: extremes.0, worst: extremes.1, questions }
}

/// What the judgements are, each once, in order.
fn reached<V: Ord>(judged: impl Iterator<Item = V>) -> Vec<V> {
    let mut reached: Vec<V> = judged.collect();
    reached.sort_unstable();
    reached.dedup();
    reached
}

fn question<V>(ruleset: &Ruleset, facts: &Facts, open: &Open, can_reach: Vec<V>) -> OpenQuestion<V> {
    let (fact, subject) = open.missing;
    let condition = subject.and_then(|number| facts.conditions.get(number));
    let about = if let Fact::Also(also) = fact { Some(also) } else { condition.map(|fact| fact.condition) };
    let texts = ruleset.texts(facts.language);
    let name = about.map_or("", |condition| texts.condition(condition));
    OpenQuestion {
        about: pointer(fact, condition.map(|fact| fact.pointer.as_str())),
        text: texts.ask(template(fact), name),
        answers: open.answers.iter().filter_map(|answer| word(answer)).map(str::to_owned).collect(),
        can_reach,
    }
}

//! What is not known and would matter: the range of verdicts it leaves open, and what to ask.

use std::cmp::Reverse;

use crate::model::{Question, Range, RecognisedBy, Unrecognised, Verdict};
use crate::ruleset::{ConditionFact, ConditionIx, Fact, Facts, Ruleset, Texts, pointer, template, word};

use super::intake;
use super::leads_to::leads_to;
use super::open::{Group, Open, OpenFact, open};

/// What is not known, and what it leaves open.
pub(super) struct Inquiry {
    pub(super) range: Range,
    pub(super) questions: Vec<Question>,
}

/// A word with several meanings, and what each meaning leaves open.
struct Word<'f> {
    pointer: &'f str,
    meanings: Vec<(ConditionIx, Range)>,
}

impl Word<'_> {
    fn range(&self) -> Range {
        let ranges = self.meanings.iter().map(|(_, range)| *range);
        ranges.reduce(Range::or).unwrap_or(Range::only(Verdict::Allow))
    }
}

/// Says what is still open and asks what can move the verdict, what narrows the range most first.
///
/// The range is a promise: whatever is answered, the verdict stays within it.
pub(super) fn inquire(ruleset: &Ruleset, facts: &Facts, verdict: Verdict) -> Inquiry {
    let plain = understood(ruleset, facts);
    let open = open(ruleset, &plain);
    let words = words(ruleset, facts, &plain);
    let odd = strangers(facts).count() + guesses(facts).count();
    let known = words.iter().fold(open.range(), |range, word| range.and(word.range()));
    let known = if words.len() > 1 { known.or(Range::only(together(ruleset, facts))) } else { known };
    let unasked = intake::unasked(ruleset, facts, known.best);
    let apart = [odd_range(odd), unasked.range()].into_iter().fold(Range::only(Verdict::Allow), Range::and);
    let range = known.and(apart);
    // Where every answer leads to one verdict that is not this one yet, any answer moves it.
    let foregone = range.best == range.worst && range.best != verdict;
    let mut asked: Vec<(usize, Question)> = Vec::new();
    for (at, group) in open.groups.iter().enumerate() {
        let others = words.iter().fold(open.range_without(at).and(apart), |range, word| range.and(word.range()));
        let matters = |fact: &usize| foregone || group.matters(*fact, others.best);
        asked.extend(
            (0..group.facts.len()).filter(matters).filter_map(|fact| of_fact(ruleset, &plain, group, fact, others)),
        );
    }
    let texts = ruleset.texts(facts.language);
    if range.worst > range.best {
        asked.extend(words.iter().map(|word| of_word(ruleset, texts, word, &open, apart)));
        asked.extend(odd_questions(texts, facts));
        asked.extend(unasked.questions(ruleset, &plain, known.and(odd_range(odd))));
    }
    let mut questions = asked;
    questions.sort_by(|(one_left, one), (other_left, other)| {
        let key = |left: usize, question: &Question| {
            (left, Reverse(question.can_reach.last().copied()), question.can_reach.first().copied())
        };
        key(*one_left, one)
            .cmp(&key(*other_left, other))
            .then_with(|| (&one.about, &one.text).cmp(&(&other.about, &other.text)))
    });
    Inquiry { range, questions: questions.into_iter().map(|(_, question)| question).collect() }
}

/// How much the answers leave open on average, in thousandths.
pub(super) fn left_open(ranges: &[Range]) -> usize {
    let total: usize = ranges.iter().map(|range| range.width() * 1000).sum();
    total.checked_div(ranges.len()).unwrap_or(0)
}

/// The verdicts that some ranges begin or end with, each once, mildest first.
pub(super) fn reached(ranges: &[Range]) -> Vec<Verdict> {
    let mut reached: Vec<Verdict> = ranges.iter().flat_map(|range| [range.best, range.worst]).collect();
    reached.sort_unstable();
    reached.dedup();
    reached
}

/// The question about one missing fact, `others` being what everything else leaves open.
fn of_fact(ruleset: &Ruleset, facts: &Facts, group: &Group, number: usize, others: Range) -> Option<(usize, Question)> {
    let OpenFact { missing: (fact, subject), answers } = group.facts.get(number)?;
    let alone = group.answered(number);
    let ranges: Vec<Range> = alone.iter().map(|range| range.and(others)).collect();
    let moved: Vec<Range> = alone.iter().map(|range| range.and(Range::only(others.best))).collect();
    let condition = subject.and_then(|number| facts.conditions.get(number));
    let about = if let Fact::Also(also) = fact { Some(*also) } else { condition.map(|fact| fact.condition) };
    let texts = ruleset.texts(facts.language);
    let name = about.map_or("", |condition| texts.condition(condition));
    let question = Question {
        about: pointer(*fact, condition.map(|fact| fact.pointer.as_str())),
        condition: about.map(|condition| ruleset.condition(condition).id.clone()),
        text: texts.ask(template(*fact), name),
        answers: answers.iter().filter_map(word).map(str::to_owned).collect(),
        can_reach: reached(&moved),
        leads_to: leads_to(ruleset, answers, &ranges),
        ..Question::default()
    };
    Some((left_open(&ranges), question))
}

fn of_word(ruleset: &Ruleset, texts: Texts<'_>, word: &Word<'_>, open: &Open, apart: Range) -> (usize, Question) {
    let others = open.range().and(apart);
    let ranges: Vec<Range> = word.meanings.iter().map(|(_, range)| range.and(others)).collect();
    let ids: Vec<String> = word.meanings.iter().map(|(ix, _)| ruleset.condition(*ix).id.to_string()).collect();
    let names = word.meanings.iter().map(|(ix, _)| texts.condition(*ix).to_string());
    let question = Question {
        about: word.pointer.to_owned(),
        text: texts.ask("ambiguous", ""),
        labels: ids.iter().cloned().zip(names).collect(),
        can_reach: reached(&ranges),
        leads_to: super::leads_to::grouped(ids.iter().cloned().zip(ranges.iter().copied())),
        answers: ids,
        ..Question::default()
    };
    (left_open(&ranges), question)
}

/// What was understood only nearly, or not at all, may be anything.
fn odd_range(number: usize) -> Range {
    Range { best: Verdict::Allow, worst: if number > 0 { Verdict::Deny } else { Verdict::Allow } }
}

fn odd_questions(texts: Texts<'_>, facts: &Facts) -> Vec<(usize, Question)> {
    let anything = Range { best: Verdict::Allow, worst: Verdict::Deny };
    let odd = |about: &str, name: &str, condition: &str, answers: Vec<String>| {
        let question = Question {
            about: about.to_owned(),
            text: texts.ask(name, condition),
            answers,
            can_reach: Verdict::ALL.to_vec(),
            ..Question::default()
        };
        (left_open(&[anything]), question)
    };
    let guesses = guesses(facts)
        .map(|(pointer, id)| odd(pointer, "approximate", texts.condition_called(id), vec![id.to_owned()]));
    let strangers = strangers(facts).map(|it| odd(&it.pointer, "unrecognised", "", it.did_you_mean.clone()));
    guesses.chain(strangers).collect()
}

/// What was understood only nearly: where it stands, and as what it was understood.
fn guesses(facts: &Facts) -> impl Iterator<Item = (&str, &str)> {
    let guessed = facts.coverage.recognised.iter().filter(|it| it.by == RecognisedBy::Approximate);
    guessed.map(|it| (it.pointer.as_str(), it.id.as_str()))
}

/// The conditions that were named, are not denied, and were not understood.
fn strangers(facts: &Facts) -> impl Iterator<Item = &Unrecognised> {
    facts
        .coverage
        .unrecognised
        .iter()
        .filter(|unrecognised| facts.conditions.iter().any(|fact| fact.pointer == unrecognised.pointer))
}

/// The same facts without what stands for something else, was understood only nearly, or has several meanings.
fn understood(ruleset: &Ruleset, facts: &Facts) -> Facts {
    let fallbacks = ruleset.fallbacks();
    let unsure = |fact: &ConditionFact| {
        fallbacks.stand_in(fact.condition)
            || guesses(facts).any(|(pointer, _)| pointer == fact.pointer)
            || is_one_of_several(facts, fact)
    };
    let conditions = facts.conditions.iter().filter(|fact| !unsure(fact)).cloned().collect();
    Facts { conditions, ..facts.clone() }
}

fn is_one_of_several(facts: &Facts, fact: &ConditionFact) -> bool {
    facts.ambiguous.iter().any(|(pointer, meanings)| *pointer == fact.pointer && meanings.contains(&fact.condition))
}

/// Each word with several meanings, and what each of them would leave open.
fn words<'f>(ruleset: &Ruleset, facts: &'f Facts, plain: &Facts) -> Vec<Word<'f>> {
    let meant = |pointer: &str, meaning: ConditionIx| {
        let own = facts.conditions.iter().filter(|fact| fact.pointer == pointer && fact.condition == meaning);
        let mut facts = plain.clone();
        facts.conditions.extend(own.cloned());
        open(ruleset, &facts).range()
    };
    let word = |(pointer, meanings): &'f (String, Vec<ConditionIx>)| Word {
        pointer,
        meanings: meanings.iter().map(|meaning| (*meaning, meant(pointer, *meaning))).collect(),
    };
    facts.ambiguous.iter().map(word).collect()
}

/// The strictest verdict that several words can come to together.
fn together(ruleset: &Ruleset, facts: &Facts) -> Verdict {
    let fallbacks = ruleset.fallbacks();
    let conditions = facts.conditions.iter().filter(|fact| !fallbacks.stand_in(fact.condition)).cloned().collect();
    open(ruleset, &Facts { conditions, ..facts.clone() }).range().worst
}

//! What a partial intake has not asked: the categories of conditions that can still move the verdict.

use std::collections::BTreeMap;

use crate::model::{Question, Range, Verdict};
use crate::ruleset::{Category, Condition, ConditionFact, Facts, Ruleset, Texts};

use super::leads_to::grouped;
use super::open::judge;
use super::questions::{left_open, reached};

/// The answer that none of the answers applies.
pub(super) const NONE: &str = "none";

/// The categories that were not asked of and can move the verdict, with the strictest that each can come to.
pub(super) struct Unasked<'r> {
    categories: Vec<(&'r Category, Verdict)>,
    listed: bool,
}

/// The categories that can make the verdict stricter than `floor` and were not asked of.
pub(super) fn unasked<'r>(ruleset: &'r Ruleset, facts: &Facts, floor: Verdict) -> Unasked<'r> {
    let not_asked = if facts.coverage.not_asked.is_empty() { Vec::new() } else { facts.not_asked(ruleset) };
    let mut guest = Guest::new(facts);
    let mut strictest = |category: &Category| {
        let mut strictest = floor;
        for condition in of_category(ruleset, category) {
            strictest = strictest.max(guest.range(ruleset, condition).worst);
            if strictest == Verdict::Deny {
                break;
            }
        }
        (strictest > floor).then_some(strictest)
    };
    let categories = not_asked.into_iter().filter_map(|category| Some((category, strictest(category)?))).collect();
    Unasked { categories, listed: facts.asked_listed }
}

/// The conditions of a category that a client can name.
fn of_category<'r>(ruleset: &'r Ruleset, category: &'r Category) -> impl Iterator<Item = &'r Condition> {
    ruleset.conditions().iter().filter(|condition| {
        condition.category == category.id && !condition.document.heading && !ruleset.fallbacks().stand_in(condition.ix)
    })
}

/// Facts with one more condition, which can be any.
struct Guest {
    facts: Facts,
    known: usize,
}

impl Guest {
    fn new(facts: &Facts) -> Self {
        Self { facts: facts.clone(), known: facts.conditions.len() }
    }

    /// What one more condition can come to by itself.
    fn range(&mut self, ruleset: &Ruleset, condition: &Condition) -> Range {
        self.facts.conditions.truncate(self.known);
        self.facts.conditions.push(ConditionFact::bare(condition.ix, "/conditions/-".to_owned()));
        judge(ruleset, &self.facts, &[], self.known)
    }
}

impl Unasked<'_> {
    /// What they leave open by themselves.
    pub(super) fn range(&self) -> Range {
        let worst = self.categories.iter().map(|(_, strictest)| *strictest).max().unwrap_or(Verdict::Allow);
        Range { best: Verdict::Allow, worst }
    }

    /// Asks which categories apply, or, once that is known, of each that is left. `known` is what all else leaves open.
    pub(super) fn questions(&self, ruleset: &Ruleset, facts: &Facts, known: Range) -> Vec<(usize, Question)> {
        if self.categories.is_empty() {
            return Vec::new();
        }
        if !self.listed {
            return self.which(ruleset.texts(facts.language), known).into_iter().collect();
        }
        self.categories.iter().filter_map(|(category, _)| self.of_one(ruleset, facts, category, known)).collect()
    }

    /// Which of the categories apply at all.
    fn which(&self, texts: Texts<'_>, known: Range) -> Option<(usize, Question)> {
        let text = texts.message("questions", "asked")?.to_owned();
        let answers: Vec<(String, Range)> = self
            .categories
            .iter()
            .map(|(category, worst)| {
                (category.id.to_string(), known.and(Range { best: Verdict::Allow, worst: *worst }))
            })
            .collect();
        let labels = self.categories.iter().filter_map(|(category, _)| {
            Some((category.id.to_string(), texts.message("categories", &category.id)?.to_owned()))
        });
        let question = Question { about: "/asked".to_owned(), text, labels: labels.collect(), ..Question::default() };
        Some(choice(question, answers, known))
    }

    /// Which conditions of one category the client has.
    fn of_one(&self, ruleset: &Ruleset, facts: &Facts, category: &Category, known: Range) -> Option<(usize, Question)> {
        let texts = ruleset.texts(facts.language);
        texts.message("questions", "category")?;
        let elsewhere = self.categories.iter().filter(|(other, _)| other.id != category.id);
        let rest = elsewhere.fold(known, |range, (_, worst)| range.and(Range { best: Verdict::Allow, worst: *worst }));
        let mut guest = Guest::new(facts);
        let mut found: Vec<(&Condition, Range)> = of_category(ruleset, category)
            .map(|condition| (condition, guest.range(ruleset, condition)))
            .filter(|(_, alone)| alone.worst > known.best)
            .map(|(condition, alone)| (condition, rest.and(alone)))
            .collect();
        found.sort_by(|(one, one_range), (other, other_range)| {
            (other_range.worst, other_range.best).cmp(&(one_range.worst, one_range.best)).then(one.id.cmp(&other.id))
        });
        let labels: BTreeMap<String, String> = found
            .iter()
            .map(|(condition, _)| (condition.id.to_string(), texts.condition(condition.ix).to_string()))
            .collect();
        let title = texts.message("categories", &category.id).unwrap_or(&category.id);
        let question = Question {
            about: "/conditions/-".to_owned(),
            category: Some(category.id.to_string()),
            text: texts.ask("category", title),
            labels,
            ..Question::default()
        };
        let answers = found.into_iter().map(|(condition, range)| (condition.id.to_string(), range)).collect();
        Some(choice(question, answers, rest))
    }
}

/// A question of which several answers can be chosen, or none; `none` being what is then left open. Most clients have little
/// of what they are asked of: "none" counts as much as all other answers together.
fn choice(question: Question, mut answers: Vec<(String, Range)>, none: Range) -> (usize, Question) {
    let ranges: Vec<Range> = answers.iter().map(|(_, range)| *range).collect();
    let left = usize::midpoint(left_open(&ranges), left_open(&[none]));
    answers.push((NONE.to_owned(), none));
    let all: Vec<Range> = answers.iter().map(|(_, range)| *range).collect();
    let question = Question {
        answers: answers.iter().map(|(answer, _)| answer.clone()).collect(),
        multiple: true,
        can_reach: reached(&all),
        leads_to: grouped(answers.into_iter()),
        ..question
    };
    (left, question)
}

//! The verdicts that missing facts leave open.
//!
//! The verdict is the strictest effect of all rules, so what is open falls apart into groups of missing facts that no rule
//! reads together: each group is answered in every way by itself, and the groups add up.

use crate::model::{Range, Truth, Verdict};
use crate::ruleset::{Answer, ConditionFact, Facts, Missing, Record, Rule, Ruleset, answers, give, weigh};

use super::outcome::{candidates, count};

/// How many rules are weighed, at most, to answer one group in every way; a larger one gets a range that is wide enough.
const MOST_WORK: usize = 4096;

/// One rule, and the place among the facts of the condition that it is about.
type Pair<'r> = (&'r Rule, Option<usize>);

/// One missing fact, with every answer that makes a difference.
#[derive(Debug)]
pub(super) struct OpenFact {
    pub(super) missing: Missing,
    pub(super) answers: Vec<Answer>,
}

/// Missing facts that rules read together.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) facts: Vec<OpenFact>,
    /// What every combination of answers comes to: of the first fact, the next answer is the next combination. Where there
    /// are too many combinations: nothing.
    combinations: Vec<Range>,
    /// What each answer comes to while the others of the group are not given.
    alone: Vec<Vec<Range>>,
    range: Range,
}

/// What facts leave open.
#[derive(Debug)]
pub(super) struct Open {
    /// What is certain whatever is answered.
    pub(super) certain: Verdict,
    pub(super) groups: Vec<Group>,
}

impl Open {
    /// The range that all of it leaves.
    pub(super) fn range(&self) -> Range {
        self.groups.iter().fold(Range::only(self.certain), |range, group| range.and(group.range))
    }

    /// The range that all but one group leaves.
    pub(super) fn range_without(&self, left_out: usize) -> Range {
        let others = self.groups.iter().enumerate().filter(|(at, _)| *at != left_out);
        others.fold(Range::only(self.certain), |range, (_, group)| range.and(group.range))
    }
}

impl Group {
    /// What each answer to one of its facts leaves open, in the order of the answers.
    pub(super) fn answered(&self, fact: usize) -> Vec<Range> {
        let Some(size) = self.facts.get(fact).map(|open| open.answers.len()) else { return Vec::new() };
        if self.combinations.is_empty() {
            return self.alone.get(fact).cloned().unwrap_or_default();
        }
        let stride = self.stride(fact);
        let mut found: Vec<Option<Range>> = vec![None; size];
        for (number, range) in self.combinations.iter().enumerate() {
            if let Some(known) = found.get_mut(number / stride % size) {
                *known = Some(known.map_or(*range, |known| known.or(*range)));
            }
        }
        found.into_iter().flatten().collect()
    }

    /// Whether the answer to one of its facts can make a difference, where everything else comes to at least `floor`.
    pub(super) fn matters(&self, fact: usize, floor: Verdict) -> bool {
        let above = |range: &Range| range.and(Range::only(floor));
        let Some(size) = self.facts.get(fact).map(|open| open.answers.len()) else { return false };
        if self.combinations.is_empty() {
            return self.range.worst > floor;
        }
        let stride = self.stride(fact);
        self.combinations.iter().enumerate().any(|(number, range)| {
            let same_but_first = number - (number / stride % size) * stride;
            self.combinations.get(same_but_first).is_some_and(|first| above(first) != above(range))
        })
    }

    fn stride(&self, fact: usize) -> usize {
        self.facts.iter().take(fact).map(|open| open.answers.len()).product()
    }
}

/// What one rule can come to for what is known: the same twice where everything that it reads is known.
fn span(ruleset: &Ruleset, rule: &Rule, facts: &Facts, subject: Option<&ConditionFact>, record: &mut Record) -> Range {
    let weighed = weigh(ruleset, rule, facts, subject, record);
    if weighed.truth == Truth::False {
        return Range::only(Verdict::Allow);
    }
    let worst = count(ruleset, rule, facts, subject, weighed.partly).verdict();
    let best = if weighed.truth == Truth::True { worst } else { Verdict::Allow };
    Range { best, worst }
}

/// What these facts leave open. Conditions that stand for what cannot be answered do not count here.
pub(super) fn open(ruleset: &Ruleset, facts: &Facts) -> Open {
    let mut certain = Verdict::Allow;
    let mut unsure: Vec<(Pair<'_>, Vec<Missing>, Verdict)> = Vec::new();
    for (rule, subject) in candidates(ruleset, facts) {
        if rule.effect.verdict() <= certain
            || subject.is_some_and(|(_, fact)| ruleset.fallbacks().stand_in(fact.condition))
        {
            continue;
        }
        let mut record = Record::default();
        let range = span(ruleset, rule, facts, subject.map(|(_, fact)| fact), &mut record);
        certain = certain.max(range.best);
        if range.worst > range.best {
            let number = subject.map(|(number, _)| number);
            unsure.push(((rule, number), record.missing(number), range.worst));
        }
    }
    unsure.retain(|(_, _, worst)| *worst > certain);
    let groups = together(unsure).into_iter().map(|(missing, pairs)| group(ruleset, facts, missing, &pairs)).collect();
    Open { certain, groups }
}

/// Puts together what shares a missing fact.
fn together<'r>(unsure: Vec<(Pair<'r>, Vec<Missing>, Verdict)>) -> Vec<(Vec<Missing>, Vec<Pair<'r>>)> {
    let mut groups: Vec<(Vec<Missing>, Vec<Pair<'r>>)> = Vec::new();
    for (pair, missing, _) in unsure {
        let (mut all, mut pairs) = (missing, vec![pair]);
        let mut apart = Vec::with_capacity(groups.len());
        for (known, members) in groups {
            if known.iter().any(|fact| all.contains(fact)) {
                all.extend(known);
                pairs.extend(members);
            } else {
                apart.push((known, members));
            }
        }
        all.sort_unstable();
        all.dedup();
        apart.push((all, pairs));
        groups = apart;
    }
    groups.sort_by(|one, other| one.0.cmp(&other.0));
    groups
}

fn group(ruleset: &Ruleset, facts: &Facts, missing: Vec<Missing>, pairs: &[Pair<'_>]) -> Group {
    let rules: Vec<&Rule> = pairs.iter().map(|(rule, _)| *rule).collect();
    let open: Vec<OpenFact> = missing
        .into_iter()
        .map(|missing| OpenFact { missing, answers: answers(ruleset, facts, &rules, missing) })
        .filter(|open| !open.answers.is_empty())
        .collect();
    let blank = Facts { coverage: crate::model::Coverage::default(), ambiguous: Vec::new(), ..facts.clone() };
    let judged = |given: &[(Missing, &Answer)]| {
        let mut answered = blank.clone();
        for (missing, answer) in given {
            give(&mut answered, *missing, answer);
        }
        judge(ruleset, &answered, pairs, blank.conditions.len())
    };
    let count = open.iter().try_fold(1_usize, |product, open| product.checked_mul(open.answers.len()));
    let mut group = Group { facts: open, combinations: Vec::new(), alone: Vec::new(), range: judged(&[]) };
    if let Some(count) = count.filter(|count| count.saturating_mul(pairs.len()) <= MOST_WORK) {
        group.combinations = (0..count).map(|number| judged(&combination(&group.facts, number))).collect();
        if let Some(range) = group.combinations.iter().copied().reduce(Range::or) {
            group.range = range;
        }
    } else {
        let alone = group
            .facts
            .iter()
            .map(|open| open.answers.iter().map(|answer| judged(&[(open.missing, answer)])).collect());
        group.alone = alone.collect();
    }
    group
}

/// The answers of one combination.
fn combination(open: &[OpenFact], number: usize) -> Vec<(Missing, &Answer)> {
    let mut rest = number;
    open.iter()
        .filter_map(|open| {
            let answer = open.answers.get(rest % open.answers.len())?;
            rest /= open.answers.len();
            Some((open.missing, answer))
        })
        .collect()
}

/// What these rules come to, and the rules of the conditions that an answer has added.
pub(super) fn judge(ruleset: &Ruleset, facts: &Facts, pairs: &[Pair<'_>], known: usize) -> Range {
    let mut range = Range::only(Verdict::Allow);
    let mut weigh_one = |rule: &Rule, subject: Option<&ConditionFact>| {
        if rule.effect.verdict() > range.best {
            range = range.and(span(ruleset, rule, facts, subject, &mut Record::default()));
        }
    };
    for (rule, subject) in pairs {
        weigh_one(rule, subject.and_then(|number| facts.conditions.get(number)));
    }
    for fact in facts.conditions.iter().skip(known) {
        for ix in &ruleset.condition(fact.condition).rules {
            weigh_one(ruleset.rule(*ix), Some(fact));
        }
    }
    range
}

//! The smallest sets of changes that reach a better verdict: each is tried by screening it, and so is every part of it.

use std::collections::BTreeMap;

use crate::model::{Verdict, WayForward};
use crate::ruleset::{Facts, Rule, Ruleset, weigh};

use super::change::{Change, Part, TYPE, changes};
use super::outcome::{Outcome, bare_effect, softened_effect, verdict};

/// How many ways are shown, at most.
const MOST: usize = 8;
/// How many changes one way has, at most.
const MOST_CHANGES: usize = 4;
/// How many sets of changes are screened, at most.
const MOST_TRIES: usize = 192;

/// Books another massage type: its techniques, and its usual pressure or the one asked for where that is lighter.
pub(super) fn book_type(ruleset: &Ruleset, to: &mut Facts, original: &Facts, number: usize) {
    let Some(kind) = ruleset.massage_types().get(number) else { return };
    let session = &mut to.session;
    session.massage_type = number;
    session.techniques = kind.techniques | original.session.extra_techniques;
    session.pressure = if original.session.pressure_given {
        kind.usual_pressure.min(original.session.pressure)
    } else {
        kind.usual_pressure
    };
}

/// The ways to a better verdict, the fewest and the least changes first.
///
/// Each reaches its verdict as screened, and no part of it reaches one as good. What was told of the client's health is
/// never changed.
pub(super) fn forward(ruleset: &Ruleset, facts: &Facts, found: &[Outcome<'_>], now: Verdict) -> Vec<WayForward> {
    if now == Verdict::Allow {
        return Vec::new();
    }
    let weighty: Vec<&Outcome<'_>> =
        found.iter().filter(|outcome| outcome.effect.verdict() > Verdict::Allow).take(u128::BITS as usize).collect();
    let mut search = Search::new(ruleset, facts, &weighty);
    for aim in Verdict::ALL.into_iter().filter(|aim| *aim < now) {
        search.reach(aim, &weighty);
    }
    search.ways()
}

/// One change, and the outcomes that it alone makes milder, one bit each.
struct Try {
    change: Change,
    part: Part,
    cost: u32,
    /// Those that come down to nothing.
    lifts: u128,
    /// Those that come down to a caution or less.
    softens: u128,
}

/// What a way changes: two ways to one verdict that differ by how light or how late alone are one.
type Kind = Vec<(Part, Option<usize>)>;

/// Numbers of changes, in order.
type Set = Vec<usize>;

struct Search<'r> {
    ruleset: &'r Ruleset,
    facts: &'r Facts,
    tries: Vec<Try>,
    /// What was screened already.
    known: BTreeMap<Set, Verdict>,
    reached: Vec<(Set, Verdict)>,
}

impl<'r> Search<'r> {
    fn new(ruleset: &'r Ruleset, facts: &'r Facts, weighty: &[&Outcome<'_>]) -> Self {
        let mut tries: Vec<Try> = Vec::new();
        for change in changes(ruleset, facts, weighty) {
            let mut changed = facts.clone();
            change.apply(ruleset, &mut changed);
            let (mut lifts, mut softens) = (0, 0);
            for (at, outcome) in weighty.iter().enumerate() {
                let then = effect(ruleset, outcome.rule, &changed, outcome.subject);
                lifts |= u128::from(then == Verdict::Allow) << at;
                softens |= u128::from(then < Verdict::Deny) << at;
            }
            let (part, cost) = (change.part(), change.cost(facts));
            // Of changes of one part that do the same, the least is enough; what another massage type does is its own.
            let same = |known: &Try| {
                known.part == part && part != Part::Type && known.lifts == lifts && known.softens == softens
            };
            if !tries.iter().any(same) {
                tries.push(Try { change, part, cost, lifts, softens });
            }
        }
        Self { ruleset, facts, tries, known: BTreeMap::new(), reached: Vec::new() }
    }

    /// Finds the smallest sets of changes after which no outcome is stricter than `aim`.
    fn reach(&mut self, aim: Verdict, weighty: &[&Outcome<'_>]) {
        let strict = weighty.iter().enumerate().filter(|(_, outcome)| outcome.effect.verdict() > aim);
        let needed = strict.fold(0_u128, |bits, (at, _)| bits | 1 << at);
        let does: Vec<u128> =
            self.tries.iter().map(|it| if aim == Verdict::Allow { it.lifts } else { it.softens } & needed).collect();
        if does.iter().fold(0, |all, bits| all | bits) != needed {
            return;
        }
        let mut covers: Vec<Set> = Vec::new();
        self.cover(&does, needed, &mut Vec::new(), &mut covers);
        covers.sort_by_key(|set| (set.len(), self.cost(set)));
        covers.dedup();
        for set in covers {
            if self.known.len() >= MOST_TRIES {
                return;
            }
            if self.screen(&set) <= aim {
                self.keep(set);
            } else if set.len() < MOST_CHANGES {
                // Another type brings rules of its own: one more change may do for them.
                for more in self.companions(&set) {
                    let wider = with(&set, more);
                    if self.known.len() < MOST_TRIES && self.screen(&wider) <= aim {
                        self.keep(wider);
                        break;
                    }
                }
            }
        }
    }

    /// Every set of changes, at most one of each part, that does all that is needed: the first thing to be done is done by
    /// each change that can.
    fn cover(&self, does: &[u128], needed: u128, chosen: &mut Set, covers: &mut Vec<Set>) {
        if covers.len() >= 4 * MOST_TRIES {
            return;
        }
        if needed == 0 {
            let mut set = chosen.clone();
            set.sort_unstable();
            covers.push(set);
            return;
        }
        if chosen.len() >= MOST_CHANGES {
            return;
        }
        let first = needed & needed.wrapping_neg();
        for (at, bits) in does.iter().enumerate() {
            if bits & first == 0 || self.shares_part(chosen, at) {
                continue;
            }
            chosen.push(at);
            self.cover(does, needed & !bits, chosen, covers);
            chosen.pop();
        }
    }

    fn shares_part(&self, chosen: &Set, number: usize) -> bool {
        let part = self.tries.get(number).map(|it| it.part);
        chosen.iter().any(|other| self.tries.get(*other).map(|it| it.part) == part)
    }

    /// What can go with another massage type, the least first.
    fn companions(&self, set: &Set) -> Vec<usize> {
        let has_type = set.iter().any(|at| self.tries.get(*at).is_some_and(|it| it.part == Part::Type));
        let light = |it: &Try| matches!(it.part, Part::Pressure | Part::Regions | Part::Products);
        let fitting = self.tries.iter().enumerate().filter(|(at, it)| light(it) && !self.shares_part(set, *at));
        let mut fitting: Vec<(u32, usize)> = fitting.map(|(at, it)| (it.cost, at)).collect();
        fitting.sort_unstable();
        if has_type { fitting.into_iter().map(|(_, at)| at).collect() } else { Vec::new() }
    }

    fn cost(&self, set: &Set) -> u32 {
        set.iter().filter_map(|at| self.tries.get(*at)).map(|it| it.cost).sum()
    }

    /// The verdict after these changes.
    fn screen(&mut self, set: &Set) -> Verdict {
        if let Some(known) = self.known.get(set) {
            return *known;
        }
        let mut changed = self.facts.clone();
        let mut chosen: Vec<&Try> = set.iter().filter_map(|at| self.tries.get(*at)).collect();
        // Another type brings its own pressure; a pressure that is named as well is the one that counts.
        chosen.sort_by_key(|it| it.part);
        for it in chosen {
            it.change.apply(self.ruleset, &mut changed);
        }
        let reached = verdict(self.ruleset, &changed);
        self.known.insert(set.clone(), reached);
        reached
    }

    /// Keeps a set, unless a part of it does as well.
    fn keep(&mut self, set: Set) {
        let reached = self.screen(&set);
        let parts = (1..(1_usize << set.len()) - 1).map(|bits| -> Set {
            set.iter().enumerate().filter(|(at, _)| bits >> at & 1 == 1).map(|(_, number)| *number).collect()
        });
        for part in parts {
            if self.screen(&part) <= reached {
                return;
            }
        }
        if !self.reached.iter().any(|(known, _)| *known == set) {
            self.reached.push((set, reached));
        }
    }

    fn ways(self) -> Vec<WayForward> {
        let mut ways: Vec<(usize, u32, Verdict, Kind, Set)> = Vec::new();
        for (set, reached) in &self.reached {
            let chosen = set.iter().filter_map(|at| self.tries.get(*at).map(|it| (*at, it)));
            let kind = chosen.map(|(at, it)| (it.part, (it.part == Part::Type).then_some(at))).collect();
            ways.push((set.len(), self.cost(set), *reached, kind, set.clone()));
        }
        ways.sort();
        let mut seen: Vec<(Verdict, Kind)> = Vec::new();
        ways.retain(|(_, _, reached, kind, _)| {
            let key = (*reached, kind.clone());
            let new = !seen.contains(&key);
            seen.push(key);
            new
        });
        let mut shown: Vec<(Verdict, Set, WayForward)> = Vec::new();
        for (_, _, reached, _, set) in ways {
            let (types, rest): (Set, Set) = set.iter().partition(|at| self.of_type(**at).is_some());
            let kind = types.first().and_then(|at| self.ruleset.massage_types().get(self.of_type(*at)?));
            let same = |(verdict, other, way): &&mut (Verdict, Set, WayForward)| {
                *verdict == reached && *other == rest && way.change.contains_key(TYPE)
            };
            if let Some(kind) = kind
                && let Some((_, _, way)) = shown.iter_mut().find(same)
            {
                way.other_massage_types.push(kind.id.clone());
            } else if shown.len() < MOST {
                shown.push((reached, rest, self.way(&set, reached)));
            }
        }
        shown.into_iter().map(|(_, _, way)| way).collect()
    }

    /// The massage type that a change books.
    fn of_type(&self, number: usize) -> Option<usize> {
        match self.tries.get(number)?.change {
            Change::Type(kind) => Some(kind),
            Change::Products(_) | Change::Pressure(_) | Change::Regions(_) | Change::Date(_) | Change::Clear(_) => None,
        }
    }

    fn way(&self, set: &Set, verdict: Verdict) -> WayForward {
        let mut change = BTreeMap::new();
        for it in set.iter().filter_map(|at| self.tries.get(*at)) {
            it.change.write(self.ruleset, self.facts, &mut change);
        }
        WayForward { change, other_massage_types: Vec::new(), verdict }
    }
}

fn with(set: &Set, more: usize) -> Set {
    let mut wider = set.clone();
    wider.push(more);
    wider.sort_unstable();
    wider
}

/// What one rule comes to for facts.
fn effect(ruleset: &Ruleset, rule: &Rule, facts: &Facts, subject: Option<usize>) -> Verdict {
    let subject = subject.and_then(|number| facts.conditions.get(number));
    let weighed = weigh(ruleset, rule, facts, subject, &mut ());
    bare_effect(rule, weighed.truth, weighed.partly)
        .map_or(Verdict::Allow, |(effect, _)| softened_effect(ruleset, rule, facts, subject, effect).0.verdict())
}

//! What is not known and would matter: the range of verdicts it leaves open, and what to ask.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::model::{
    ActivityLevel, Control, Intake, Phase, Question, Range, Recognised, RecognisedBy, Severity, Sex, Unrecognised,
    Verdict,
};
use crate::ruleset::{ConditionFact, ConditionIx, Fact, Facts, Place, RegionSet, Rule, Ruleset};

use super::outcome::{self, Missing, Outcome, candidate_rules, pointer, verdict};

/// How many combinations of answers are screened, at most, to find the exact range.
const MOST_COMBINATIONS: usize = 4096;

/// What is not known, and what it leaves open.
pub(super) struct Inquiry {
    pub(super) range: Range,
    pub(super) questions: Vec<Question>,
}

/// One answer to an open question.
#[derive(Debug, Clone)]
enum Answer {
    State(bool),
    Phase(Phase),
    Control(Control),
    Severity(Severity),
    Region(Place),
    Resolved(Date),
    Onset(Date),
    Age(u16),
    PregnancyWeeks(u16),
    Sex(Sex),
    ActivityLevel(ActivityLevel),
    FirstSession(bool),
    Products(Vec<usize>),
    Duration(u16),
    Also(bool),
}

/// One open question with every answer that can make a difference.
struct Open {
    missing: Missing,
    answers: Vec<Answer>,
}

/// Screens every combination of answers, as far as there are not too many, and asks what can move the verdict.
pub(super) fn inquire(ruleset: &Ruleset, facts: &Facts, found: &[Outcome<'_>]) -> Inquiry {
    let now = outcome::strictest(found);
    let rules = candidate_rules(ruleset, facts);
    let mut missing: Vec<Missing> = found.iter().flat_map(|outcome| outcome.missing.iter().copied()).collect();
    missing.sort_unstable();
    missing.dedup();
    let open: Vec<Open> = missing
        .into_iter()
        .map(|missing| Open { missing, answers: answers(ruleset, facts, &rules, missing) })
        .filter(|open| !open.answers.is_empty())
        .collect();
    let (mut range, mut questions) = weigh_answers(ruleset, facts, &open, now);
    let unasked = facts.intake == Intake::Partial;
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
        text: fill(ruleset, "ambiguous", ""),
        answers: meanings.iter().map(|meaning| ruleset.condition(*meaning).id.to_string()).collect(),
        can_reach: reached(meanings.iter().map(|meaning| verdict(ruleset, &meant(facts, pointer, meanings, *meaning)))),
    }));
    questions.extend(guessed.into_iter().map(|guess| Question {
        about: guess.pointer.clone(),
        text: fill(ruleset, "approximate", &name_of(ruleset, guess.id.as_str())),
        answers: vec![guess.id.to_string()],
        can_reach: Verdict::ALL.to_vec(),
    }));
    questions.extend(strange.into_iter().map(|stranger| Question {
        about: stranger.pointer.clone(),
        text: fill(ruleset, "unrecognised", ""),
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

fn name_of(ruleset: &Ruleset, id: &str) -> String {
    ruleset.names().by_id(id).map(|found| ruleset.condition(found.condition).name.to_string()).unwrap_or_default()
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
    let stand_ins = [Some(fallbacks.unrecognised), Some(fallbacks.incomplete_intake), fallbacks.approximate];
    facts.conditions.retain(|fact| !stand_ins.contains(&Some(fact.condition)));
    facts.intake = Intake::Complete;
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

fn weigh_answers(ruleset: &Ruleset, facts: &Facts, open: &[Open], now: Verdict) -> (Range, Vec<Question>) {
    let combinations = open.iter().try_fold(1_usize, |product, open| product.checked_mul(open.answers.len()));
    let Some(combinations) = combinations.filter(|number| *number <= MOST_COMBINATIONS) else {
        return one_at_a_time(ruleset, facts, open, now);
    };
    let mut verdicts = Vec::with_capacity(combinations);
    for number in 0..combinations {
        let mut answered = facts.clone();
        let mut rest = number;
        for open in open {
            if let Some(answer) = open.answers.get(rest % open.answers.len()) {
                give(&mut answered, open.missing, answer);
            }
            rest /= open.answers.len();
        }
        verdicts.push(verdict(ruleset, &answered));
    }
    let range = span(verdicts.iter().copied(), now);
    let mut questions = Vec::new();
    let mut stride = 1;
    for open in open {
        let size = open.answers.len();
        let matters = verdicts.iter().enumerate().any(|(number, found)| {
            let same_but_first = number - (number / stride % size) * stride;
            verdicts.get(same_but_first).is_some_and(|first| first != found)
        });
        if matters {
            questions.push(question(ruleset, facts, open, reached(verdicts.iter().copied())));
        }
        stride *= size;
    }
    (range, questions)
}

/// The fall-back where there are too many combinations: each question alone, and a range that is certainly wide enough.
fn one_at_a_time(ruleset: &Ruleset, facts: &Facts, open: &[Open], now: Verdict) -> (Range, Vec<Question>) {
    let questions = open
        .iter()
        .map(|open| {
            let verdicts = open.answers.iter().map(|answer| {
                let mut answered = facts.clone();
                give(&mut answered, open.missing, answer);
                verdict(ruleset, &answered)
            });
            let can_reach = reached(verdicts.chain([now]));
            question(ruleset, facts, open, can_reach)
        })
        .collect();
    (Range { best: Verdict::Allow, worst: Verdict::Deny }, questions)
}

fn span(verdicts: impl Iterator<Item = Verdict>, now: Verdict) -> Range {
    let mut range: Option<Range> = None;
    for verdict in verdicts {
        let so_far = range.get_or_insert(Range { best: verdict, worst: verdict });
        so_far.best = so_far.best.min(verdict);
        so_far.worst = so_far.worst.max(verdict);
    }
    range.unwrap_or(Range { best: now, worst: now })
}

fn reached(verdicts: impl Iterator<Item = Verdict>) -> Vec<Verdict> {
    let mut reached: Vec<Verdict> = verdicts.collect();
    reached.sort_unstable();
    reached.dedup();
    reached
}

/// Every answer that can make a difference to one of the rules.
fn answers(ruleset: &Ruleset, facts: &Facts, rules: &[&Rule], (fact, subject): Missing) -> Vec<Answer> {
    let on = facts.session.date;
    match fact {
        Fact::State => vec![Answer::State(true), Answer::State(false)],
        Fact::Phase => Phase::ALL.map(Answer::Phase).to_vec(),
        Fact::Control => Control::ALL.map(Answer::Control).to_vec(),
        Fact::Severity => Severity::ALL.map(Answer::Severity).to_vec(),
        Fact::BodyRegion => regions(ruleset, facts, rules).into_iter().map(Answer::Region).collect(),
        Fact::Resolved => {
            let limits = rules.iter().filter_map(|rule| rule.course.resolved_within_days);
            dates(on, limits).into_iter().map(Answer::Resolved).collect()
        }
        Fact::Onset => {
            let limits = rules.iter().filter_map(|rule| rule.course.onset_within_days);
            dates(on, limits).into_iter().map(Answer::Onset).collect()
        }
        Fact::Age => {
            let bounds = rules.iter().filter_map(|rule| rule.client.age);
            edges(bounds.flat_map(|bounds| [bounds.at_least, bounds.at_most.map(|most| most + 1)]), 40)
                .map(Answer::Age)
                .collect()
        }
        Fact::PregnancyWeeks => {
            let bounds = rules.iter().filter_map(|rule| rule.client.pregnancy_weeks);
            edges(bounds.flat_map(|bounds| [bounds.at_least, bounds.at_most.map(|most| most + 1)]), 20)
                .map(Answer::PregnancyWeeks)
                .collect()
        }
        Fact::Duration => {
            let least = rules.iter().map(|rule| rule.session.duration_minutes);
            edges(least, 60).map(Answer::Duration).collect()
        }
        Fact::Sex => [Sex::Female, Sex::Male, Sex::Other].map(Answer::Sex).to_vec(),
        Fact::ActivityLevel => [
            ActivityLevel::Sedentary,
            ActivityLevel::Moderate,
            ActivityLevel::Active,
            ActivityLevel::Athlete,
            ActivityLevel::PhysicalLabour,
        ]
        .map(Answer::ActivityLevel)
        .to_vec(),
        Fact::FirstSession => vec![Answer::FirstSession(true), Answer::FirstSession(false)],
        Fact::Products => products(rules).into_iter().map(Answer::Products).collect(),
        Fact::Also(_) => vec![Answer::Also(true), Answer::Also(false)],
        // These are always known: the session has a type, a pressure, a day and the techniques and regions that it has.
        Fact::MassageType | Fact::Techniques | Fact::Pressure | Fact::Regions | Fact::Date => {
            debug_assert!(subject.is_none(), "a session's own facts belong to no condition");
            Vec::new()
        }
    }
}

/// Numbers on both sides of every edge.
fn edges(at: impl Iterator<Item = Option<u16>>, ordinary: u16) -> impl Iterator<Item = u16> {
    let mut numbers: Vec<u16> = at.flatten().flat_map(|edge| [edge.saturating_sub(1), edge]).collect();
    numbers.push(ordinary);
    numbers.sort_unstable();
    numbers.dedup();
    numbers.into_iter()
}

/// Days on both sides of every limit before `on`.
fn dates(on: Date, limits: impl Iterator<Item = i32>) -> Vec<Date> {
    let mut dates: Vec<Date> = limits
        .flat_map(|limit| [limit - 1, limit])
        .chain([0])
        .filter_map(|days| on.checked_sub(days.days()).ok())
        .collect();
    dates.sort_unstable();
    dates.dedup();
    dates
}

/// One region for each way in which a region can lie to the session and to the places that rules name.
fn regions(ruleset: &Ruleset, facts: &Facts, rules: &[&Rule]) -> Vec<Place> {
    let named: Vec<RegionSet> = rules.iter().filter_map(|rule| rule.course.regions).collect();
    let mut seen: Vec<(bool, bool, Vec<bool>)> = Vec::new();
    let mut places = Vec::new();
    for region in ruleset.regions() {
        let lies = match &facts.session.regions {
            Some(session) => (session.set.within(region.set), session.set.meets(region.set)),
            None => (false, true),
        };
        let kind = (lies.0, lies.1, named.iter().map(|set| region.set.meets(*set)).collect());
        if !seen.contains(&kind) {
            seen.push(kind);
            places.push(Place { set: region.set, ids: vec![region.id.clone()] });
        }
    }
    places
}

/// Nothing, or one of the products that rules name.
fn products(rules: &[&Rule]) -> Vec<Vec<usize>> {
    let mut named: Vec<usize> =
        rules.iter().filter_map(|rule| rule.session.products.as_ref()).flatten().copied().collect();
    named.sort_unstable();
    named.dedup();
    std::iter::once(Vec::new()).chain(named.into_iter().map(|product| vec![product])).collect()
}

/// Puts one answer into the facts.
fn give(facts: &mut Facts, (fact, subject): Missing, answer: &Answer) {
    let condition = subject.and_then(|number| facts.conditions.get_mut(number));
    match (answer, condition) {
        // Denied, it stays in its place, so that the others keep theirs.
        (Answer::State(has), Some(condition)) => condition.present = (*has).into(),
        (Answer::Phase(phase), Some(condition)) => condition.phase = Some(*phase),
        (Answer::Control(control), Some(condition)) => condition.control = Some(*control),
        (Answer::Severity(severity), Some(condition)) => condition.severity = Some(*severity),
        (Answer::Region(place), Some(condition)) => condition.place = Some(place.clone()),
        (Answer::Resolved(date), Some(condition)) => condition.resolved = Some(*date),
        (Answer::Onset(date), Some(condition)) => condition.onset = Some(*date),
        (Answer::Age(age), _) => facts.client.age = Some(*age),
        (Answer::PregnancyWeeks(weeks), _) => facts.client.pregnancy_weeks = Some(*weeks),
        (Answer::Sex(sex), _) => facts.client.sex = Some(*sex),
        (Answer::ActivityLevel(level), _) => facts.client.activity_level = Some(*level),
        (Answer::FirstSession(first), _) => facts.client.first_session = Some(*first),
        (Answer::Products(products), _) => {
            facts.session.products.known.get_or_insert_default().extend(products);
            facts.session.products.unrecognised = false;
        }
        (Answer::Duration(minutes), _) => facts.session.duration_minutes = Some(*minutes),
        (Answer::Also(has), _) => {
            if let Fact::Also(also) = fact {
                if *has { add(facts, also) } else { facts.absent.push(also) }
            }
        }
        (
            Answer::State(_)
            | Answer::Phase(_)
            | Answer::Control(_)
            | Answer::Severity(_)
            | Answer::Region(_)
            | Answer::Resolved(_)
            | Answer::Onset(_),
            None,
        ) => {}
    }
}

fn add(facts: &mut Facts, condition: ConditionIx) {
    facts.conditions.push(ConditionFact::bare(condition, "/conditions/-".to_owned()));
}

fn question(ruleset: &Ruleset, facts: &Facts, open: &Open, can_reach: Vec<Verdict>) -> Question {
    let (fact, subject) = open.missing;
    let condition = subject.and_then(|number| facts.conditions.get(number));
    let about = if let Fact::Also(also) = fact { Some(also) } else { condition.map(|fact| fact.condition) };
    let name = about.map(|condition| ruleset.condition(condition).name.to_string()).unwrap_or_default();
    Question {
        about: pointer(fact, condition.map(|fact| fact.pointer.as_str())),
        text: fill(ruleset, template(fact), &name),
        answers: open.answers.iter().filter_map(|answer| word(answer)).map(str::to_owned).collect(),
        can_reach,
    }
}

/// The sentence of `messages.json` that asks for a fact.
fn template(fact: Fact) -> &'static str {
    match fact {
        Fact::State => "state",
        Fact::Phase => "phase",
        Fact::Resolved => "resolved",
        Fact::Onset => "onset",
        Fact::Control => "control",
        Fact::Severity => "severity",
        Fact::BodyRegion => "bodyRegion",
        Fact::Age => "age",
        Fact::PregnancyWeeks => "pregnancyWeeks",
        Fact::Sex => "sex",
        Fact::ActivityLevel => "activityLevel",
        Fact::FirstSession => "firstSession",
        Fact::Products => "products",
        Fact::Duration => "durationMinutes",
        Fact::Also(_) => "also",
        Fact::MassageType | Fact::Techniques | Fact::Pressure | Fact::Regions | Fact::Date => "session",
    }
}

fn fill(ruleset: &Ruleset, name: &str, condition: &str) -> String {
    ruleset.message("questions", name).unwrap_or(name).replace("{condition}", condition)
}

/// The answer as it is written in a request; `None` where any date, number or name will do.
fn word(answer: &Answer) -> Option<&'static str> {
    match answer {
        Answer::State(true) | Answer::Also(true) => Some("present"),
        Answer::State(false) | Answer::Also(false) => Some("absent"),
        Answer::Phase(phase) => Some(phase.as_str()),
        Answer::Control(control) => Some(control.as_str()),
        Answer::Severity(severity) => Some(severity.as_str()),
        Answer::Sex(sex) => Some(match sex {
            Sex::Female => "female",
            Sex::Male => "male",
            Sex::Other => "other",
        }),
        Answer::ActivityLevel(level) => Some(match level {
            ActivityLevel::Sedentary => "sedentary",
            ActivityLevel::Moderate => "moderate",
            ActivityLevel::Active => "active",
            ActivityLevel::Athlete => "athlete",
            ActivityLevel::PhysicalLabour => "physical-labour",
        }),
        Answer::FirstSession(true) => Some("true"),
        Answer::FirstSession(false) => Some("false"),
        Answer::Region(_)
        | Answer::Resolved(_)
        | Answer::Onset(_)
        | Answer::Age(_)
        | Answer::PregnancyWeeks(_)
        | Answer::Products(_)
        | Answer::Duration(_) => None,
    }
}

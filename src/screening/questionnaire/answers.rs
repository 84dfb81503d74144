//! From the answers of a form to the request that they amount to, or to everything that is wrong with them.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use jiff::civil::Date;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::model::{Fault, Pressure, SessionRequest};
use crate::ruleset::{Fact, Ruleset, normalise};

use super::amount::{Answered, Part, Read, Unreadable};
use super::fhir::system_of;
use super::form::{Asks, FormItem, FormOption, IntakeForm, ItemKind, NONE};
use super::given::{Given, GivenValue, Said, merged};

/// Reads the answers of a form; `session` is what is known of the session without them.
///
/// `form` makes the form of a ruleset, whole or for one massage type; answers of either are taken, by the names of their
/// questions. A category counts as asked in full where its question about conditions was answered, and the list that it offered
/// leaves out nothing that matters for the massage type of the session. What was not answered stays unknown.
///
/// # Errors
/// Every fault at once: questions and answers that the form does not have, answers of another kind, `none` together with a
/// condition, facts of a condition that was not chosen, and what is said of the session twice.
pub fn read_answers(
    ruleset: &Ruleset,
    form: impl Fn(Option<usize>) -> Arc<IntakeForm>,
    given: &[Given],
    session: SessionRequest,
) -> Result<Answered, Box<Unreadable>> {
    let forms = Forms::new(ruleset, &form, given);
    let questions = forms.questions();
    let mut reader = Reader { ruleset, faults: Vec::new(), read: Read::new(session) };
    for answers in &merged(given) {
        match questions.get(answers.link_id.as_str()) {
            Some((form, item)) => reader.answers(form, item, answers),
            None => reader.unknown_question(&forms, &questions, answers),
        }
    }
    let Reader { mut faults, read, .. } = reader;
    faults.extend(read.not_chosen());
    faults.sort();
    faults.dedup();
    let asked = read.asked(ruleset, &form);
    let answered = read.into_request(asked);
    if faults.is_empty() { Ok(answered) } else { Err(Box::new(Unreadable { faults, rest: answered })) }
}

/// The forms whose questions can have been answered.
struct Forms {
    all: Vec<Arc<IntakeForm>>,
}

impl Forms {
    /// The whole form, and those for one massage type that the questions' names speak of.
    fn new(ruleset: &Ruleset, form: &impl Fn(Option<usize>) -> Arc<IntakeForm>, given: &[Given]) -> Self {
        let named: BTreeSet<usize> = given
            .iter()
            .filter_map(|answers| answers.link_id.rsplit_once('.'))
            .filter_map(|(_, id)| ruleset.massage_types().iter().position(|kind| kind.id.as_str() == id))
            .collect();
        Self { all: std::iter::once(form(None)).chain(named.into_iter().map(|number| form(Some(number)))).collect() }
    }

    fn questions(&self) -> HashMap<&str, (&IntakeForm, &FormItem)> {
        // The whole form comes first and offers the most.
        let mut questions = HashMap::new();
        for form in &self.all {
            for item in form.items() {
                questions.entry(item.link_id.as_str()).or_insert((&**form, item));
            }
        }
        questions
    }

    fn is_group(&self, link_id: &str) -> bool {
        self.all.iter().any(|form| form.is_group(link_id))
    }
}

struct Reader<'r> {
    ruleset: &'r Ruleset,
    faults: Vec<Fault>,
    read: Read,
}

impl Reader<'_> {
    fn fault(&mut self, pointer: &str, code: &str, detail: &str) {
        self.faults.push(Fault::new(pointer, code, detail));
    }

    fn unknown_question(
        &mut self,
        forms: &Forms,
        questions: &HashMap<&str, (&IntakeForm, &FormItem)>,
        answers: &Given,
    ) {
        if forms.is_group(&answers.link_id) {
            return self.fault(
                &answers.pointer,
                "unknown-question",
                "this is a group of questions, and takes no answer",
            );
        }
        let guesses = like(&answers.link_id, questions.keys().copied());
        let fault = Fault::new(&answers.pointer, "unknown-question", "the form has no question of this name");
        self.faults.push(fault.guessing(guesses));
    }

    fn answers(&mut self, form: &IntakeForm, item: &FormItem, answers: &Given) {
        if !item.multiple
            && let Some(second) = answers.values.get(1)
        {
            self.fault(&second.pointer, "too-many-answers", "the question takes one answer");
        }
        match item.kind {
            ItemKind::Choice => {
                let found: Vec<(String, &str)> = answers
                    .values
                    .iter()
                    .filter_map(|value| Some((self.choice(form, item, value)?, value.pointer.as_str())))
                    .collect();
                self.chosen(item, &found);
            }
            ItemKind::Text => {
                for value in &answers.values {
                    self.words(value);
                }
            }
            ItemKind::Boolean | ItemKind::Date | ItemKind::Integer => {
                if let Some(value) = answers.values.first() {
                    self.single(item, value);
                }
            }
        }
    }

    /// The option that an answer names, by its value or by its text.
    fn choice(&mut self, form: &IntakeForm, item: &FormItem, value: &GivenValue) -> Option<String> {
        let (system, said) = match &value.said {
            Said::Code(system, code) => (system.as_ref(), code.clone()),
            Said::Text(text) => (None, text.clone()),
            Said::Number(number) => (None, number.to_string()),
            Said::Flag(_) => {
                self.fault(&value.pointer, "wrong-type", "must be one of the answers that the form lists");
                return None;
            }
        };
        if system.is_some_and(|system| system_of(item).as_ref() != Some(system)) {
            self.fault(&value.pointer, "unknown-answer", "the code is of another code system than the form's");
            return None;
        }
        let options = form.options(item);
        let folded = normalise(&said);
        let found = options
            .iter()
            .find(|option| option.value == said)
            .or_else(|| options.iter().find(|option| !folded.is_empty() && normalise(&option.text) == folded));
        if found.is_none() {
            let guesses = self.guesses(item, options, &said);
            let fault = Fault::new(&value.pointer, "unknown-answer", "the form does not offer this answer");
            self.faults.push(fault.guessing(guesses));
        }
        found.map(|option| option.value.clone())
    }

    /// The options that may have been meant, likeliest first.
    fn guesses(&self, item: &FormItem, options: &[FormOption], said: &str) -> Vec<String> {
        let by_name = if matches!(item.asks, Asks::Conditions { .. } | Asks::Urgent) {
            self.ruleset.names().conditions_like(said)
        } else {
            Vec::new()
        };
        let mut guesses: Vec<String> = Vec::new();
        for guess in by_name.into_iter().chain(like(said, options.iter().map(|option| option.value.as_str()))) {
            if !guesses.contains(&guess) && options.iter().any(|option| option.value == guess) {
                guesses.push(guess);
            }
        }
        guesses.truncate(MOST_GUESSES);
        guesses
    }

    /// Takes the options that were chosen.
    fn chosen(&mut self, item: &FormItem, found: &[(String, &str)]) {
        if let Some((_, pointer)) = found.iter().find(|(value, _)| value == NONE)
            && found.iter().any(|(value, _)| value != NONE)
        {
            self.fault(pointer, "contradiction", "says that nothing of the list holds, beside what does");
        }
        let Some((first, at)) = found.first() else { return };
        match item.asks {
            Asks::Conditions { category, massage_type } => {
                self.read.answered.push((category, massage_type));
                self.conditions(found);
            }
            Asks::Urgent => self.conditions(found),
            Asks::Condition(ix, fact) => {
                for (value, pointer) in found {
                    if let Some(part) = part_of(fact, value) {
                        self.read.facts.entry(ix).or_default().push((part, (*pointer).to_owned()));
                    }
                }
            }
            Asks::ClearedBy(ix) => {
                if let Some(by) = word(first) {
                    self.read.cleared_by.insert(ix, (by, (*at).to_owned()));
                }
            }
            Asks::Plain(fact) => self.plain_choice(fact, found),
            Asks::Other | Asks::ClearedOn(_) | Asks::Date => {}
        }
    }

    fn conditions(&mut self, found: &[(String, &str)]) {
        for (value, pointer) in found {
            if let Some(named) = self.ruleset.names().by_id(value) {
                let id = self.ruleset.condition(named.condition).id.clone();
                self.read.chosen.entry(named.condition).or_insert((id, (*pointer).to_owned()));
            }
        }
    }

    fn plain_choice(&mut self, fact: Fact, found: &[(String, &str)]) {
        let Some((first, at)) = found.first() else { return };
        let ids =
            || -> Vec<String> { found.iter().map(|(value, _)| value.clone()).filter(|value| value != NONE).collect() };
        let session = &mut self.read.session;
        let (field, twice) = match fact {
            Fact::MassageType => {
                let twice = !session.massage_type.is_empty();
                session.massage_type.clone_from(first);
                ("/session/massageType", twice)
            }
            Fact::Pressure => {
                let level = first.parse().ok().and_then(Pressure::new);
                ("/session/pressure", session.pressure.replace_with(level))
            }
            Fact::Regions => ("/session/bodyRegions", session.body_regions.replace_with(Some(ids()))),
            Fact::Products => ("/session/products", session.products.replace_with(Some(ids()))),
            Fact::Sex => ("/client/sex", self.read.client.sex.replace_with(word(first))),
            Fact::ActivityLevel => ("/client/activityLevel", self.read.client.activity_level.replace_with(word(first))),
            Fact::Techniques
            | Fact::Duration
            | Fact::Age
            | Fact::PregnancyWeeks
            | Fact::FirstSession
            | Fact::Also(_)
            | Fact::State
            | Fact::Phase
            | Fact::Resolved
            | Fact::Onset
            | Fact::Control
            | Fact::Severity
            | Fact::BodyRegion
            | Fact::OnsetHours
            | Fact::DurationHours
            | Fact::Trend => return,
        };
        self.filled(field, at, twice);
    }

    /// Notes where a part of the request comes from, and refuses what was said elsewhere already.
    fn filled(&mut self, field: &str, at: &str, twice: bool) {
        if twice {
            self.fault(at, "said-twice", "is said outside the answers as well; say it once");
        }
        self.read.origins.insert(field.to_owned(), at.to_owned());
    }

    fn words(&mut self, value: &GivenValue) {
        let Said::Text(text) = &value.said else {
            return self.fault(&value.pointer, "wrong-type", "must be words");
        };
        if text.chars().count() > 200 {
            self.fault(&value.pointer, "too-long", "must have 200 or fewer characters; say one thing at a time");
        } else if !text.trim().is_empty() {
            self.read.others.push((text.clone(), value.pointer.clone()));
        }
    }

    /// Takes a day, a number, or yes or no.
    fn single(&mut self, item: &FormItem, value: &GivenValue) {
        let GivenValue { pointer, said } = value;
        match item.asks {
            Asks::Condition(ix, fact) => {
                let Some(day) = self.day(pointer, said) else { return };
                let part = if fact == Fact::Onset { Part::Onset(day) } else { Part::Resolved(day) };
                self.read.facts.entry(ix).or_default().push((part, pointer.clone()));
            }
            Asks::ClearedOn(ix) => {
                if let Some(day) = self.day(pointer, said) {
                    self.read.cleared_on.insert(ix, (day, pointer.clone()));
                }
            }
            Asks::Date => {
                if let Some(day) = self.day(pointer, said) {
                    let twice = self.read.session.date.replace_with(Some(day));
                    self.filled("/session/date", pointer, twice);
                }
            }
            Asks::Plain(Fact::FirstSession) => {
                if let Some(first) = self.flag(pointer, said) {
                    let twice = self.read.client.first_session.replace_with(Some(first));
                    self.filled("/client/firstSession", pointer, twice);
                }
            }
            Asks::Plain(fact) => {
                let Some(number) = self.number(pointer, said) else { return };
                let (field, place) = match fact {
                    Fact::Age => ("/client/age", &mut self.read.client.age),
                    Fact::PregnancyWeeks => ("/client/pregnancyWeeks", &mut self.read.client.pregnancy_weeks),
                    Fact::Duration => ("/session/durationMinutes", &mut self.read.session.duration_minutes),
                    Fact::MassageType
                    | Fact::Techniques
                    | Fact::Pressure
                    | Fact::Regions
                    | Fact::Products
                    | Fact::Sex
                    | Fact::ActivityLevel
                    | Fact::FirstSession
                    | Fact::Also(_)
                    | Fact::State
                    | Fact::Phase
                    | Fact::Resolved
                    | Fact::Onset
                    | Fact::Control
                    | Fact::Severity
                    | Fact::BodyRegion
                    | Fact::OnsetHours
                    | Fact::DurationHours
                    | Fact::Trend => return,
                };
                let twice = place.replace_with(Some(number));
                self.filled(field, pointer, twice);
            }
            Asks::Conditions { .. } | Asks::Urgent | Asks::Other | Asks::ClearedBy(_) => {}
        }
    }

    fn day(&mut self, pointer: &str, said: &Said) -> Option<Date> {
        let day = match said {
            Said::Text(text) if text.len() == 10 && text.split('-').count() == 3 => text.parse().ok(),
            Said::Text(_) | Said::Code(..) | Said::Number(_) | Said::Flag(_) => None,
        };
        if day.is_none() {
            self.fault(pointer, "not-a-date", "must be a day of the form YYYY-MM-DD");
        }
        day
    }

    fn flag(&mut self, pointer: &str, said: &Said) -> Option<bool> {
        let flag = match said {
            Said::Flag(flag) => Some(*flag),
            Said::Text(text) | Said::Code(_, text) => text.parse().ok(),
            Said::Number(_) => None,
        };
        if flag.is_none() {
            self.fault(pointer, "wrong-type", "must be `true` or `false`");
        }
        flag
    }

    fn number(&mut self, pointer: &str, said: &Said) -> Option<u16> {
        let Said::Number(number) = said else {
            self.fault(pointer, "wrong-type", "must be a whole number");
            return None;
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is whole and within the type's bounds"
        )]
        let small = (number.fract() == 0.0 && (0.0..=f64::from(u16::MAX)).contains(number)).then_some(*number as u16);
        if small.is_none() {
            self.fault(pointer, "out-of-range", "must be a whole number that is neither negative nor that large");
        }
        small
    }
}

/// Puts a value in, and says whether there was one already.
trait ReplaceWith<T> {
    fn replace_with(&mut self, value: Option<T>) -> bool;
}

impl<T> ReplaceWith<T> for Option<T> {
    fn replace_with(&mut self, value: Option<T>) -> bool {
        std::mem::replace(self, value).is_some()
    }
}

/// A word of an enumeration.
fn word<T: DeserializeOwned>(word: &str) -> Option<T> {
    serde_json::from_value(Value::from(word)).ok()
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the other facts of a condition are no choice")]
fn part_of(fact: Fact, value: &str) -> Option<Part> {
    Some(match fact {
        Fact::Phase => Part::Phase(word(value)?),
        Fact::Control => Part::Control(word(value)?),
        Fact::Severity => Part::Severity(word(value)?),
        Fact::BodyRegion => Part::BodyRegion(value.to_owned()),
        _ => return None,
    })
}

/// More guesses help nobody.
const MOST_GUESSES: usize = 3;

/// The names that are like this one, likeliest first.
fn like<'n>(said: &str, names: impl Iterator<Item = &'n str>) -> Vec<String> {
    const LIKE_ENOUGH: f64 = 0.85;
    let folded = said.to_lowercase();
    if folded.len() > 200 {
        return Vec::new();
    }
    let mut found: Vec<(f64, &str)> = names
        .map(|name| (strsim::jaro_winkler(&folded, name), name))
        .filter(|(likeness, _)| *likeness >= LIKE_ENOUGH)
        .collect();
    found.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(other.1)));
    found.into_iter().take(MOST_GUESSES).map(|(_, name)| name.to_owned()).collect()
}

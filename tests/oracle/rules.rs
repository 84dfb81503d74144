//! One rule and one condition of the client, or none: does it hold, and what does it come to?

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde_json::Value;

use super::answer::Why;
use super::bundle::{Bundle, Thing, and_below, id_of, list, lists, strings, with_id};
use super::conditions::{Stated, day, days_between, told};
use super::names::called;
use super::truth::{Truth, all, any};

/// How a session lies to the place that a rule is about.
#[derive(PartialEq)]
enum Lies {
    /// Wholly inside; every session does where the rule is about no place.
    Inside,
    /// Partly inside.
    Partly,
    /// Outside.
    Elsewhere,
    /// Nobody knows where the place is.
    Unknown,
}

/// The effects, mildest first.
const EFFECTS: [&str; 4] = ["indicate", "advise", "caution", "deny"];

/// Who can agree, of least standing first.
const STANDING: [&str; 4] = ["client", "therapist", "physician", "specialist"];

const SEXES: [&str; 3] = ["female", "male", "other"];

const ACTIVITY_LEVELS: [&str; 5] = ["sedentary", "moderate", "active", "athlete", "physical-labour"];

fn rank(order: [&str; 4], word: &str) -> usize {
    order.iter().position(|known| *known == word).unwrap()
}

fn milder<'a>(one: &'a str, other: &'a str) -> &'a str {
    if rank(EFFECTS, one) <= rank(EFFECTS, other) { one } else { other }
}

/// Whether a number lies within bounds, both included.
fn within(bounds: &Value, number: &Value) -> Truth {
    if bounds.is_null() {
        return Some(true);
    }
    let number = number.as_i64()?;
    let low = bounds["atLeast"].as_i64().is_none_or(|low| low <= number);
    let high = bounds["atMost"].as_i64().is_none_or(|high| number <= high);
    Some(low && high)
}

/// Whether a word, if it was said, is one of those that the rule lists.
fn one_of(wanted: &Value, word: &Value) -> Truth {
    if wanted.is_null() { Some(true) } else { word.as_str().map(|word| lists(wanted, word)) }
}

/// A request, as far as it was understood.
pub(crate) struct Asked<'a> {
    bundle: &'a Bundle,
    request: &'a Value,
    today: Date,
    stated: &'a [Stated<'a>],
    /// The type booked.
    massage_type: &'a Thing,
    /// The body regions of the session with all below them; nothing for the whole body.
    touched: Option<BTreeSet<&'a str>>,
}

impl<'a> Asked<'a> {
    pub(crate) fn new(bundle: &'a Bundle, request: &'a Value, today: Date, stated: &'a [Stated<'a>]) -> Self {
        let session = &request["session"];
        let region = |said: &Value| called(&bundle.regions, said.as_str().unwrap()).unwrap().id.as_str();
        let named = session["bodyRegions"].as_array().map(|named| named.iter().map(region).collect::<Vec<_>>());
        Self {
            bundle,
            request,
            today,
            stated,
            massage_type: called(&bundle.massage_types, session["massageType"].as_str().unwrap()).unwrap(),
            touched: named.map(|named| and_below(&bundle.regions, &named)),
        }
    }

    fn lies(&self, rule: &Value, stated: Option<&Stated>) -> Lies {
        if rule["scope"] != "local" {
            return Lies::Inside;
        }
        let affected = Some(strings(&rule["affects"])).filter(|regions| !regions.is_empty());
        let Some(place) = affected.or_else(|| stated.and_then(|stated| stated.regions(self.bundle))) else {
            return Lies::Unknown;
        };
        let place = and_below(&self.bundle.regions, &place);
        match &self.touched {
            Some(touched) if touched.is_subset(&place) => Lies::Inside,
            Some(touched) if touched.is_disjoint(&place) => Lies::Elsewhere,
            None | Some(_) => Lies::Partly,
        }
    }

    /// Whether the client has, besides `stated`, one of these conditions now.
    fn also(&self, wanted: &Value, stated: Option<&Stated>) -> Truth {
        if wanted.is_null() {
            return Some(true);
        }
        let mut found = Vec::new();
        for wanted in strings(wanted) {
            let others = self.stated.iter().filter(|other| stated.is_none_or(|stated| !std::ptr::eq(*other, stated)));
            found.extend(others.filter(|other| other.is_below(wanted)).map(|other| other.is_had_now(self.today)));
            let and_above = &with_id(&self.bundle.conditions, wanted).and_above;
            let was_denied =
                |other: &Stated| other.said["state"] == "absent" && and_above.contains(&other.condition.id);
            let family = and_below(&self.bundle.conditions, &[wanted]);
            let was_asked = |(category, ids): &(String, Vec<String>)| {
                !ids.iter().any(|id| family.contains(id.as_str())) || Bundle::was_asked(self.request, category)
            };
            if !self.bundle.categories.iter().all(was_asked) && !self.stated.iter().any(was_denied) {
                found.push(None);
            }
        }
        any(&found)
    }

    fn client_fits(&self, wanted: &Value, stated: Option<&Stated>) -> Truth {
        let client = &self.request["client"];
        let first = match (&wanted["firstSession"], &client["firstSession"]) {
            (Value::Null, _) => Some(true),
            (_, Value::Null) => None,
            (wanted, told) => Some(wanted == told),
        };
        all(&[
            within(&wanted["age"], &client["age"]),
            within(&wanted["pregnancyWeeks"], &client["pregnancyWeeks"]),
            told(&wanted["sex"], &client["sex"], &SEXES),
            told(&wanted["activityLevel"], &client["activityLevel"], &ACTIVITY_LEVELS),
            first,
            self.also(&wanted["also"], stated),
        ])
    }

    fn products_fit(&self, wanted: &Value) -> Truth {
        if wanted.is_null() {
            return Some(true);
        }
        let used = self.request["session"]["products"].as_array()?;
        let fits = |product: &Value| -> Truth {
            let product = called(&self.bundle.products, product.as_str().unwrap())?;
            Some(product.and_above.iter().any(|above| lists(wanted, above)))
        };
        any(&used.iter().map(fits).collect::<Vec<_>>())
    }

    fn techniques_fit(&self, wanted: &Value) -> bool {
        let extra = strings(&self.request["session"]["techniques"]);
        let extra = extra.into_iter().map(|said| called(&self.bundle.techniques, said).unwrap().id.as_str());
        let mut planned = strings(&self.massage_type.json["techniques"]).into_iter().chain(extra);
        wanted.is_null() || planned.any(|technique| lists(wanted, technique))
    }

    fn touches(&self, wanted: &Value) -> bool {
        let place = and_below(&self.bundle.regions, &strings(wanted));
        wanted.is_null() || self.touched.as_ref().is_none_or(|touched| !touched.is_disjoint(&place))
    }

    fn session_fits(&self, wanted: &Value) -> Truth {
        let (session, kind) = (&self.request["session"], &self.massage_type.json);
        let pressure = if session["pressure"].is_null() { &kind["usualPressure"] } else { &session["pressure"] };
        all(&[
            one_of(&wanted["massageTypes"], &kind["id"]),
            Some(!lists(&wanted["exceptMassageTypes"], &self.massage_type.id)),
            Some(self.techniques_fit(&wanted["techniques"])),
            one_of(&wanted["effects"], &kind["effect"]),
            within(&wanted["pressure"], pressure),
            within(&wanted["durationMinutes"], &session["durationMinutes"]),
            Some(self.touches(&wanted["regions"])),
            self.products_fit(&wanted["products"]),
        ])
    }

    /// Whether the client was not asked of a category with a condition that a rule could speak against in this session.
    pub(crate) fn leaves_something_out(&self) -> bool {
        let stand_ins: Vec<&str> =
            self.bundle.fallbacks.as_object().unwrap().values().filter_map(Value::as_str).collect();
        let could_count = |rule: &Value, condition: &Thing| {
            rule["condition"].as_str().is_some_and(|about| condition.and_above.contains(about))
                && (rule["effect"] == "deny" || rule["effect"] == "caution")
                && self.session_fits(&rule["session"]) != Some(false)
        };
        let bears = |id: &String| {
            let condition = with_id(&self.bundle.conditions, id);
            !stand_ins.contains(&id.as_str()) && self.bundle.rules.iter().any(|rule| could_count(rule, condition))
        };
        let unasked = self.bundle.categories.iter().filter(|(name, _)| !Bundle::was_asked(self.request, name));
        unasked.into_iter().any(|(_, ids)| ids.iter().any(bears))
    }

    /// Whether somebody of enough standing has agreed in view of this condition.
    fn is_cleared(&self, rule: &Value, stated: &Stated) -> bool {
        let wanted = &rule["withClearance"];
        let own = with_id(&self.bundle.conditions, rule["condition"].as_str().unwrap());
        list(&self.request["clearances"]).into_iter().any(|given| {
            let age = days_between(day(&given["date"]).unwrap(), self.today);
            let by = rank(STANDING, given["by"].as_str().unwrap());
            let about = called(&self.bundle.conditions, given["condition"].as_str().unwrap());
            about.is_some_and(|about| stated.is_below(&about.id) && about.and_above.contains(&own.id))
                && by >= rank(STANDING, wanted["by"].as_str().unwrap())
                && age >= 0
                && wanted["maxAgeDays"].as_i64().is_none_or(|oldest| age <= oldest)
        })
    }

    /// The reason that a rule gives, if it holds or may hold.
    pub(crate) fn weigh(&self, rule: &Value, stated: Option<&Stated>) -> Option<Why> {
        let lies = self.lies(rule, stated);
        let holds = all(&[
            stated.map_or(Some(true), Stated::is_had),
            stated.map_or(Some(true), |stated| stated.fits(self.bundle, &rule["where"], self.today)),
            self.client_fits(&rule["client"], stated),
            self.session_fits(&rule["session"]),
            if lies == Lies::Unknown { None } else { Some(lies != Lies::Elsewhere) },
        ]);
        let written = rule["effect"].as_str().unwrap();
        let mut effect = written;
        if lies == Lies::Partly || lies == Lies::Unknown && self.touched.is_none() {
            effect = milder(effect, rule["whenPartly"].as_str().unwrap_or("caution"));
        }
        let is_advice = rank(EFFECTS, effect) < rank(EFFECTS, "caution");
        let certainty = match holds {
            Some(true) => "definite",
            Some(false) => return None,
            None if is_advice => return None,
            None if rule["whenUnknown"] == "assume" => "assumed",
            None => "possible",
        };
        if certainty == "possible" {
            effect = "caution";
        }
        if let Some(stated) = stated
            && let Some(cleared) = rule["withClearance"]["effect"].as_str()
            && self.is_cleared(rule, stated)
        {
            effect = milder(effect, if written == "deny" { "caution" } else { cleared });
        }
        Some(Why {
            rule: id_of(rule).to_owned(),
            condition: stated.map(|stated| stated.condition.id.clone()),
            effect: effect.to_owned(),
            certainty: certainty.to_owned(),
            eligible_from: stated
                .filter(|_| rank(EFFECTS, effect) >= rank(EFFECTS, "caution"))
                .and_then(|stated| stated.eligible_from(self.bundle, &rule["where"], self.today)),
        })
    }
}

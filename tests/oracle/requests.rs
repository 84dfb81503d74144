//! Requests made up to trip the engine: at the edges of a rule, and in other words.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::Date;
use kneadsafe::model::{
    ClearanceRequest, ClearedBy, CodeRequest, ConditionRequest, Intake, Phase, Pressure, ScreeningRequest,
};
use proptest::prelude::*;
use proptest::sample::{Index, Selector, select};
use serde_json::Value;

use super::bundle::{Bundle, Thing, and_below, list, names_of, strings, with_id};
use crate::common::{TODAY, any_condition, any_request};

fn ago(days: i64) -> Date {
    TODAY.checked_sub(days.days()).unwrap()
}

/// One of a list.
fn one<T: Copy>(which: Index, of: &[T]) -> T {
    of[which.index(of.len())]
}

/// A part of a request that is brought to the edge of a rule, or left as chance made it.
#[derive(Clone, Copy)]
enum Part {
    State,
    Phase,
    End,
    Onset,
    OwnRegion,
    Regions,
    MoreRegions,
    Pressure,
    MassageType,
    Techniques,
    Products,
    Client,
    Also,
    Intake,
    Clearance,
    OldClearance,
}

/// The choices that bring a request to the edge of a rule.
#[derive(Debug, Clone)]
struct Nudge {
    /// Which parts, one bit each.
    parts: u16,
    /// How far beside a bound.
    off: i8,
    /// Which of a list to take.
    pick: Index,
    /// Who clears, and of what.
    cleared: (ClearedBy, Index),
}

impl Nudge {
    fn has(&self, part: Part) -> bool {
        self.parts >> part as u16 & 1 == 1
    }

    fn off(&self) -> i64 {
        i64::from(self.off)
    }
}

fn any_nudge() -> impl Strategy<Value = Nudge> {
    let by = select(vec![ClearedBy::Client, ClearedBy::Therapist, ClearedBy::Physician, ClearedBy::Specialist]);
    (any::<u16>(), -1..=1_i8, any::<Index>(), (by, any::<Index>())).prop_map(|(parts, off, pick, cleared)| Nudge {
        parts,
        off,
        pick,
        cleared,
    })
}

/// Puts a condition where the rule's `where` turns.
fn nudge_condition(condition: &mut ConditionRequest, rule: &Value, nudge: &Nudge) {
    let wanted = &rule["where"];
    if nudge.has(Part::State) {
        condition.state = None;
    }
    if nudge.has(Part::Phase) {
        condition.phase = None;
    }
    if nudge.has(Part::OwnRegion) {
        condition.body_region = None;
    }
    if let (true, Some(limit)) = (nudge.has(Part::End), wanted["resolvedWithinDays"].as_i64()) {
        condition.resolved = Some(ago(limit + nudge.off()));
        condition.onset = None;
        condition.phase = one(nudge.pick, &[None, Some(Phase::Resolved), Some(Phase::Remission), Some(Phase::Chronic)]);
    }
    if let (true, Some(limit)) = (nudge.has(Part::Onset), wanted["onsetWithinDays"].as_i64()) {
        condition.onset = Some(ago(limit + nudge.off()));
    }
}

/// Lists another condition: one that the rule asks for as well, or one of the same family again.
fn nudge_conditions(request: &mut ScreeningRequest, bundle: &Bundle, rule: &Value, nudge: &Nudge) {
    let also = strings(&rule["client"]["also"]);
    let wanted = if also.is_empty() { rule["condition"].as_str().into_iter().collect() } else { also };
    let other = and_below(&bundle.conditions, &wanted).into_iter().collect::<Vec<_>>();
    if let (true, false, Some(first)) = (nudge.has(Part::Also), other.is_empty(), request.conditions.last().cloned()) {
        let id = Some(one(nudge.pick, &other).to_owned());
        request.conditions.push(ConditionRequest { id, ..first });
    }
    if nudge.has(Part::Intake) && nudge.has(Part::Also) {
        request.intake = Intake::Partial;
    }
}

/// Books what the rule's `session` and place speak of, or what is beside it.
fn nudge_session(request: &mut ScreeningRequest, bundle: &Bundle, rule: &Value, nudge: &Nudge) {
    let (wanted, session) = (&rule["session"], &mut request.session);
    let place = [&rule["affects"], &wanted["regions"], &rule["where"]["regions"]].map(strings).concat();
    if !place.is_empty() && nudge.has(Part::Regions) {
        let above = place.iter().flat_map(|id| with_id(&bundle.regions, id).and_above.iter().map(String::as_str));
        let near: Vec<&str> = and_below(&bundle.regions, &place).into_iter().chain(above).collect();
        let mut regions = vec![one(nudge.pick, &near)];
        if nudge.has(Part::MoreRegions) {
            regions.extend(place);
        }
        session.body_regions = Some(regions.into_iter().map(str::to_owned).collect());
    }
    if let (true, Some(least)) = (nudge.has(Part::Pressure), wanted["pressure"]["atLeast"].as_i64()) {
        session.pressure = u8::try_from(least + nudge.off()).ok().and_then(Pressure::new);
    }
    let types = [&wanted["massageTypes"], &wanted["exceptMassageTypes"]].map(strings).concat();
    if !types.is_empty() && nudge.has(Part::MassageType) {
        session.massage_type = one(nudge.pick, &types).to_owned();
    }
    let techniques = strings(&wanted["techniques"]);
    if !techniques.is_empty() && nudge.has(Part::Techniques) {
        session.techniques = Some(vec![one(nudge.pick, &techniques).to_owned()]);
    }
    let products: Vec<&str> = and_below(&bundle.products, &strings(&wanted["products"])).into_iter().collect();
    if !products.is_empty() && nudge.has(Part::Products) {
        session.products.get_or_insert_default().push(one(nudge.pick, &products).to_owned());
    }
}

/// Makes the client one whom the rule's `client` just meets, or just misses.
fn nudge_client(request: &mut ScreeningRequest, rule: &Value, nudge: &Nudge) {
    let (wanted, client) = (&rule["client"], request.client.get_or_insert_default());
    for (bounds, told) in [(&wanted["age"], &mut client.age), (&wanted["pregnancyWeeks"], &mut client.pregnancy_weeks)]
    {
        let bound = bounds["atLeast"].as_i64().or(bounds["atMost"].as_i64());
        if let (true, Some(bound)) = (nudge.has(Part::Client), bound) {
            *told = u16::try_from(bound + nudge.off()).ok();
        }
    }
}

/// Adds a clearance about as old as the rule allows, for the condition, a parent of it, or the rule's own.
fn nudge_clearances(request: &mut ScreeningRequest, bundle: &Bundle, rule: &Value, nudge: &Nudge) {
    let wanted = &rule["withClearance"];
    let Some(id) = request.conditions.first().and_then(|condition| condition.id.clone()) else { return };
    if wanted.is_null() || !nudge.has(Part::Clearance) {
        return;
    }
    let above = with_id(&bundle.conditions, &id).and_above.iter().map(String::as_str);
    let about: Vec<&str> = above.chain([id.as_str(), rule["condition"].as_str().unwrap()]).collect();
    let oldest = wanted["maxAgeDays"].as_i64().unwrap_or(100);
    let age = if nudge.has(Part::OldClearance) { oldest } else { 0 };
    request.clearances.get_or_insert_default().push(ClearanceRequest {
        condition: one(nudge.cleared.1, &about).to_owned(),
        by: nudge.cleared.0,
        date: ago(age + nudge.off()),
    });
}

/// Whether a rule has a part that few rules have.
fn is_rare(rule: &Value) -> bool {
    let parts = [
        "/client",
        "/where/onsetWithinDays",
        "/where/resolvedWithinDays",
        "/where/control",
        "/where/regions",
        "/whenUnknown",
    ];
    parts.iter().any(|part| rule.pointer(part).is_some())
}

/// Requests whose first condition is one that some rule is about, with facts beside the bounds of that rule.
pub(crate) fn pointed_request(bundle: &'static Bundle) -> impl Strategy<Value = ScreeningRequest> {
    let rules: Vec<&Value> = bundle.rules.iter().collect();
    let rare: Vec<&Value> = rules.iter().copied().filter(|rule| is_rare(rule)).collect();
    let rule = prop_oneof![3 => select(rules), 2 => select(rare)];
    (any_request(), any_condition(), any::<Selector>(), rule, any_nudge()).prop_map(
        move |(mut request, mut condition, child, rule, nudge)| {
            if let Some(own) = rule["condition"].as_str() {
                condition.id = Some(child.select(and_below(&bundle.conditions, &[own])).to_owned());
                nudge_condition(&mut condition, rule, &nudge);
                request.conditions.truncate(2);
                request.conditions.insert(0, condition);
            }
            nudge_conditions(&mut request, bundle, rule, &nudge);
            nudge_session(&mut request, bundle, rule, &nudge);
            nudge_client(&mut request, rule, &nudge);
            nudge_clearances(&mut request, bundle, rule, &nudge);
            request
        },
    )
}

/// The same name as somebody else may write it: one bit for each way.
pub(crate) fn disguised(name: &str, how: u8) -> String {
    let ways: [fn(&str) -> String; 6] = [
        str::to_uppercase,
        |name| name.replace('-', " "),
        |name| name.replacen(' ', "-", 1),
        |name| name.replace('\'', "’"),
        |name| name.replace('\'', ""),
        |name| name.replace('e', "é").replace('o', "o\u{308}"),
    ];
    let chosen = ways.iter().enumerate().filter(|(bit, _)| how >> bit & 1 == 1);
    chosen.fold(name.to_owned(), |name, (_, way)| way(&name))
}

/// How one thing of a request is called.
#[derive(Debug, Clone)]
enum Calling {
    /// By its id, as it was.
    Id,
    /// By one of its names, disguised.
    Name(Index, u8),
    /// By one of its codes with more behind it, with or without its dot.
    Code(Index, String, bool),
    /// By a word that nobody knows.
    Nonsense(String),
    /// By the id or the name of a heading.
    Heading(Index, bool),
}

fn any_calling() -> impl Strategy<Value = Calling> {
    prop_oneof![
        2 => Just(Calling::Id),
        4 => (any::<Index>(), any::<u8>()).prop_map(|(which, how)| Calling::Name(which, how)),
        4 => (any::<Index>(), "[0-9]{0,2}", any::<bool>()).prop_map(|(which, more, dot)| Calling::Code(which, more, dot)),
        1 => "[a-z]{9,14} [a-z]{9,14}".prop_map(Calling::Nonsense),
        1 => (any::<Index>(), any::<bool>()).prop_map(|(which, by_id)| Calling::Heading(which, by_id)),
    ]
}

fn longer(code: &Value, more: &str, dot: bool) -> CodeRequest {
    let (system, code) = (code["system"].as_str().unwrap(), code["code"].as_str().unwrap());
    let code = if dot { code.to_owned() } else { code.replace('.', "") };
    CodeRequest { system: system.to_owned(), code: format!("{code}{more}") }
}

fn call(bundle: &Bundle, condition: &mut ConditionRequest, calling: &Calling) {
    let known = with_id(&bundle.conditions, condition.id.as_ref().unwrap());
    let codes = list(&known.json["codes"]);
    let heading = |which: Index| {
        one(which, &bundle.conditions.iter().filter(|thing| thing.json["heading"] == true).collect::<Vec<_>>())
    };
    let (id, text, code) = match calling {
        Calling::Name(which, how) => (None, Some(disguised(one(*which, &names_of(&known.json)), *how)), None),
        Calling::Code(which, more, dot) if !codes.is_empty() => {
            (None, None, Some(longer(one(*which, &codes), more, *dot)))
        }
        Calling::Nonsense(words) => (None, Some(words.clone()), None),
        Calling::Heading(which, true) => (Some(heading(*which).id.clone()), None, None),
        Calling::Heading(which, false) => (None, Some(names_of(&heading(*which).json)[0].to_owned()), None),
        Calling::Id | Calling::Code(..) => (condition.id.clone(), None, None),
    };
    (condition.id, condition.text, condition.code) = (id, text, code);
}

fn rename<'a>(things: &[Thing], names: impl IntoIterator<Item = &'a mut String>, callings: &[Calling]) {
    for (name, calling) in names.into_iter().zip(callings) {
        if let (Calling::Name(which, how), Some(thing)) = (calling, things.iter().find(|thing| thing.id == *name)) {
            *name = disguised(one(*which, &names_of(&thing.json)), *how);
        }
    }
}

/// Requests in which things are called by names and codes, some of them unknown.
pub(crate) fn renamed_request(bundle: &'static Bundle) -> impl Strategy<Value = ScreeningRequest> {
    (any_request(), prop::collection::vec(any_calling(), 6)).prop_map(move |(mut request, callings)| {
        for (condition, calling) in request.conditions.iter_mut().zip(&callings) {
            call(bundle, condition, calling);
        }
        let (session, clearances) = (&mut request.session, request.clearances.iter_mut().flatten());
        rename(&bundle.conditions, clearances.map(|clearance| &mut clearance.condition), &callings);
        rename(&bundle.regions, request.conditions.iter_mut().filter_map(|said| said.body_region.as_mut()), &callings);
        rename(&bundle.regions, session.body_regions.iter_mut().flatten(), &callings);
        rename(&bundle.products, session.products.iter_mut().flatten(), &callings);
        rename(&bundle.techniques, session.techniques.iter_mut().flatten(), &callings);
        rename(&bundle.massage_types, [&mut session.massage_type], &callings);
        request
    })
}

/// Every way in which a condition may be called that the README promises to understand, and codes cut short.
pub(crate) fn every_calling(condition: &Thing) -> Vec<ConditionRequest> {
    let names = names_of(&condition.json).into_iter();
    let texts: BTreeSet<String> = names.flat_map(|name| [0, 1, 2, 8, 16, 32].map(|how| disguised(name, how))).collect();
    let by_text = texts.into_iter().map(|text| ConditionRequest { text: Some(text), ..ConditionRequest::default() });
    let codes = list(&condition.json["codes"]).into_iter().flat_map(|code| {
        let short =
            CodeRequest { code: code["code"].as_str().unwrap().chars().take(2).collect(), ..longer(code, "", true) };
        [longer(code, "", true), longer(code, "", false), longer(code, "9", true), short]
    });
    by_text.chain(codes.map(|code| ConditionRequest { code: Some(code), ..ConditionRequest::default() })).collect()
}

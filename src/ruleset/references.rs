//! Whether everything that a ruleset names exists, is named once, and says nothing that it must not say.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Requirement, SourceId};

use super::check::{Diagnostic, Level, Placed, Sheet, cased, is_ruled};
use super::compile::as_rule;
use super::document::{ConditionDocument, RuleDocument};
use super::forbidden::{forbidden, forbidden_after_session};
use super::names::normalise;
use super::observations::dangling_names;
use super::sentences::SENTENCES;

/// The ids that exist, by kind.
struct Known<'b> {
    conditions: BTreeSet<&'b str>,
    rules: BTreeSet<&'b str>,
    massage_types: BTreeSet<&'b str>,
    techniques: BTreeSet<&'b str>,
    regions: BTreeSet<&'b str>,
    products: BTreeSet<&'b str>,
    sources: BTreeSet<&'b str>,
    goals: BTreeSet<&'b str>,
    topics: BTreeSet<&'b str>,
    not_adopted: BTreeSet<&'b str>,
}

impl<'b> Known<'b> {
    fn of(sheet: &Sheet<'b>) -> Self {
        let bundle = sheet.bundle;
        Self {
            conditions: sheet.conditions().map(|condition| condition.document.id.as_str()).collect(),
            rules: sheet
                .rules()
                .map(|rule| rule.document.id.as_str())
                .chain(bundle.post_session.rules.iter().map(|rule| rule.id.as_str()))
                .collect(),
            massage_types: bundle.massage_types.massage_types.iter().map(|kind| kind.id.as_str()).collect(),
            techniques: bundle.techniques.techniques.iter().map(|technique| technique.id.as_str()).collect(),
            regions: bundle.body_regions.body_regions.iter().map(|region| region.id.as_str()).collect(),
            products: bundle.products.products.iter().map(|product| product.id.as_str()).collect(),
            sources: bundle.sources.sources.iter().map(|source| source.id.as_str()).collect(),
            goals: bundle.massage_types.goals.iter().map(|goal| goal.id.as_str()).collect(),
            topics: bundle.post_session.topics.iter().map(|topic| topic.id.as_str()).collect(),
            not_adopted: bundle.not_adopted.not_adopted.iter().map(|claim| claim.id.as_str()).collect(),
        }
    }
}

/// Finds every dangling, doubled and missing name, and every rule that says what no rule may say.
pub(super) fn references(sheet: &Sheet<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let known = Known::of(sheet);
    doubled(sheet, diagnostics);
    names(sheet, diagnostics);
    for condition in sheet.conditions() {
        check_condition(&condition, &known, diagnostics);
    }
    for rule in sheet.rules() {
        check_rule(&rule, &known, diagnostics);
    }
    cases(sheet, &known, diagnostics);
    post_session(sheet, &known, diagnostics);
    unruled(sheet, diagnostics);
    catalogue(sheet, &known, diagnostics);
    traceability(sheet, &known, diagnostics);
    observations(sheet, diagnostics);
    sentences(sheet, diagnostics);
    category_titles(sheet, diagnostics);
}

fn observations(sheet: &Sheet<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for (by, kind, id) in sheet.bundle.observations.iter().flat_map(|file| dangling_names(sheet.bundle, file)) {
        let message = format!("`{by}` names {kind} `{id}`, which does not exist");
        diagnostics.push(Diagnostic::new("dangling-reference", Level::Error, "observations.json", "", message));
    }
}

fn missing<T>(
    placed: &Placed<'_, T>,
    below: &str,
    kind: &str,
    ids: impl IntoIterator<Item = impl AsRef<str>>,
    known: &BTreeSet<&str>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    for id in ids {
        let id = id.as_ref();
        if !known.contains(id) {
            diagnostics.push(placed.say(
                "dangling-reference",
                Level::Error,
                below,
                format!("no {kind} has the id `{id}`"),
            ));
        }
    }
}

fn doubled(sheet: &Sheet<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let mut seen: BTreeMap<&str, String> = BTreeMap::new();
    for condition in sheet.conditions() {
        let id = condition.document.id.as_str();
        if let Some(first) = seen.insert(id, condition.file.to_owned()) {
            let message = format!("condition `{id}` stands in {first} already");
            diagnostics.push(condition.say("duplicate-id", Level::Error, "/id", message));
        }
    }
    let mut seen: BTreeMap<&str, String> = BTreeMap::new();
    for rule in sheet.rules() {
        let id = rule.document.id.as_str();
        if let Some(first) = seen.insert(id, rule.file.to_owned()) {
            diagnostics.push(rule.say(
                "duplicate-id",
                Level::Error,
                "/id",
                format!("rule `{id}` stands in {first} already"),
            ));
        }
    }
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for case in sheet.cases() {
        if !seen.insert(&case.document.case) {
            diagnostics.push(case.say(
                "duplicate-case",
                Level::Error,
                "/case",
                "another case is described in the same words",
            ));
        }
    }
}

/// No name and no code may stand for two conditions.
fn names(sheet: &Sheet<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let mut owners: BTreeMap<String, &str> = BTreeMap::new();
    let mut codes: BTreeMap<(&str, String), &str> = BTreeMap::new();
    for condition in sheet.conditions() {
        let document = condition.document;
        let id = document.id.as_str();
        for name in [document.name.as_str(), id].into_iter().chain(document.synonyms.iter().map(String::as_str)) {
            if let Some(other) = owners.insert(normalise(name), id).filter(|other| *other != id) {
                let message = format!("`{name}` already stands for `{other}`");
                diagnostics.push(condition.say("ambiguous-name", Level::Error, "/synonyms", message));
            }
        }
        for code in &document.codes {
            let key = (code.system.as_str(), code.code.replace('.', "").to_uppercase());
            if let Some(other) = codes.insert(key, id) {
                let message = format!("code `{}` already stands for `{other}`", code.code);
                diagnostics.push(condition.say("ambiguous-code", Level::Error, "/codes", message));
            }
        }
    }
}

fn check_condition(condition: &Placed<'_, ConditionDocument>, known: &Known<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let document = condition.document;
    missing(condition, "/broader", "condition", document.broader.iter(), &known.conditions, diagnostics);
    missing(condition, "/regions", "body region", document.regions.iter(), &known.regions, diagnostics);
    missing(condition, "/sources", "source", document.sources.iter(), &known.sources, diagnostics);
    missing(condition, "/othersHaveIt", "condition", document.others_have_it.iter(), &known.conditions, diagnostics);
    missing(condition, "/lifelong", "source", document.lifelong.iter(), &known.sources, diagnostics);
}

fn check_rule(rule: &Placed<'_, RuleDocument>, known: &Known<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let document = rule.document;
    missing(rule, "/condition", "condition", document.condition.iter(), &known.conditions, diagnostics);
    missing(rule, "/affects", "body region", document.affects.iter(), &known.regions, diagnostics);
    if let Some(regions) = document.where_.as_ref().and_then(|part| part.regions.as_ref()) {
        missing(rule, "/where/regions", "body region", regions.iter(), &known.regions, diagnostics);
    }
    if let Some(also) = document.client.as_ref().and_then(|part| part.also.as_ref()) {
        missing(rule, "/client/also", "condition", also.iter(), &known.conditions, diagnostics);
    }
    if let Some(session) = &document.session {
        let types = session.massage_types.iter().chain(&session.except_massage_types).flatten();
        missing(rule, "/session", "massage type", types, &known.massage_types, diagnostics);
        let techniques = session.techniques.iter().flatten();
        missing(rule, "/session/techniques", "technique", techniques, &known.techniques, diagnostics);
        let regions = session.regions.iter().flatten();
        missing(rule, "/session/regions", "body region", regions, &known.regions, diagnostics);
        let products = session.products.iter().flatten();
        missing(rule, "/session/products", "product", products, &known.products, diagnostics);
    }
    let evidence = &document.evidence;
    let cited = evidence.agree.iter().chain(&evidence.disagree);
    missing(rule, "/evidence", "source", cited, &known.sources, diagnostics);
    if evidence.agree.is_empty() {
        diagnostics.push(rule.say("uncited-rule", Level::Error, "/evidence/agree", "no source supports the rule"));
    }
    if let Some(both) = evidence.agree.iter().find(|id| evidence.disagree.contains(id)) {
        let message = format!("`{both}` both supports and contradicts the rule");
        diagnostics.push(rule.say("two-faced-source", Level::Error, "/evidence", message));
    }
    for requirement in &document.requirements {
        check_requirement(rule, requirement, known, diagnostics);
    }
    if let Some(what) = forbidden(document) {
        diagnostics.push(rule.say("forbidden", Level::Error, "", what));
    }
    let subject = document.id.as_str().split('.').next().unwrap_or_default();
    if let Some(condition) = document.condition.as_ref().filter(|condition| condition.as_str() != subject) {
        let message = format!("the rule is about `{condition}`: its id should begin with it");
        diagnostics.push(rule.say("rule-name", Level::Note, "/id", message));
    }
}

fn check_requirement(
    rule: &Placed<'_, RuleDocument>,
    requirement: &Requirement,
    known: &Known<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let (regions, techniques, products): (&[_], &[_], &[_]) = match requirement {
        Requirement::AvoidRegion { regions } => (regions, &[], &[]),
        Requirement::AvoidTechnique { techniques, regions } => {
            (regions.as_deref().unwrap_or_default(), techniques, &[])
        }
        Requirement::PressureMax { regions, .. } => (regions.as_deref().unwrap_or_default(), &[], &[]),
        Requirement::AvoidProduct { products } => (&[], &[], products),
        Requirement::DurationMax { .. }
        | Requirement::Position { .. }
        | Requirement::TherapistTraining { .. }
        | Requirement::CheckFirst { .. }
        | Requirement::RiseSlowly
        | Requirement::StopOnRequest
        | Requirement::StopOnPain
        | Requirement::FragranceFreeProduct
        | Requirement::GradualPressure
        | Requirement::NoHeat
        | Requirement::NoForcedJointMovement
        | Requirement::HygieneCover
        | Requirement::TherapistFeedback
        | Requirement::DrinkToThirst
        | Requirement::GentleAfterCare => return,
    };
    missing(rule, "/requirements", "body region", regions.iter(), &known.regions, diagnostics);
    missing(rule, "/requirements", "technique", techniques.iter(), &known.techniques, diagnostics);
    missing(rule, "/requirements", "product", products.iter(), &known.products, diagnostics);
}

fn cases(sheet: &Sheet<'_>, known: &Known<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for case in sheet.cases() {
        let expect = &case.document.expect;
        let rules = expect.rules.iter().chain(&expect.advice);
        missing(&case, "/expect", "rule", rules, &known.rules, diagnostics);
        missing(&case, "/sources", "source", case.document.sources.iter(), &known.sources, diagnostics);
        if case.document.request.session.date.is_none() {
            diagnostics.push(case.say("undated-case", Level::Error, "/request/session", "a case names its day"));
        }
    }
    let hit = cased(sheet);
    for rule in sheet.rules().filter(|rule| !hit.contains(rule.document.id.as_str())) {
        diagnostics.push(rule.say("rule-without-case", Level::Error, "", "no case expects the rule"));
    }
}

/// The rules, the advice and the cases about what is felt after a session.
fn post_session(sheet: &Sheet<'_>, known: &Known<'_>, diagnostics: &mut Vec<Diagnostic>) {
    const FILE: &str = "post-session.json";
    let file = &sheet.bundle.post_session;
    let screening: BTreeSet<&str> = sheet.rules().map(|rule| rule.document.id.as_str()).collect();
    let hit: BTreeSet<&str> =
        sheet.assessment_cases().flat_map(|case| &case.document.expect.rules).map(AsRef::as_ref).collect();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for (at, rule) in file.rules.iter().enumerate() {
        let document = as_rule(rule);
        let placed = Placed { document: &document, file: FILE, pointer: format!("/rules/{at}") };
        check_rule(&placed, known, diagnostics);
        let id = rule.id.as_str();
        if screening.contains(id) || !seen.insert(id) {
            diagnostics.push(placed.say("duplicate-id", Level::Error, "/id", format!("rule `{id}` exists already")));
        }
        if !hit.contains(id) {
            diagnostics.push(placed.say("rule-without-case", Level::Error, "", "no case expects the rule"));
        }
        if let Some(what) = forbidden_after_session(rule) {
            diagnostics.push(placed.say("forbidden", Level::Error, "", what));
        }
    }
    for (list, entries) in [("selfCare", &file.self_care), ("watchFor", &file.watch_for)] {
        for (at, document) in entries.iter().enumerate() {
            let placed = Placed { document, file: FILE, pointer: format!("/{list}/{at}") };
            missing(&placed, "/symptoms", "condition", document.symptoms.iter(), &known.conditions, diagnostics);
            missing(&placed, "/notWith", "condition", document.not_with.iter(), &known.conditions, diagnostics);
            missing(&placed, "/sources", "source", document.sources.iter(), &known.sources, diagnostics);
        }
    }
    let advice: BTreeSet<&str> = file.self_care.iter().map(|entry| entry.id.as_ref()).collect();
    let mut described: BTreeSet<&str> = BTreeSet::new();
    for case in sheet.assessment_cases() {
        let expect = &case.document.expect;
        missing(&case, "/expect/rules", "rule", expect.rules.iter(), &known.rules, diagnostics);
        missing(&case, "/sources", "source", case.document.sources.iter(), &known.sources, diagnostics);
        let offered = expect.self_care.iter().chain(&expect.no_self_care);
        missing(&case, "/expect", "self-care entry", offered, &advice, diagnostics);
        if !described.insert(&case.document.case) {
            diagnostics.push(case.say(
                "duplicate-case",
                Level::Error,
                "/case",
                "another case is described in the same words",
            ));
        }
    }
}

/// A condition without any rule would be understood and then say nothing.
fn unruled(sheet: &Sheet<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let documents: BTreeMap<&str, &ConditionDocument> =
        sheet.conditions().map(|condition| (condition.document.id.as_str(), condition.document)).collect();
    let mut ruled: BTreeSet<&str> = BTreeSet::new();
    for rule in sheet.rules() {
        ruled.extend(rule.document.condition.as_ref().map(AsRef::as_ref));
        let also = rule.document.client.as_ref().and_then(|part| part.also.as_ref());
        ruled.extend(also.into_iter().flatten().map(AsRef::as_ref));
    }
    for condition in sheet.conditions() {
        if !is_ruled(condition.document.id.as_str(), &documents, &ruled, 0) {
            let message = "no rule is on it or on anything above it";
            diagnostics.push(condition.say("condition-without-rule", Level::Error, "", message));
        }
    }
}

fn catalogue(sheet: &Sheet<'_>, known: &Known<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let bundle = sheet.bundle;
    let kinds = &bundle.massage_types.massage_types;
    for (at, document) in kinds.iter().enumerate() {
        let placed = Placed { document, file: "massage-types.json", pointer: format!("/massageTypes/{at}") };
        missing(&placed, "/techniques", "technique", document.techniques.iter(), &known.techniques, diagnostics);
        missing(&placed, "/goals", "goal", &document.goals, &known.goals, diagnostics);
        missing(&placed, "/sources", "source", document.sources.iter(), &known.sources, diagnostics);
        let own =
            |name: &str| document.synonyms.iter().chain([&document.name]).any(|own| normalise(own) == normalise(name));
        for (number, name) in document.booked_as.iter().enumerate().filter(|(_, name)| !own(name)) {
            let message = format!("`{name}` is none of the type's own names");
            diagnostics.push(placed.say("booked-as", Level::Error, &format!("/bookedAs/{number}"), message));
        }
    }
    for (at, document) in bundle.techniques.techniques.iter().enumerate() {
        let placed = Placed { document, file: "techniques.json", pointer: format!("/techniques/{at}") };
        missing(&placed, "/sources", "source", document.sources.iter(), &known.sources, diagnostics);
        let used = kinds.iter().any(|kind| kind.techniques.contains(&document.id))
            || sheet.rules().any(|rule| {
                rule.document.session.as_ref().is_some_and(|session| {
                    session.techniques.as_ref().is_some_and(|techniques| techniques.contains(&document.id))
                })
            });
        if !used {
            diagnostics.push(placed.say("unused-technique", Level::Warning, "", "no massage type and no rule uses it"));
        }
    }
    for (at, document) in bundle.not_adopted.not_adopted.iter().enumerate() {
        let placed = Placed { document, file: "not-adopted.json", pointer: format!("/notAdopted/{at}") };
        let cited = document.rows.iter().chain(&document.sources);
        missing(&placed, "/sources", "source", cited, &known.sources, diagnostics);
    }
    for (at, document) in bundle.post_session.topics.iter().enumerate() {
        let placed = Placed { document, file: "post-session.json", pointer: format!("/topics/{at}") };
        missing(&placed, "/sources", "source", document.sources.iter(), &known.sources, diagnostics);
    }
    for (at, document) in bundle.sources.sources.iter().enumerate() {
        let placed = Placed { document, file: "sources.json", pointer: format!("/sources/{at}") };
        let cited = document.review.iter().chain(&document.supported_by);
        missing(&placed, "", "source", cited, &known.sources, diagnostics);
    }
}

/// Every row of the register leads somewhere, and what it leads to exists.
fn traceability(sheet: &Sheet<'_>, known: &Known<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let rows = &sheet.bundle.traceability.rows;
    let empty = super::document::TraceDocument::default();
    for source in sheet.bundle.sources.sources.iter().filter(|source| source.kind == super::document::SourceKind::Seed)
    {
        let row: &SourceId = &source.id;
        let trace = rows.get(row).unwrap_or(&empty);
        let placed = Placed { document: trace, file: "traceability.json", pointer: format!("/rows/{row}") };
        if *trace == empty {
            diagnostics.push(placed.say("traceability-hole", Level::Error, "", format!("row `{row}` leads nowhere")));
        }
        missing(&placed, "/rules", "rule", trace.rules.iter(), &known.rules, diagnostics);
        missing(&placed, "/postSession", "post-session topic", &trace.post_session, &known.topics, diagnostics);
        missing(&placed, "/notAdopted", "claim not adopted", &trace.not_adopted, &known.not_adopted, diagnostics);
        for entry in &trace.catalogue {
            let (kind, id) = entry.split_once(':').unwrap_or(("", entry));
            let found = match kind {
                "condition" => known.conditions.contains(id),
                "massage-type" => known.massage_types.contains(id),
                "technique" => known.techniques.contains(id),
                "region" => known.regions.contains(id),
                "product" => known.products.contains(id),
                "goal" => known.goals.contains(id),
                "attribute" => ATTRIBUTES.contains(&id),
                _ => false,
            };
            if !found {
                let message = format!("the catalogue has no `{entry}`");
                diagnostics.push(placed.say("dangling-reference", Level::Error, "/catalogue", message));
            }
        }
    }
    for row in rows.keys().filter(|row| !known.sources.contains(row.as_str())) {
        let pointer = format!("/rows/{row}");
        diagnostics.push(Diagnostic::new(
            "dangling-reference",
            Level::Error,
            "traceability.json",
            &pointer,
            format!("the register has no row `{row}`"),
        ));
    }
}

/// The fields of a request that a row of the register can stand behind.
const ATTRIBUTES: [&str; 23] = [
    "intake",
    "conditions",
    "session.massageType",
    "session.pressure",
    "session.bodyRegions",
    "session.date",
    "session.durationMinutes",
    "session.products",
    "session.techniques",
    "client.age",
    "client.sex",
    "client.pregnancyWeeks",
    "client.activityLevel",
    "client.firstSession",
    "condition.state",
    "condition.phase",
    "condition.control",
    "condition.severity",
    "condition.bodyRegion",
    "condition.onset",
    "condition.resolved",
    "clearance.by",
    "clearance.date",
];

fn sentences(sheet: &Sheet<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for (audience, names) in SENTENCES {
        let said = sheet.bundle.messages.get(audience);
        for name in names {
            if said.and_then(|said| said.get(*name)).is_none_or(String::is_empty) {
                let pointer = format!("/{audience}/{name}");
                let message = "an answer can need this sentence";
                diagnostics.push(Diagnostic::new("missing-sentence", Level::Error, "messages.json", &pointer, message));
            }
        }
    }
}

/// Every category that a client can be asked of has a title for the intake form, and every title a category.
fn category_titles(sheet: &Sheet<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let asked: BTreeSet<&str> = sheet
        .bundle
        .conditions
        .iter()
        .filter(|file| file.conditions.iter().any(|condition| !condition.heading))
        .map(|file| file.category.as_str())
        .collect();
    let empty = BTreeMap::new();
    let titles = sheet.bundle.messages.get("categories").unwrap_or(&empty);
    let mut say = |code, category: &str, message| {
        let pointer = format!("/categories/{category}");
        diagnostics.push(Diagnostic::new(code, Level::Error, "messages.json", &pointer, message));
    };
    for category in asked.iter().filter(|category| !titles.contains_key(**category)) {
        say("missing-sentence", category, "the intake form needs a title of this category");
    }
    for category in titles.keys().filter(|category| !asked.contains(category.as_str())) {
        say("dangling-reference", category, "no condition that a client can name is of this category");
    }
}

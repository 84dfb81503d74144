//! The form as a FHIR R4 Questionnaire.
//!
//! Source: HL7 FHIR R4 (4.0.1), `Questionnaire`, with its invariants que-1 to que-13.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use crate::model::MassageTypeId;
use crate::ruleset::{Fact, Ruleset};

use super::form::{AskIf, Asks, FollowUps, FormGroup, FormItem, FormOption, IntakeForm, ItemKind, OptionList};

const BASE: &str = "https://kneadsafe.example/fhir";
const WHOLE: &str = "intake";
const LONGEST_TEXT: u16 = 200;

/// The canonical address of the form, whole or for one massage type.
#[must_use]
pub fn canonical_of(massage_type: Option<&MassageTypeId>) -> String {
    let suffix = massage_type.map(|id| format!("-{id}")).unwrap_or_default();
    format!("{BASE}/Questionnaire/{WHOLE}{suffix}")
}

/// The code system of the answers to a question; `None` where it takes no choice.
pub(super) fn system_of(item: &FormItem) -> Option<String> {
    let name = match item.asks {
        Asks::Conditions { .. } | Asks::Urgent => "condition",
        Asks::ClearedBy(_) => "clearance",
        Asks::Condition(_, fact) | Asks::Plain(fact) => system_name(fact)?,
        Asks::Other | Asks::ClearedOn(_) | Asks::Date => return None,
    };
    Some(system(name))
}

fn system(name: &str) -> String {
    format!("{BASE}/CodeSystem/{name}")
}

fn system_name(fact: Fact) -> Option<&'static str> {
    Some(match fact {
        Fact::MassageType => "massage-type",
        Fact::Pressure => "pressure",
        Fact::Regions | Fact::BodyRegion => OptionList::BodyRegion.as_str(),
        Fact::Products => "product",
        Fact::Sex => "sex",
        Fact::ActivityLevel => "activity-level",
        Fact::Phase => OptionList::Phase.as_str(),
        Fact::Control => OptionList::Control.as_str(),
        Fact::Severity => OptionList::Severity.as_str(),
        Fact::Techniques
        | Fact::Duration
        | Fact::Age
        | Fact::PregnancyWeeks
        | Fact::FirstSession
        | Fact::Also(_)
        | Fact::State
        | Fact::Resolved
        | Fact::Onset
        | Fact::OnsetHours
        | Fact::DurationHours
        | Fact::Trend => return None,
    })
}

/// The code systems of the questions that take a choice, by the question's name.
type Systems<'f> = HashMap<&'f str, String>;

/// The form as FHIR R4 JSON.
#[must_use]
pub fn questionnaire(ruleset: &Ruleset, form: &IntakeForm) -> Value {
    let manifest = &ruleset.bundle().manifest;
    let suffix = form.massage_type.as_ref().map(|id| format!("-{id}")).unwrap_or_default();
    let name: String = format!("{WHOLE}{suffix}").split('-').map(capitalised).collect();
    let contained: Vec<Value> = form.option_lists.iter().map(|(list, options)| value_set(*list, options)).collect();
    let systems: Systems<'_> =
        form.items().filter_map(|item| Some((item.link_id.as_str(), system_of(item)?))).collect();
    let items: Vec<Value> = form.groups.iter().map(|group| group_item(&systems, group)).collect();
    json!({
        "resourceType": "Questionnaire",
        "id": format!("{WHOLE}{suffix}"),
        "language": form.language,
        "contained": contained,
        "url": form.url,
        "version": form.version,
        "name": name,
        "title": form.title,
        "status": "active",
        "subjectType": ["Patient"],
        "date": manifest.date.to_string(),
        "publisher": "The Kneadsafe project",
        "description": format!("{} {}", form.instructions, ruleset.texts(form.language).disclaimer()),
        "copyright": format!("{}, version {}. Licence: {}.", manifest.title, form.version, manifest.licence),
        "item": items,
    })
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().collect::<String>() + letters.as_str()).unwrap_or_default()
}

fn value_set(list: OptionList, options: &[FormOption]) -> Value {
    let concepts: Vec<Value> =
        options.iter().map(|option| json!({ "code": option.value, "display": option.text })).collect();
    json!({
        "resourceType": "ValueSet",
        "id": list.as_str(),
        "status": "active",
        "compose": { "include": [{ "system": system(list.as_str()), "concept": concepts }] },
    })
}

fn group_item(systems: &Systems<'_>, group: &FormGroup) -> Value {
    let questions = group.items.iter().map(|item| question(systems, item));
    let follow_ups = group.follow_ups.iter().map(|follow| follow_up_item(systems, follow));
    json!({
        "linkId": group.link_id,
        "text": group.title,
        "type": "group",
        "item": questions.chain(follow_ups).collect::<Vec<_>>(),
    })
}

fn follow_up_item(systems: &Systems<'_>, follow: &FollowUps) -> Value {
    let mut item = Map::new();
    item.insert("linkId".to_owned(), json!(follow.link_id));
    item.insert("text".to_owned(), json!(follow.title));
    item.insert("type".to_owned(), json!("group"));
    enable(systems, &follow.ask_if, &mut item);
    item.insert("item".to_owned(), follow.items.iter().map(|item| question(systems, item)).collect());
    Value::Object(item)
}

fn question(systems: &Systems<'_>, asked: &FormItem) -> Value {
    let kind = match asked.kind {
        ItemKind::Choice => "choice",
        ItemKind::Boolean => "boolean",
        ItemKind::Date => "date",
        ItemKind::Integer => "integer",
        ItemKind::Text => "string",
    };
    let mut item = Map::new();
    item.insert("linkId".to_owned(), json!(asked.link_id));
    item.insert("text".to_owned(), json!(asked.text));
    item.insert("type".to_owned(), json!(kind));
    enable(systems, &asked.ask_if, &mut item);
    if asked.multiple {
        item.insert("repeats".to_owned(), json!(true));
    }
    if asked.kind == ItemKind::Text {
        item.insert("maxLength".to_owned(), json!(LONGEST_TEXT));
    }
    if let Some(list) = asked.option_list {
        item.insert("answerValueSet".to_owned(), json!(format!("#{}", list.as_str())));
    } else if let Some(system) = systems.get(asked.link_id.as_str()) {
        let options: Vec<Value> = asked
            .options
            .iter()
            .map(|option| json!({ "valueCoding": { "system": system, "code": option.value, "display": option.text } }))
            .collect();
        item.insert("answerOption".to_owned(), Value::Array(options));
    }
    Value::Object(item)
}

/// Adds the answers on which an item depends; one of them is enough.
fn enable(systems: &Systems<'_>, ask_if: &[AskIf], item: &mut Map<String, Value>) {
    if ask_if.is_empty() {
        return;
    }
    let when: Vec<Value> = ask_if
        .iter()
        .filter_map(|on| {
            let system = systems.get(on.link_id.as_str())?;
            let answer = json!({ "system": system, "code": on.value });
            Some(json!({ "question": on.link_id, "operator": "=", "answerCoding": answer }))
        })
        .collect();
    if when.len() > 1 {
        item.insert("enableBehavior".to_owned(), json!("any"));
    }
    item.insert("enableWhen".to_owned(), Value::Array(when));
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::model::Language;
    use crate::ruleset::Rulesets;
    use crate::screening::questionnaire::intake_form;

    /// Every item of a resource, with those below it.
    fn items<'v>(value: &'v Value, found: &mut Vec<&'v Value>) {
        for item in value.get("item").and_then(Value::as_array).into_iter().flatten() {
            found.push(item);
            items(item, found);
        }
    }

    #[test]
    fn every_resource_keeps_the_invariants_of_a_questionnaire() {
        for ruleset in Rulesets::embedded().unwrap().iter() {
            for massage_type in std::iter::once(None).chain((0..ruleset.massage_types().len()).map(Some)) {
                let resource = questionnaire(ruleset, &intake_form(ruleset, massage_type, Language::En));
                let mut all = Vec::new();
                items(&resource, &mut all);
                let mut links = BTreeSet::new();
                // que-0
                let name = resource["name"].as_str().unwrap();
                assert!(name.starts_with(|first: char| first.is_ascii_uppercase()));
                assert!(name.chars().all(|letter| letter.is_ascii_alphanumeric()));
                for item in &all {
                    let group = item["type"] == "group";
                    // que-1 and que-2
                    assert_eq!(group, item.get("item").is_some_and(|below| !below.as_array().unwrap().is_empty()));
                    assert!(links.insert(item["linkId"].as_str().unwrap()), "{item}");
                    // que-4 and que-5
                    let (options, set) = (item.get("answerOption"), item.get("answerValueSet"));
                    assert_eq!(options.is_some() != set.is_some(), item["type"] == "choice", "{item}");
                    // que-10
                    assert!(item.get("maxLength").is_none() || item["type"] == "string");
                    // que-12
                    let when = item.get("enableWhen").and_then(Value::as_array).map_or(0, Vec::len);
                    assert_eq!(when > 1, item.get("enableBehavior").is_some());
                    assert!(item.get("enableWhen").is_none() || when > 0);
                    if let Some(set) = set {
                        let id = set.as_str().unwrap().trim_start_matches('#');
                        assert!(resource["contained"].as_array().unwrap().iter().any(|within| within["id"] == id));
                    }
                }
                for on in all.iter().filter_map(|item| item.get("enableWhen")).flat_map(|when| when.as_array().unwrap())
                {
                    assert!(links.contains(on["question"].as_str().unwrap()), "{on}");
                }
            }
        }
    }

    #[test]
    fn a_form_is_named_by_its_massage_type_and_its_version() {
        let ruleset = Rulesets::embedded().unwrap().find("latest").unwrap().clone();
        let number = ruleset.names().massage_type("thai");
        let resource = questionnaire(&ruleset, &intake_form(&ruleset, number, Language::En));
        assert_eq!(resource["url"], "https://kneadsafe.example/fhir/Questionnaire/intake-thai");
        assert_eq!(resource["version"], ruleset.version());
        assert_eq!((&resource["id"], &resource["name"]), (&json!("intake-thai"), &json!("IntakeThai")));
        assert_eq!((&resource["status"], &resource["subjectType"]), (&json!("active"), &json!(["Patient"])));
    }
}

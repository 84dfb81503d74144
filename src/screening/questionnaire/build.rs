//! Makes the form.

use crate::model::{ClearedBy, Language};
use crate::ruleset::{Category, Condition, ConditionIx, Fact, Ruleset, Texts, pointer};

use super::fhir::canonical_of;
use super::form::{AskIf, Asks, FollowUps, FormGroup, FormItem, FormOption, IntakeForm, ItemKind, OptionList};
use super::needed::Scope;
use super::options::{
    activity_levels, category_title, cleared_by, lists, massage_types, none, pressures, products, sexes, text,
};

/// The name of the question about signs that need a doctor now.
const URGENT: &str = "urgent.conditions";
/// What a condition that is chosen fills.
const NEW_CONDITION: &str = "/conditions/-";

/// The intake form of a ruleset: whole, or what matters for one massage type by its number in the catalogue.
///
/// Whole, it offers every condition that a client can name and asks of each all that rules read of it. For one type it
/// leaves out what can change no answer for any session of that type. Same arguments, same form.
#[must_use]
pub fn intake_form(ruleset: &Ruleset, massage_type: Option<usize>, language: Language) -> IntakeForm {
    let texts = ruleset.texts(language);
    let builder = Builder {
        ruleset,
        texts,
        massage_type,
        scope: Scope::new(ruleset, massage_type),
        whole: Scope::new(ruleset, None),
    };
    let kind = massage_type.and_then(|number| ruleset.massage_types().get(number));
    let id = kind.map(|kind| &kind.id);
    IntakeForm {
        url: canonical_of(id),
        version: ruleset.stamp().version.clone(),
        massage_type: id.cloned(),
        language: texts.language(),
        title: match kind {
            Some(kind) => text(&texts, "titleForType").replace("{massageType}", texts.massage_type_name(kind)),
            None => text(&texts, "title"),
        },
        instructions: text(&texts, "instructions"),
        groups: builder.groups(),
        option_lists: lists(ruleset, &texts),
    }
}

struct Builder<'r> {
    ruleset: &'r Ruleset,
    texts: Texts<'r>,
    massage_type: Option<usize>,
    scope: Scope<'r>,
    whole: Scope<'r>,
}

/// A question without options and without a condition to be asked.
fn item(link_id: impl Into<String>, text: String, kind: ItemKind, fills: impl Into<String>, asks: Asks) -> FormItem {
    FormItem {
        link_id: link_id.into(),
        text,
        kind,
        multiple: false,
        options: Vec::new(),
        option_list: None,
        ask_if: Vec::new(),
        fills: fills.into(),
        asks,
    }
}

impl<'r> Builder<'r> {
    fn groups(&self) -> Vec<FormGroup> {
        let categories = self.ruleset.categories().iter().enumerate();
        let asked = categories.filter_map(|(number, category)| self.category(number, category));
        self.urgent().into_iter().chain([self.session()]).chain(self.client()).chain(asked).collect()
    }

    fn group(&self, name: &str, items: Vec<FormItem>) -> FormGroup {
        FormGroup { link_id: name.to_owned(), title: text(&self.texts, name), items, follow_ups: Vec::new() }
    }

    /// Conditions as options, in the order of their names, and none of them.
    fn options(&self, conditions: impl Iterator<Item = &'r Condition>) -> Vec<FormOption> {
        let mut options: Vec<FormOption> = conditions
            .map(|condition| FormOption { value: condition.id.to_string(), text: self.name(condition.ix) })
            .collect();
        options.sort_by(|one, other| (&one.text, &one.value).cmp(&(&other.text, &other.value)));
        options.push(none(&self.texts));
        options
    }

    fn name(&self, ix: ConditionIx) -> String {
        self.texts.condition(ix).to_string()
    }

    /// Signs that need a doctor now stand first; each is found in its category again, for when it is over.
    fn urgent(&self) -> Option<FormGroup> {
        let urgent = self.scope.conditions().filter(|condition| self.scope.is_urgent(condition));
        let options = self.options(urgent);
        if options.len() == 1 {
            return None;
        }
        let question = FormItem {
            multiple: true,
            options,
            ..item(URGENT, text(&self.texts, "urgentConditions"), ItemKind::Choice, NEW_CONDITION, Asks::Urgent)
        };
        Some(self.group("urgent", vec![question]))
    }

    fn session(&self) -> FormGroup {
        let plain = |name: &str, kind, fact| {
            item(format!("session.{name}"), text(&self.texts, name), kind, pointer(fact, None), Asks::Plain(fact))
        };
        let choice = |name, fact, options| FormItem { options, ..plain(name, ItemKind::Choice, fact) };
        let regions = FormItem {
            multiple: true,
            option_list: Some(OptionList::BodyRegion),
            ..plain("bodyRegions", ItemKind::Choice, Fact::Regions)
        };
        let on_the_skin =
            FormItem { multiple: true, ..choice("products", Fact::Products, products(self.ruleset, &self.texts)) };
        let items = vec![
            choice("massageType", Fact::MassageType, massage_types(self.ruleset, &self.texts, self.massage_type)),
            choice("pressure", Fact::Pressure, pressures(&self.texts)),
            regions,
            item("session.date", text(&self.texts, "date"), ItemKind::Date, "/session/date", Asks::Date),
            plain("durationMinutes", ItemKind::Integer, Fact::Duration),
            on_the_skin,
        ];
        self.group("session", items)
    }

    fn client(&self) -> Option<FormGroup> {
        let items: Vec<FormItem> =
            self.scope.facts_of_client().into_iter().filter_map(|fact| self.of_client(fact)).collect();
        (!items.is_empty()).then(|| self.group("client", items))
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "`facts_of_client` lists the facts of a client alone")]
    fn of_client(&self, fact: Fact) -> Option<FormItem> {
        let (name, kind, options) = match fact {
            Fact::Age => ("age", ItemKind::Integer, Vec::new()),
            Fact::Sex => ("sex", ItemKind::Choice, sexes(&self.texts)),
            Fact::PregnancyWeeks => ("pregnancyWeeks", ItemKind::Integer, Vec::new()),
            Fact::ActivityLevel => ("activityLevel", ItemKind::Choice, activity_levels(&self.texts)),
            Fact::FirstSession => ("firstSession", ItemKind::Boolean, Vec::new()),
            _ => return None,
        };
        let question =
            item(format!("client.{name}"), text(&self.texts, name), kind, pointer(fact, None), Asks::Plain(fact));
        Some(FormItem { options, ..question })
    }

    fn category(&self, number: usize, category: &Category) -> Option<FormGroup> {
        let of_category = |condition: &&Condition| condition.category == category.id;
        let found: Vec<&'r Condition> = self.scope.conditions().filter(of_category).collect();
        if found.is_empty() {
            return None;
        }
        // A shorter list has a name of its own: who answered it was not asked of what it leaves out.
        let shorter = found.len() < self.whole.conditions().filter(of_category).count();
        let massage_type = self.massage_type.filter(|_| shorter);
        let link_id = format!("category.{}", category.id);
        let kind = massage_type.and_then(|number| self.ruleset.massage_types().get(number));
        let question = match kind {
            Some(kind) => format!("{link_id}.conditions.{}", kind.id),
            None => format!("{link_id}.conditions"),
        };
        let options = self.options(found.iter().copied());
        let conditions = FormItem {
            multiple: true,
            options,
            ..item(
                &*question,
                text(&self.texts, "conditions"),
                ItemKind::Choice,
                NEW_CONDITION,
                Asks::Conditions { category: number, massage_type },
            )
        };
        let other = FormItem {
            multiple: true,
            ..item(format!("{link_id}.other"), text(&self.texts, "other"), ItemKind::Text, NEW_CONDITION, Asks::Other)
        };
        let mut follow_ups: Vec<FollowUps> =
            found.into_iter().filter_map(|condition| self.follow_ups(condition, &question)).collect();
        follow_ups.sort_by(|one, other| (&one.title, &one.condition).cmp(&(&other.title, &other.condition)));
        Some(FormGroup {
            title: category_title(&self.texts, &category.id),
            link_id,
            items: vec![conditions, other],
            follow_ups,
        })
    }

    fn follow_ups(&self, condition: &'r Condition, question: &str) -> Option<FollowUps> {
        let ix = condition.ix;
        let link_id = format!("condition.{}", condition.id);
        let facts = self.scope.facts_of(condition).into_iter();
        let mut items: Vec<FormItem> = facts.filter_map(|fact| self.of_condition(condition, fact)).collect();
        if let Some(least) = self.scope.clearance_of(condition) {
            items.extend(self.clearance(ix, &link_id, least));
        }
        let chosen = |link_id: &str| AskIf { link_id: link_id.to_owned(), value: condition.id.to_string() };
        let urgent = self.scope.is_urgent(condition).then(|| chosen(URGENT));
        (!items.is_empty()).then(|| FollowUps {
            link_id,
            condition: condition.id.clone(),
            title: self.name(ix),
            ask_if: [chosen(question)].into_iter().chain(urgent).collect(),
            items,
        })
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "`facts_of` lists the facts of a condition alone")]
    fn of_condition(&self, condition: &Condition, fact: Fact) -> Option<FormItem> {
        let (name, kind, list) = match fact {
            Fact::Phase => ("phase", ItemKind::Choice, Some(OptionList::Phase)),
            Fact::Resolved => ("resolved", ItemKind::Date, None),
            Fact::Onset => ("onset", ItemKind::Date, None),
            Fact::Control => ("control", ItemKind::Choice, Some(OptionList::Control)),
            Fact::Severity => ("severity", ItemKind::Choice, Some(OptionList::Severity)),
            Fact::BodyRegion => ("bodyRegion", ItemKind::Choice, Some(OptionList::BodyRegion)),
            _ => return None,
        };
        let prefix = format!("condition.{}", condition.id);
        let ask_if = if fact == Fact::Resolved {
            // What is at its height has no end yet.
            ["resolved", "remission", "chronic"]
                .map(|phase| AskIf { link_id: format!("{prefix}.phase"), value: phase.to_owned() })
                .to_vec()
        } else {
            Vec::new()
        };
        let words = text(&self.texts, name).replace("{condition}", self.texts.condition(condition.ix));
        let question =
            item(format!("{prefix}.{name}"), words, kind, pointer(fact, None), Asks::Condition(condition.ix, fact));
        // One condition in two places is asked once, with both places.
        Some(FormItem { option_list: list, ask_if, multiple: fact == Fact::BodyRegion, ..question })
    }

    fn clearance(&self, ix: ConditionIx, link_id: &str, least: ClearedBy) -> [FormItem; 2] {
        let by = format!("{link_id}.clearance");
        let options = cleared_by(&self.texts, least);
        let ask_if = options.iter().map(|option| AskIf { link_id: by.clone(), value: option.value.clone() }).collect();
        let who = item(by, text(&self.texts, "clearance"), ItemKind::Choice, "/clearances/-/by", Asks::ClearedBy(ix));
        let when = item(
            format!("{link_id}.clearanceDate"),
            text(&self.texts, "clearanceDate"),
            ItemKind::Date,
            "/clearances/-/date",
            Asks::ClearedOn(ix),
        );
        [FormItem { options, ..who }, FormItem { ask_if, ..when }]
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::ruleset::Rulesets;
    use crate::ruleset::document::Scope as RuleScope;

    fn each_form(judge: impl Fn(&Ruleset, &IntakeForm)) {
        for ruleset in Rulesets::embedded().unwrap().iter() {
            let types = (0..ruleset.massage_types().len()).map(Some);
            for massage_type in std::iter::once(None).chain(types) {
                judge(ruleset, &intake_form(ruleset, massage_type, Language::En));
            }
        }
    }

    fn newest() -> std::sync::Arc<Ruleset> {
        Rulesets::embedded().unwrap().find("latest").unwrap().clone()
    }

    fn options_of<'f>(form: &'f IntakeForm, link_id: &str) -> BTreeSet<&'f str> {
        let item = form.items().find(|item| item.link_id == link_id);
        item.into_iter().flat_map(|item| form.options(item)).map(|option| option.value.as_str()).collect()
    }

    #[test]
    fn every_name_of_a_question_is_given_once_and_says_what_it_asks() {
        each_form(|_, form| {
            let mut seen = BTreeSet::new();
            let groups = form.groups.iter().flat_map(|group| {
                std::iter::once(&group.link_id).chain(group.follow_ups.iter().map(|follow| &follow.link_id))
            });
            for link_id in groups.chain(form.items().map(|item| &item.link_id)) {
                assert!(seen.insert(link_id), "{link_id}");
            }
            assert!(form.items().all(|item| !item.text.trim().is_empty() && !item.text.contains('{')));
        });
    }

    #[test]
    fn what_a_question_depends_on_is_an_answer_of_the_same_form() {
        each_form(|_, form| {
            let follow_ups = form.groups.iter().flat_map(|group| &group.follow_ups);
            for on in follow_ups.flat_map(|follow| &follow.ask_if).chain(form.items().flat_map(|item| &item.ask_if)) {
                assert!(options_of(form, &on.link_id).contains(on.value.as_str()), "{on:?}");
            }
        });
    }

    #[test]
    fn every_condition_that_a_client_can_name_is_offered_in_its_category_and_nothing_else_is() {
        for ruleset in Rulesets::embedded().unwrap().iter() {
            let form = intake_form(ruleset, None, Language::En);
            let mut offered = 0;
            for condition in ruleset.conditions() {
                let options = options_of(&form, &format!("category.{}.conditions", condition.category));
                let can_be_named = !condition.document.heading && !ruleset.fallbacks().stand_in(condition.ix);
                assert_eq!(options.contains(condition.id.as_str()), can_be_named, "{}", condition.id);
                offered += usize::from(can_be_named);
            }
            let asked = form.items().filter(|item| matches!(item.asks, Asks::Conditions { .. }));
            assert_eq!(asked.map(|item| item.options.len() - 1).sum::<usize>(), offered);
        }
    }

    /// The names of the facts that the rules on a condition read, from the documents as authors wrote them.
    fn written(ruleset: &Ruleset, condition: &Condition) -> BTreeSet<&'static str> {
        let mut read = BTreeSet::new();
        for rule in condition.rules.iter().map(|ix| ruleset.rule(*ix)) {
            let document = &rule.document;
            if let Some(part) = &document.where_ {
                let mut says = |name, there: bool| there.then(|| read.insert(name));
                says("phase", part.phase.is_some() || part.resolved_within_days.is_some());
                says("resolved", part.resolved_within_days.is_some());
                says("onset", part.onset_within_days.is_some());
                says("control", part.control.as_ref().is_some_and(|values| values.len() < 2));
                says("severity", part.severity.as_ref().is_some_and(|values| values.len() < 3));
                says("bodyRegion", part.regions.is_some());
            }
            if document.scope == RuleScope::Local && document.affects.is_empty() {
                read.insert("bodyRegion");
            }
            if document.with_clearance.is_some() {
                read.extend(["clearance", "clearanceDate"]);
            }
        }
        read
    }

    #[test]
    fn every_fact_that_a_rule_reads_of_a_condition_is_asked_and_no_other() {
        let ruleset = newest();
        let form = intake_form(&ruleset, None, Language::En);
        let also: BTreeSet<ConditionIx> =
            ruleset.rules().iter().filter_map(|rule| rule.client.also.as_ref()).flatten().copied().collect();
        for condition in ruleset.conditions().iter().filter(|condition| !condition.document.heading) {
            let prefix = format!("condition.{}.", condition.id);
            let asked: BTreeSet<&str> = form.items().filter_map(|item| item.link_id.strip_prefix(&prefix)).collect();
            let mut read = written(&ruleset, condition);
            if also.iter().any(|above| ruleset.is_a(condition.ix, *above)) {
                read.insert("phase");
            }
            assert_eq!(asked, read, "{}", condition.id);
        }
    }

    #[test]
    fn a_list_that_leaves_something_out_has_a_name_of_its_own() {
        let ruleset = newest();
        let whole = intake_form(&ruleset, None, Language::En);
        let mut shorter = 0;
        for number in 0..ruleset.massage_types().len() {
            let form = intake_form(&ruleset, Some(number), Language::En);
            let id = form.massage_type.as_ref().unwrap();
            for item in form.items().filter(|item| matches!(item.asks, Asks::Conditions { .. })) {
                let of_whole = options_of(&whole, item.link_id.trim_end_matches(&format!(".{id}")));
                let same = options_of(&form, &item.link_id) == of_whole;
                assert_eq!(!same, item.link_id.ends_with(&format!(".{id}")), "{}", item.link_id);
                shorter += usize::from(!same);
            }
        }
        assert!(shorter > 0);
    }

    #[test]
    fn signs_that_need_a_doctor_now_come_first_and_are_red_flags_of_themselves() {
        let ruleset = newest();
        let form = intake_form(&ruleset, None, Language::En);
        let first = form.groups.first().unwrap();
        assert_eq!(first.link_id, "urgent");
        let urgent = options_of(&form, URGENT);
        for id in ["chest-pain", "stroke-signs", "cauda-equina-signs", "deep-vein-thrombosis"] {
            assert!(urgent.contains(id), "{id}");
        }
        for id in urgent.iter().filter(|id| **id != "none") {
            let request = crate::model::ScreeningRequest {
                session: crate::model::SessionRequest {
                    massage_type: "relaxing".to_owned(),
                    ..crate::model::SessionRequest::default()
                },
                client: None,
                intake: crate::model::Intake::Complete,
                asked: None,
                conditions: vec![crate::model::ConditionRequest {
                    id: Some((*id).to_owned()),
                    ..crate::model::ConditionRequest::default()
                }],
                clearances: None,
            };
            let facts = crate::ruleset::Facts::read(&ruleset, &request, jiff::civil::Date::default()).unwrap();
            assert!(!crate::screening::screen(&ruleset, &facts).red_flags.is_empty(), "{id}");
        }
    }

    #[test]
    fn the_client_is_asked_only_what_a_rule_reads() {
        let form = intake_form(&newest(), None, Language::En);
        let asked: Vec<&str> = form.items().filter_map(|item| item.link_id.strip_prefix("client.")).collect();
        assert_eq!(asked, ["age", "pregnancyWeeks", "activityLevel", "firstSession"]);
    }
}

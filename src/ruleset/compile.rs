//! From documents to a [`Ruleset`], its only maker: names become numbers, and what cannot be used is refused.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::model::{
    CitedSource, ConditionId, ConditionKind, Effect, EvidenceResponse, Level, MassageTypeId, PhaseSet, RecognisedBy,
    RegionId, RulesetStamp, SourceId, TechniqueId,
};

use super::bookings::BookingIndex;
use super::catalogue::{ancestors, massage_types, products, regions, techniques, unique};
use super::categories::CategorySet;
use super::document::{
    AdviceDocument, Bundle, ClientDocument, ConditionDocument, EvidenceDocument, ImpliedBy, PhaseWord,
    PostSessionRuleDocument, RuleDocument, Scope, SessionDocument, WhenPartly, WhenUnknown, WhereDocument,
};
use super::error::RulesetError;
use super::forbidden::{forbid, forbidden_after_session, forbidden_before_session};
use super::index::{
    AdviceEntry, BodyRegion, Category, ClearanceTest, Condition, ConditionIx, Fallbacks, Place, PostSessionRule, Rule,
    RuleIx, Ruleset,
};
use super::names::{CodeSays, Match, NameIndex, Vocabulary, normalise};
use super::observations;
use super::predicate::{ClientTest, Course, SessionTest};
use super::regions::RegionSet;
use super::release::{bundle_bytes, digest};

pub(super) type Result<T> = std::result::Result<T, RulesetError>;

impl Ruleset {
    /// A ruleset from the bytes of a release; its digest is theirs.
    ///
    /// # Errors
    /// Where the bytes are no bundle, or the bundle no ruleset.
    pub fn from_bundle_bytes(bytes: &[u8]) -> Result<Self> {
        let form = |source| RulesetError::Form { file: "bundle".to_owned(), source };
        let bundle: Bundle = serde_json::from_slice(bytes).map_err(form)?;
        compile(bundle, bytes.into())
    }

    /// A ruleset from its documents; its bytes are the canonical ones.
    ///
    /// # Errors
    /// Where the documents contradict each other.
    pub fn from_bundle(bundle: Bundle) -> Result<Self> {
        let bytes = bundle_bytes(&bundle)?;
        compile(bundle, bytes.into())
    }
}

fn compile(bundle: Bundle, bytes: Arc<[u8]>) -> Result<Ruleset> {
    let mut names = NameIndex::default();
    if let Some(file) = &bundle.words {
        names.set_words(file);
    }
    let techniques = techniques(&bundle, &mut names)?;
    let regions = regions(&bundle, &mut names)?;
    let products = products(&bundle, &mut names)?;
    let massage_types = massage_types(&bundle, &techniques, &mut names)?;
    let mut conditions = conditions(&bundle, &regions, &mut names)?;
    words(&bundle, &mut names)?;
    let rules = {
        let scope = RuleScope {
            conditions: &names.condition_ids,
            techniques: techniques.iter().enumerate().map(|(number, technique)| (&technique.id, number)).collect(),
            massage_types: massage_types.iter().enumerate().map(|(number, kind)| (&kind.id, number)).collect(),
            regions: &regions,
            products: products.iter().enumerate().map(|(number, product)| (product.id.as_str(), number)).collect(),
            sources: cited_sources(&bundle)?,
        };
        (rules(&bundle, &scope)?, scope.post_session(&bundle)?, scope.advice(&bundle)?)
    };
    let (rules, post_session_rules, (self_care, watch_for)) = rules;
    index_rules(&mut conditions, &rules);
    index_post_session_rules(&mut conditions, &post_session_rules);
    let fallbacks = fallbacks(&bundle, &conditions, &names)?;
    let categories = categories(&mut conditions, fallbacks)?;
    for category in &categories {
        names.guess(Vocabulary::Categories, normalise(&category.id), &category.id);
    }
    let unconditional = numbered(&rules).filter(|(_, rule)| rule.condition.is_none()).map(|(ix, _)| ix).collect();
    let observations = observations::compile(&bundle)?;
    let disclaimer = bundle
        .messages
        .get("common")
        .and_then(|common| common.get("disclaimer"))
        .map(|text| Arc::from(text.as_str()))
        .ok_or_else(|| RulesetError::Missing("sentence `common/disclaimer` in messages.json".to_owned()))?;
    let bookings = BookingIndex::new(&bundle)?;
    let stamp = RulesetStamp { version: bundle.manifest.version.clone(), digest: digest(&bytes).into() };
    Ok(Ruleset {
        stamp,
        bytes,
        bundle,
        conditions,
        categories,
        rules,
        unconditional,
        post_session_rules,
        self_care,
        watch_for,
        massage_types,
        techniques,
        regions,
        products,
        fallbacks,
        names,
        bookings,
        observations,
        disclaimer,
    })
}

fn numbered(rules: &[Rule]) -> impl Iterator<Item = (RuleIx, &Rule)> {
    rules.iter().enumerate().map(|(number, rule)| (RuleIx(index(number)), rule))
}

/// A number that [`at_most`] or memory has bounded.
#[expect(clippy::cast_possible_truncation, reason = "no ruleset holds four thousand million things")]
fn index(number: usize) -> u32 {
    number as u32
}

pub(super) fn at_most(kind: &'static str, number: usize, most: usize) -> Result<()> {
    if number > most { Err(RulesetError::TooMany { kind, most }) } else { Ok(()) }
}

pub(super) fn dangling(by: &str, kind: &'static str, id: &str) -> RulesetError {
    RulesetError::Dangling { by: by.to_owned(), kind, id: id.to_owned() }
}

fn place_named(by: &str, ids: &[RegionId], regions: &[BodyRegion]) -> Result<Option<Place>> {
    if ids.is_empty() {
        return Ok(None);
    }
    let set = region_set(by, ids, regions)?;
    let mut ids = ids.to_vec();
    ids.sort();
    Ok(Some(Place { set, ids }))
}

fn region_set(by: &str, ids: &[RegionId], regions: &[BodyRegion]) -> Result<RegionSet> {
    ids.iter().try_fold(RegionSet::default(), |set, id| {
        let region =
            regions.iter().find(|region| region.id == *id).ok_or_else(|| dangling(by, "body region", id.as_str()))?;
        Ok(set.union(region.set))
    })
}

fn conditions(bundle: &Bundle, regions: &[BodyRegion], names: &mut NameIndex) -> Result<Vec<Condition>> {
    let mut documents: Vec<(&str, &ConditionDocument)> = bundle
        .conditions
        .iter()
        .flat_map(|file| file.conditions.iter().map(|document| (file.category.as_str(), document)))
        .collect();
    documents.sort_by(|one, other| one.1.id.cmp(&other.1.id));
    unique("condition", documents.iter().map(|(_, document)| document.id.as_str()))?;
    let ids: Vec<&str> = documents.iter().map(|(_, document)| document.id.as_str()).collect();
    let parents: Vec<Vec<&str>> =
        documents.iter().map(|(_, document)| document.broader.iter().map(ConditionId::as_str).collect()).collect();
    let above = ancestors("condition", &ids, &parents)?;
    let mut conditions = Vec::with_capacity(documents.len());
    for ((number, (category, document)), above) in documents.iter().enumerate().zip(above) {
        let ix = ConditionIx(index(number));
        name_condition(document, ix, names)?;
        conditions.push(Condition {
            id: document.id.clone(),
            name: document.name.as_str().into(),
            category: (*category).into(),
            ix,
            family: CategorySet::default(),
            ancestors: above.into_iter().map(|number| ConditionIx(index(number))).collect(),
            place: place_named(document.id.as_str(), &document.regions, regions)?,
            rules: Box::default(),
            post_session_rules: Box::default(),
            document: Arc::new((*document).clone()),
        });
    }
    Ok(conditions)
}

fn name_condition(document: &ConditionDocument, ix: ConditionIx, names: &mut NameIndex) -> Result<()> {
    let id = document.id.as_str();
    names.condition_ids.insert(id.to_owned(), ix);
    // What clients cannot name is never offered to them.
    if !document.heading {
        names.guess(Vocabulary::Conditions, normalise(id), id);
    }
    let words = [(document.name.as_str(), RecognisedBy::Name), (id, RecognisedBy::Id)].into_iter().chain(
        document
            .synonyms
            .iter()
            .chain(document.names.values().flatten())
            .map(|name| (name.as_str(), RecognisedBy::Synonym)),
    );
    for (word, by) in words {
        let folded = normalise(word);
        if !document.heading {
            names.add_words(word, ix);
        }
        match names.condition_names.get(&folded) {
            Some(other) if other.condition != ix => {
                return Err(RulesetError::Duplicate { kind: "condition name", id: word.to_owned() });
            }
            Some(_) => {}
            None => {
                if !document.heading {
                    names.guess(Vocabulary::Conditions, folded.clone(), id);
                }
                names.condition_names.insert(folded, Match { condition: ix, by });
            }
        }
    }
    for code in &document.codes {
        let says = CodeSays { phase: code.phase, control: code.control, severity: code.severity };
        if !names.add_code(&code.system, &code.code, ix, says) {
            return Err(RulesetError::Duplicate { kind: "code", id: code.code.clone() });
        }
    }
    Ok(())
}

/// Words with several meanings, words of regions, and words that stand around names.
fn words(bundle: &Bundle, names: &mut NameIndex) -> Result<()> {
    for document in &bundle.ambiguous.ambiguous {
        let meanings = document
            .meanings
            .iter()
            .map(|id| {
                names
                    .condition_ids
                    .get(id.as_str())
                    .copied()
                    .ok_or_else(|| dangling("ambiguous.json", "condition", id.as_str()))
            })
            .collect::<Result<Vec<_>>>()?;
        for name in std::iter::once(&document.name).chain(&document.synonyms) {
            if names.condition_names.contains_key(&normalise(name)) {
                return Err(RulesetError::Duplicate { kind: "condition name", id: name.clone() });
            }
            names.add_ambiguous(name, &meanings);
        }
    }
    for (number, document) in bundle.body_regions.body_regions.iter().enumerate() {
        for name in document.synonyms.iter().map(String::as_str).chain([document.name.as_str(), document.id.as_str()]) {
            names.add_region_words(name, number);
        }
    }
    names.finish();
    Ok(())
}

fn cited_sources(bundle: &Bundle) -> Result<HashMap<&SourceId, CitedSource>> {
    unique("source", bundle.sources.sources.iter().map(|source| source.id.as_str()))?;
    Ok(bundle
        .sources
        .sources
        .iter()
        .map(|source| {
            let cited = CitedSource { id: source.id.clone(), title: source.title.clone(), url: source.url.clone() };
            (&source.id, cited)
        })
        .collect())
}

/// What the names in a rule can stand for.
struct RuleScope<'b> {
    conditions: &'b HashMap<String, ConditionIx>,
    techniques: BTreeMap<&'b TechniqueId, usize>,
    massage_types: BTreeMap<&'b MassageTypeId, usize>,
    regions: &'b [BodyRegion],
    products: BTreeMap<&'b str, usize>,
    sources: HashMap<&'b SourceId, CitedSource>,
}

fn rules(bundle: &Bundle, scope: &RuleScope<'_>) -> Result<Vec<Rule>> {
    let mut documents: Vec<(&str, &RuleDocument)> = bundle
        .rules
        .iter()
        .flat_map(|file| file.rules.iter().map(|document| (file.category.as_str(), document)))
        .collect();
    documents.sort_by(|one, other| one.1.id.cmp(&other.1.id));
    unique("rule", documents.iter().map(|(_, document)| document.id.as_str()))?;
    documents
        .into_iter()
        .map(|(category, document)| match forbidden_before_session(document) {
            Some(what) => Err(RulesetError::Forbidden { rule: document.id.to_string(), what }),
            None => scope.rule(category, document),
        })
        .collect()
}

/// A rule about what is felt after a session, as a rule of a screening: for its predicates and its checks.
pub(super) fn as_rule(document: &PostSessionRuleDocument) -> RuleDocument {
    RuleDocument {
        id: document.id.clone(),
        effect: if document.level == Level::Expected { Effect::Advise } else { Effect::Deny },
        scope: Scope::Systemic,
        condition: document.condition.clone(),
        where_: document.where_.clone(),
        client: document.client.clone(),
        session: document.session.clone(),
        affects: Vec::new(),
        when_unknown: document.when_unknown,
        when_partly: WhenPartly::Caution,
        with_clearance: None,
        red_flag: None,
        reason: document.reason.clone(),
        requirements: Vec::new(),
        evidence: document.evidence.clone(),
        note: document.note.clone(),
    }
}

impl RuleScope<'_> {
    fn post_session(&self, bundle: &Bundle) -> Result<Vec<PostSessionRule>> {
        let mut documents: Vec<&PostSessionRuleDocument> = bundle.post_session.rules.iter().collect();
        documents.sort_by(|one, other| one.id.cmp(&other.id));
        unique("post-session rule", documents.iter().map(|document| document.id.as_str()))?;
        documents
            .into_iter()
            .map(|document| {
                if let Some(what) = forbidden_after_session(document) {
                    return Err(RulesetError::Forbidden { rule: document.id.to_string(), what });
                }
                let rule = self.rule("post-session", &as_rule(document))?;
                Ok(PostSessionRule { rule, level: document.level, document: Arc::new(document.clone()) })
            })
            .collect()
    }

    fn advice(&self, bundle: &Bundle) -> Result<(Vec<AdviceEntry>, Vec<AdviceEntry>)> {
        let entries = |documents: &[AdviceDocument]| {
            documents
                .iter()
                .map(|document| {
                    let numbers = |ids: &[ConditionId]| {
                        ids.iter().map(|id| self.condition(&document.id, id)).collect::<Result<Vec<_>>>()
                    };
                    Ok(AdviceEntry {
                        symptoms: numbers(&document.symptoms)?,
                        not_with: numbers(&document.not_with)?,
                        document: document.clone(),
                    })
                })
                .collect::<Result<Vec<_>>>()
        };
        Ok((entries(&bundle.post_session.self_care)?, entries(&bundle.post_session.watch_for)?))
    }

    fn rule(&self, category: &str, document: &RuleDocument) -> Result<Rule> {
        forbid(document)?;
        let by = document.id.as_str();
        self.requirements(document)?;
        Ok(Rule {
            id: document.id.clone(),
            effect: document.effect,
            condition: document.condition.as_ref().map(|id| self.condition(by, id)).transpose()?,
            course: self.course(by, document.where_.as_ref())?,
            client: self.client(by, document.client.as_ref())?,
            session: self.session(by, document.session.as_ref())?,
            local: document.scope == Scope::Local,
            affects: place_named(by, &document.affects, self.regions)?,
            assumes: document.when_unknown == WhenUnknown::Assume,
            when_partly: match document.when_partly {
                WhenPartly::Advise => document.effect.min(Effect::Advise),
                WhenPartly::Caution => document.effect.min(Effect::Caution),
            },
            clearance: document.with_clearance.map(|clearance| ClearanceTest {
                by: clearance.by,
                effect: clearance.effect,
                max_age_days: clearance.max_age_days.map(i32::from),
            }),
            red_flag: document.red_flag.map(|flag| flag.urgency),
            requirements: document.requirements.clone(),
            evidence: self.evidence(by, &document.evidence)?,
            document: Arc::new(document.clone()),
            category: category.into(),
        })
    }

    fn condition(&self, by: &str, id: &ConditionId) -> Result<ConditionIx> {
        self.conditions.get(id.as_str()).copied().ok_or_else(|| dangling(by, "condition", id.as_str()))
    }

    fn course(&self, by: &str, document: Option<&WhereDocument>) -> Result<Course> {
        let Some(document) = document else { return Ok(Course::default()) };
        Ok(Course {
            phases: document
                .phase
                .as_ref()
                .map(|words| words.iter().fold(PhaseSet::EMPTY, |set, word| set.union(phases_of(*word)))),
            resolved_within_days: document.resolved_within_days.map(i32::from),
            onset_within_days: document.onset_within_days.map(i32::from),
            control: document.control.clone(),
            severity: document.severity.clone(),
            regions: document.regions.as_ref().map(|ids| region_set(by, ids, self.regions)).transpose()?,
            onset_hours: document.onset_hours_after,
            duration_hours: document.duration_hours,
            trend: document.trend.clone(),
        })
    }

    fn client(&self, by: &str, document: Option<&ClientDocument>) -> Result<ClientTest> {
        let Some(document) = document else { return Ok(ClientTest::default()) };
        let also = document.also.as_ref();
        Ok(ClientTest {
            age: document.age,
            pregnancy_weeks: document.pregnancy_weeks,
            sex: document.sex.clone(),
            activity_level: document.activity_level.clone(),
            first_session: document.first_session,
            also: also.map(|ids| ids.iter().map(|id| self.condition(by, id)).collect()).transpose()?,
        })
    }

    fn session(&self, by: &str, document: Option<&SessionDocument>) -> Result<SessionTest> {
        let Some(document) = document else { return Ok(SessionTest::default()) };
        let only = document.massage_types.as_ref().map(|ids| self.type_bits(by, ids)).transpose()?;
        let never = document.except_massage_types.as_ref().map(|ids| self.type_bits(by, ids)).transpose()?;
        let massage_types = match (only, never) {
            (None, None) => None,
            (only, never) => Some(only.unwrap_or(u64::MAX) & !never.unwrap_or(0)),
        };
        Ok(SessionTest {
            massage_types,
            techniques: document.techniques.as_ref().map(|ids| self.technique_bits(by, ids)).transpose()?,
            tones: document.effects.clone(),
            pressure: document.pressure.map(|pressure| pressure.at_least),
            duration_minutes: document.duration_minutes.map(|minutes| minutes.at_least),
            regions: document.regions.as_ref().map(|ids| region_set(by, ids, self.regions)).transpose()?,
            products: document.products.as_ref().map(|ids| self.product_numbers(by, ids)).transpose()?,
        })
    }

    fn type_bits(&self, by: &str, ids: &[MassageTypeId]) -> Result<u64> {
        ids.iter().try_fold(0, |bits, id| {
            let number = self.massage_types.get(id).ok_or_else(|| dangling(by, "massage type", id.as_str()))?;
            Ok(bits | 1 << number)
        })
    }

    fn technique_bits(&self, by: &str, ids: &[TechniqueId]) -> Result<u64> {
        ids.iter().try_fold(0, |bits, id| {
            let number = self.techniques.get(id).ok_or_else(|| dangling(by, "technique", id.as_str()))?;
            Ok(bits | 1 << number)
        })
    }

    fn product_numbers(&self, by: &str, ids: &[crate::model::ProductId]) -> Result<Vec<usize>> {
        ids.iter()
            .map(|id| self.products.get(id.as_str()).copied().ok_or_else(|| dangling(by, "product", id.as_str())))
            .collect()
    }

    fn evidence(&self, by: &str, document: &EvidenceDocument) -> Result<EvidenceResponse> {
        let cite = |ids: &[SourceId]| {
            ids.iter()
                .map(|id| self.sources.get(id).cloned().ok_or_else(|| dangling(by, "source", id.as_str())))
                .collect::<Result<Arc<[CitedSource]>>>()
        };
        Ok(EvidenceResponse {
            grade: document.grade,
            sources: cite(&document.agree)?,
            disagree: cite(&document.disagree)?,
        })
    }

    /// Whether everything that the requirements name exists.
    fn requirements(&self, document: &RuleDocument) -> Result<()> {
        use crate::model::Requirement as R;
        let by = document.id.as_str();
        for requirement in &document.requirements {
            match requirement {
                R::AvoidRegion { regions } | R::PressureMax { regions: Some(regions), .. } => {
                    region_set(by, regions, self.regions)?;
                }
                R::AvoidTechnique { techniques, regions } => {
                    self.technique_bits(by, techniques)?;
                    region_set(by, regions.as_deref().unwrap_or_default(), self.regions)?;
                }
                R::AvoidProduct { products } => {
                    self.product_numbers(by, products)?;
                }
                R::PressureMax { regions: None, .. }
                | R::DurationMax { .. }
                | R::Position { .. }
                | R::TherapistTraining { .. }
                | R::CheckFirst { .. }
                | R::RiseSlowly
                | R::StopOnRequest
                | R::StopOnPain
                | R::FragranceFreeProduct
                | R::GradualPressure
                | R::NoHeat
                | R::NoForcedJointMovement
                | R::HygieneCover
                | R::TherapistFeedback
                | R::DrinkToThirst
                | R::GentleAfterCare => {}
            }
        }
        Ok(())
    }
}

/// The phases that one word of a rule stands for.
pub(super) fn phases_of(word: PhaseWord) -> PhaseSet {
    use crate::model::Phase;
    match word {
        PhaseWord::Acute => Phase::Acute.into(),
        PhaseWord::Subacute => Phase::Subacute.into(),
        PhaseWord::Chronic => Phase::Chronic.into(),
        PhaseWord::Flare => Phase::Flare.into(),
        PhaseWord::Remission => Phase::Remission.into(),
        PhaseWord::Resolved => Phase::Resolved.into(),
        PhaseWord::Current => PhaseSet::CURRENT,
    }
}

/// Gives each condition the rules on itself and on everything above it.
fn index_rules(conditions: &mut [Condition], rules: &[Rule]) {
    let mut own: HashMap<ConditionIx, Vec<RuleIx>> = HashMap::new();
    for (ix, rule) in numbered(rules) {
        if let Some(condition) = rule.condition {
            own.entry(condition).or_default().push(ix);
        }
    }
    for condition in conditions {
        let mut folded: Vec<RuleIx> =
            condition.ancestors.iter().filter_map(|above| own.get(above)).flatten().copied().collect();
        folded.sort_unstable();
        condition.rules = folded.into();
    }
}

/// The categories of the conditions, each with the rules that it can wake; gives each condition those of its family.
fn categories(conditions: &mut [Condition], fallbacks: Fallbacks) -> Result<Vec<Category>> {
    let mut ids: Vec<Arc<str>> = conditions.iter().map(|condition| condition.category.clone()).collect();
    ids.sort();
    ids.dedup();
    at_most("category", ids.len(), CategorySet::MOST)?;
    let number = |id: &Arc<str>| ids.binary_search(id).unwrap_or_default();
    let mut rules: Vec<BTreeSet<RuleIx>> = vec![BTreeSet::new(); ids.len()];
    let mut families = vec![CategorySet::default(); conditions.len()];
    for (at, condition) in conditions.iter().enumerate() {
        let category = number(&condition.category);
        for above in &condition.ancestors {
            if let Some(family) = families.get_mut(above.0 as usize) {
                *family = family.union(CategorySet::single(category));
            }
        }
        if let Some(rules) = rules.get_mut(category).filter(|_| !fallbacks.stand_in(ConditionIx(index(at)))) {
            rules.extend(&condition.rules);
        }
    }
    for (condition, family) in conditions.iter_mut().zip(families) {
        condition.family = family;
    }
    let found = ids.into_iter().zip(rules).enumerate().map(|(number, (id, rules))| Category {
        id,
        set: CategorySet::single(number),
        rules: rules.into_iter().collect(),
    });
    Ok(found.collect())
}

fn index_post_session_rules(conditions: &mut [Condition], rules: &[PostSessionRule]) {
    for condition in conditions {
        condition.post_session_rules = rules
            .iter()
            .enumerate()
            .filter(|(_, rule)| rule.rule.condition.is_some_and(|about| condition.ancestors.contains(&about)))
            .map(|(number, _)| number)
            .collect();
    }
}

fn fallbacks(bundle: &Bundle, conditions: &[Condition], names: &NameIndex) -> Result<Fallbacks> {
    let find = |id: &ConditionId| {
        names.condition_ids.get(id.as_str()).copied().ok_or_else(|| dangling("manifest.json", "condition", id.as_str()))
    };
    let ids = &bundle.manifest.fallbacks;
    let fallbacks = Fallbacks {
        unrecognised: find(&ids.unrecognised)?,
        incomplete_intake: find(&ids.incomplete_intake)?,
        approximate: ids.approximate.as_ref().map(find).transpose()?,
        pregnancy: conditions
            .iter()
            .position(|condition| condition.document.implied_by == Some(ImpliedBy::PregnancyWeeks))
            .map(|number| ConditionIx(index(number))),
    };
    for (ix, id) in [(fallbacks.unrecognised, &ids.unrecognised), (fallbacks.incomplete_intake, &ids.incomplete_intake)]
    {
        let condition = conditions.get(ix.0 as usize);
        if condition.is_none_or(|condition| {
            condition.rules.is_empty() || condition.document.kind != ConditionKind::Circumstance
        }) {
            return Err(RulesetError::Missing(format!("circumstance `{id}` with a rule on it")));
        }
    }
    Ok(fallbacks)
}

//! The words of a card: one line that names the booking, and everything that led to it as GitHub Flavored Markdown.

use std::fmt::Write as _;

use jiff::civil::Date;
use serde_json::Value;

use crate::cds::booked::Booking;
use crate::cds::record::WarningCode;
use crate::cds::terminology;
use crate::model::{Action, Certainty, CitedSource, ClearedBy, Effect, Language, Reason, RuleId, Verdict, WayForward};
use crate::ruleset::Ruleset;

use super::Desk;
use super::screened::Screened;
use super::words::{self, day, list, plain, section, theirs};

/// The longest summary, in characters: fewer than 140 (CDS Hooks 2.0.1, "Card Attributes").
const SUMMARY_MOST: usize = 139;

fn lead(action: Action, verdict: Verdict) -> &'static str {
    match (action, verdict) {
        (Action::Refer, _) => "do not book, refer to a doctor",
        (Action::HoldForClearance, _) => "hold until it is agreed to",
        (Action::Ask, Verdict::Deny) => "do not book before it is settled",
        (_, Verdict::Deny) => "do not book",
        (Action::Ask, _) => "ask before booking",
        (_, Verdict::Caution) => "book with precautions",
        (_, Verdict::Allow) => "nothing known speaks against it",
    }
}

/// What is booked: `Thai massage on 28 November 2026`.
fn booked(ruleset: &Ruleset, booking: &Booking<'_>, on: Date) -> String {
    let what = match booking.types.as_slice() {
        [] => "Massage".to_owned(),
        types => {
            let names: Vec<String> = types.iter().map(|number| terminology::coding(ruleset, Some(*number)).1).collect();
            list(&names)
        }
    };
    let order = if booking.resource.is_some_and(|resource| resource.kind() != "Appointment") { " (order)" } else { "" };
    let untold = if booking.types.is_empty() { ", type not told," } else { "" };
    let on_day = if booking.date.is_none() { "without a day, screened for" } else { "on" };
    format!("{what}{order}{untold} {on_day} {}", day(on))
}

/// One line that names the booking and says what to do.
pub(super) fn summary(ruleset: &Ruleset, booking: &Booking<'_>, screened: &Screened) -> String {
    let lead = lead(screened.action(), screened.verdict);
    cut(&if booking.resource.is_some() {
        format!("{}: {lead}", booked(ruleset, booking, screened.on))
    } else if screened.red_flags().is_empty() {
        "No type of massage can be booked at present".to_owned()
    } else {
        "No massage for now: the client should be seen by a doctor".to_owned()
    })
}

fn cut(text: &str) -> String {
    if text.chars().count() <= SUMMARY_MOST {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(SUMMARY_MOST - 1).collect();
    short.push('…');
    short
}

/// Everything that led to the card.
pub(super) fn detail(desk: &Desk<'_>, booking: &Booking<'_>, screened: &Screened) -> String {
    let ruleset = desk.ruleset;
    let mut text = String::new();
    let action = screened.action();
    let what = if booking.resource.is_some() {
        booked(ruleset, booking, screened.on)
    } else {
        "Massage of any type".to_owned()
    };
    // Writing to a string cannot fail.
    let _ = writeln!(text, "**{}: {}.**", plain(&what), lead(action, screened.verdict));
    let texts = ruleset.texts(Language::En);
    let urgent = screened.urgency().map(|urgency| format!("{}-{}", action.as_str(), urgency.as_str()));
    let sentence = urgent.and_then(|key| texts.message("clinician", &key));
    if let Some(sentence) = sentence.or_else(|| texts.message("clinician", action.as_str())) {
        let _ = writeln!(text, "\n{}", plain(sentence));
    }
    section(&mut text, "See a doctor", &red_flags(screened));
    section(&mut text, "To be known first", &caveats(booking, screened));
    section(&mut text, "Massage types", &types(ruleset, booking, screened));
    section(&mut text, "Reasons", &reasons(desk, screened, |effect| effect >= Effect::Caution));
    section(&mut text, "What the session must observe", &requirements(ruleset, screened));
    section(&mut text, "Questions", &questions(screened));
    section(&mut text, "What would make it possible", &ways(ruleset, booking, screened));
    section(&mut text, "Advice", &reasons(desk, screened, |effect| effect < Effect::Caution));
    section(&mut text, "Not understood", &not_understood(screened));
    section(&mut text, "Left out of the record", &warnings(screened));
    let _ = writeln!(text, "\n{}", plain(&texts.disclaimer()));
    let _ = write!(text, "\nRuleset {}.", plain(ruleset.version()));
    text
}

fn red_flags(screened: &Screened) -> Vec<String> {
    let line =
        |flag: &&crate::model::RedFlag| format!("{} This is {}.", plain(&flag.text), words::urgency(flag.urgency));
    let mut lines: Vec<String> = screened.red_flags().iter().map(line).collect();
    lines.dedup();
    lines
}

fn caveats(booking: &Booking<'_>, screened: &Screened) -> Vec<String> {
    let mut lines = Vec::new();
    if booking.other_patient {
        lines.push(
            "The booking names another patient than the one whose record came with it: check whom it is for."
                .to_owned(),
        );
    }
    if booking.reasons.damaged {
        lines.push("A part of the booking could not be read.".to_owned());
    }
    if screened.by_type.is_empty() {
        lines.push("The record could not be screened: check it by hand.".to_owned());
    }
    if !screened.record.incomplete.is_empty() {
        let keys: Vec<String> = screened.record.incomplete.iter().map(|key| key.name().to_owned()).collect();
        lines.push(format!("The record is not complete: {}.", list(&keys)));
    }
    lines
}

/// Where the type is not told, or several are named: which are possible.
fn types(ruleset: &Ruleset, booking: &Booking<'_>, screened: &Screened) -> Vec<String> {
    if screened.by_type.len() < 2 || booking.resource.is_none() {
        return Vec::new();
    }
    let of = |verdict: Verdict| {
        let fits = screened.by_type.iter().filter(|(_, screening)| screening.verdict == verdict);
        list(&fits.map(|(number, _)| terminology::coding(ruleset, Some(*number)).1).collect::<Vec<_>>())
    };
    let headings = [
        (Verdict::Allow, "Possible"),
        (Verdict::Caution, "Possible with precautions"),
        (Verdict::Deny, "Not possible"),
    ];
    let lines = headings.map(|(verdict, heading)| (heading, of(verdict)));
    lines
        .into_iter()
        .filter(|(_, names)| !names.is_empty())
        .map(|(heading, names)| format!("{heading}: {}.", plain(&names)))
        .collect()
}

fn reasons(desk: &Desk<'_>, screened: &Screened, counts: impl Fn(Effect) -> bool) -> Vec<String> {
    let reasons = screened.reasons().into_iter().filter(|(reason, _)| counts(reason.effect));
    reasons.map(|(reason, types)| reason_line(desk, screened, reason, &types)).collect()
}

fn reason_line(desk: &Desk<'_>, screened: &Screened, reason: &Reason, types: &[usize]) -> String {
    let ruleset = desk.ruleset;
    let effect = match (reason.effect, reason.certainty) {
        (Effect::Deny, Certainty::Assumed) => "Contraindication, assumed until more is known",
        (Effect::Deny, _) => "Contraindication",
        (Effect::Caution, Certainty::Possible) => "Precaution until more is known",
        (Effect::Caution, _) => "Precaution",
        (Effect::Advise, _) => "Advice",
        (Effect::Indicate, _) => "Good match",
    };
    let mut line = format!("{effect}: {}", plain(&reason.text));
    if let Some(condition) = &reason.condition
        && let Some(found) = ruleset.names().by_id(condition.as_str())
    {
        let name = plain(&ruleset.condition(found.condition).name);
        let mut resources: Vec<&String> =
            reason.facts.iter().flat_map(|pointer| screened.record.resources(pointer)).collect();
        resources.sort();
        resources.dedup();
        let read: Vec<String> = resources.into_iter().map(|resource| theirs(resource)).collect();
        let read = if read.is_empty() { String::new() } else { format!(", read in {}", list(&read)) };
        let _ = write!(line, " ({name}{read})");
    }
    if !types.is_empty() {
        let names: Vec<String> = types.iter().map(|number| terminology::coding(ruleset, Some(*number)).1).collect();
        let _ = write!(line, " Only for: {}.", plain(&list(&names)));
    }
    if let Some(date) = reason.eligible_from {
        let _ = write!(line, " Until {}.", day(date));
    }
    if let Some(by) = reason.clearance {
        let _ = write!(line, " Milder once {} has agreed.", words::by(by));
    }
    if reason.softened.is_some() {
        line.push_str(" Milder than the rule by itself, for what is known here.");
    }
    let _ = write!(
        line,
        " Rule {}; {}: {}.",
        rule(desk, &reason.rule_id),
        words::grade(reason.evidence.grade),
        sources(&reason.evidence.sources)
    );
    if !reason.evidence.disagree.is_empty() {
        let _ = write!(line, " Otherwise: {}.", sources(&reason.evidence.disagree));
    }
    line
}

/// The address of a rule's page, where the service knows its own.
pub(super) fn rule_page(desk: &Desk<'_>, id: &RuleId) -> Option<String> {
    let base = desk.public_url?.trim_end_matches('/');
    Some(format!("{base}/v1/rulesets/{}/rules/{id}", desk.ruleset.version()))
}

fn rule(desk: &Desk<'_>, id: &RuleId) -> String {
    rule_page(desk, id).map_or_else(|| format!("`{id}`"), |page| format!("[`{id}`]({page})"))
}

fn sources(sources: &[CitedSource]) -> String {
    let cite = |source: &CitedSource| {
        let title = plain(source.title.trim_end_matches('.'));
        match source.url.as_deref().filter(|url| url.starts_with("https://") || url.starts_with("http://")) {
            Some(url) => format!("[{title}]({})", url.replace('(', "%28").replace(')', "%29").replace(' ', "%20")),
            None => title,
        }
    };
    sources.iter().map(cite).collect::<Vec<_>>().join("; ")
}

fn requirements(ruleset: &Ruleset, screened: &Screened) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for (_, screening) in screened
        .by_type
        .iter()
        .filter(|(_, screening)| screening.verdict < Verdict::Deny || screened.verdict == Verdict::Deny)
    {
        for requirement in &screening.requirements {
            let line = plain(&words::requirement(ruleset, requirement));
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
    }
    lines
}

fn questions(screened: &Screened) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for question in screened.by_type.iter().flat_map(|(_, screening)| &screening.questions) {
        let mut resources: Vec<String> =
            screened.record.resources(&question.about).iter().map(|it| theirs(it)).collect();
        resources.dedup();
        let about = if resources.is_empty() { String::new() } else { format!(" (about {})", list(&resources)) };
        let line = format!("{}{about}", plain(&question.text));
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines
}

fn ways(ruleset: &Ruleset, booking: &Booking<'_>, screened: &Screened) -> Vec<String> {
    if booking.types.is_empty() {
        return Vec::new();
    }
    let mut lines: Vec<String> = Vec::new();
    let Some(screening) = screened.strictest() else { return lines };
    if let Some(date) = screening.eligible_from {
        lines.push(format!("From {} on, time alone makes it milder.", day(date)));
    }
    for way in &screening.ways_forward {
        lines.push(format!("{}: {}.", way_line(ruleset, way), words::verdict(way.verdict)));
    }
    lines
}

fn way_line(ruleset: &Ruleset, way: &WayForward) -> String {
    // The type, then how, then who has to agree.
    let others: Vec<String> = way.other_massage_types.iter().map(|kind| massage_type(ruleset, kind.as_str())).collect();
    let or = if others.is_empty() { String::new() } else { format!(" (or {})", list(&others)) };
    let part = |(pointer, value): (&String, &Value)| {
        let or = if pointer == "/session/massageType" { or.as_str() } else { "" };
        format!("{}{or}", change(ruleset, pointer, value))
    };
    let parts: Vec<String> = way.change.iter().rev().map(part).collect();
    let line = parts.join(", ");
    let mut letters = line.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}", first.to_uppercase(), letters.as_str()))
}

fn change(ruleset: &Ruleset, pointer: &str, value: &Value) -> String {
    let text = value.as_str().unwrap_or_default();
    let number = value.as_u64().unwrap_or_default();
    match pointer {
        "/session/massageType" => massage_type(ruleset, text),
        "/session/pressure" => format!("pressure {number} of 5"),
        "/session/date" => text.parse().map_or_else(|_| plain(text), |date| format!("on {}", day(date))),
        "/session/products" => "no product on the skin".to_owned(),
        "/session/bodyRegions" => {
            let ids: Vec<crate::model::RegionId> = serde_json::from_value(value.clone()).unwrap_or_default();
            format!("only {}", plain(&words::regions(ruleset, &ids)))
        }
        _ => agreement(ruleset, value),
    }
}

fn massage_type(ruleset: &Ruleset, id: &str) -> String {
    let number = ruleset.massage_types().iter().position(|kind| kind.id.as_str() == id);
    plain(&terminology::coding(ruleset, number).1)
}

fn agreement(ruleset: &Ruleset, value: &Value) -> String {
    let by: Option<ClearedBy> = value.get("by").and_then(|by| serde_json::from_value(by.clone()).ok());
    let id = value.get("condition").and_then(Value::as_str).unwrap_or_default();
    let name = ruleset.names().by_id(id).map(|found| plain(&ruleset.condition(found.condition).name));
    format!("with the agreement of {} in view of {}", by.map_or("a physician", words::by), name.unwrap_or_default())
}

fn not_understood(screened: &Screened) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let Some((_, screening)) = screened.by_type.first() else { return lines };
    for unknown in &screening.coverage.unrecognised {
        let resources: Vec<String> = screened.record.resources(&unknown.pointer).iter().map(|it| theirs(it)).collect();
        let place = if resources.is_empty() { String::new() } else { format!(" ({})", list(&resources)) };
        lines.push(format!("{}{place}", theirs(&unknown.text)));
    }
    if !screening.coverage.not_asked.is_empty() {
        let names: Vec<String> = screening.coverage.not_asked.iter().map(|name| plain(name)).collect();
        lines.push(format!("Nothing was told of: {}.", list(&names)));
    }
    lines
}

fn warnings(screened: &Screened) -> Vec<String> {
    let why = |code: WarningCode| match code {
        WarningCode::NotSent => "was not sent",
        WarningCode::NotAvailable => "could not be had",
        WarningCode::NotAll => "has more than was sent",
        WarningCode::NotKnown => "is not known to the record itself",
        WarningCode::Unreadable => "cannot be read",
        WarningCode::OtherPatient => "belongs to another patient",
        WarningCode::Contradictory => "has codes and words that differ",
        WarningCode::UnknownType => "is of a type that is not read",
        WarningCode::UnknownUnit => "has a unit that is not known",
    };
    screened
        .record
        .warnings
        .iter()
        .map(|warning| format!("{} {}.", theirs(&warning.about), why(warning.code)))
        .collect()
}

//! Sentences of a card: what is ours in plain words, what is the client's or the EHR's made harmless.

use std::fmt::Write as _;

use jiff::civil::Date;

use crate::model::{
    CheckFirst, ClearedBy, Grade, Position, RegionId, Requirement, TechniqueId, Training, Urgency, Verdict,
};
use crate::ruleset::Ruleset;

/// The longest text of others that is shown, in characters.
const MOST: usize = 120;

/// A text as plain words of GitHub Flavored Markdown: no markup, no HTML, no address that turns into a link, one line.
///
/// Clients show raw HTML within Markdown, and turn bare addresses into links after they have read the escapes.
pub(super) fn plain(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '!' | '$' => {
                escaped.push('\\');
                escaped.push(letter);
            }
            // They would turn around what stands behind them, or hide it.
            '\u{61c}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{e0000}'..='\u{e007f}' => {}
            letter if letter.is_whitespace() || letter.is_control() => escaped.push(' '),
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// A text of the client or the EHR: as [`plain`], cut to a length, and without addresses that could become links.
pub(super) fn theirs(text: &str) -> String {
    let mut shown: String = text.chars().take(MOST).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    let apart = [
        ("://", "\u{200b}://\u{200b}"),
        ("www.", "www\u{200b}."),
        ("WWW.", "WWW\u{200b}."),
        ("@", "\u{200b}@\u{200b}"),
    ];
    let shown = apart.iter().fold(shown, |shown, (joined, parted)| shown.replace(joined, parted));
    plain(&shown)
}

/// A day as people write it: 28 November 2026.
pub(super) fn day(date: Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}

/// A list in words: `a, b and c`.
pub(super) fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// What a verdict says of a booking.
pub(super) const fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Allow => "nothing known speaks against it",
        Verdict::Caution => "with precautions",
        Verdict::Deny => "not this session",
    }
}

/// How soon the client should be seen.
pub(super) const fn urgency(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::Soon => "to be seen by a doctor within days",
        Urgency::SameDay => "to be seen by a doctor today",
        Urgency::Emergency => "an emergency: call the emergency number now",
    }
}

/// Who agrees.
pub(super) const fn by(by: ClearedBy) -> &'static str {
    match by {
        ClearedBy::Client => "the client",
        ClearedBy::Therapist => "the therapist",
        ClearedBy::Physician => "a physician",
        ClearedBy::Specialist => "a specialist",
    }
}

/// How strong the support is.
pub(super) const fn grade(grade: Grade) -> &'static str {
    match grade {
        Grade::Strong => "strong evidence",
        Grade::Moderate => "moderate evidence",
        Grade::Weak => "weak evidence",
        Grade::Consensus => "consensus",
        Grade::Traditional => "tradition",
        Grade::Extrapolated => "read across from neighbouring cases",
    }
}

/// Names of body regions.
pub(super) fn regions<'i>(ruleset: &Ruleset, ids: impl IntoIterator<Item = &'i RegionId>) -> String {
    let name = |id: &RegionId| {
        let found = ruleset.regions().iter().find(|region| region.id == *id);
        found.map_or(id.as_str(), |region| region.name.as_str()).to_lowercase()
    };
    list(&ids.into_iter().map(name).collect::<Vec<_>>())
}

fn techniques(ruleset: &Ruleset, ids: &[TechniqueId]) -> String {
    let name = |id: &TechniqueId| {
        let found = ruleset.techniques().iter().find(|technique| technique.id == *id);
        found.map_or(id.as_str(), |technique| technique.name.as_str()).to_lowercase()
    };
    list(&ids.iter().map(name).collect::<Vec<_>>())
}

fn at(ruleset: &Ruleset, ids: Option<&Vec<RegionId>>) -> String {
    ids.map_or_else(String::new, |ids| format!(" at {}", regions(ruleset, ids)))
}

/// What a session must observe, as a sentence.
pub(super) fn requirement(ruleset: &Ruleset, requirement: &Requirement) -> String {
    use Requirement as R;
    match requirement {
        R::AvoidRegion { regions: ids } => format!("Leave out: {}.", regions(ruleset, ids)),
        R::AvoidTechnique { techniques: ids, regions } => {
            format!("Do without {}{}.", techniques(ruleset, ids), at(ruleset, regions.as_ref()))
        }
        R::PressureMax { level, regions } => {
            format!("Pressure {} of 5 at most{}.", level.level(), at(ruleset, regions.as_ref()))
        }
        R::AvoidProduct { products } => {
            let name = |id: &crate::model::ProductId| {
                let found = ruleset.products().iter().find(|product| product.id == *id);
                found.map_or(id.as_str(), |product| product.name.as_str()).to_lowercase()
            };
            format!("Do not use {}.", list(&products.iter().map(name).collect::<Vec<_>>()))
        }
        R::DurationMax { minutes } => format!("{minutes} minutes at most."),
        R::Position { position } => position_words(*position).to_owned(),
        R::TherapistTraining { training } => training_words(*training).to_owned(),
        R::CheckFirst { what } => check_words(*what).to_owned(),
        R::RiseSlowly => "Get up in stages: sit first, then stand.".to_owned(),
        R::StopOnRequest => "Stop whenever the client asks.".to_owned(),
        R::StopOnPain => "Stop at sharp or spreading pain.".to_owned(),
        R::FragranceFreeProduct => "Use a product without fragrance.".to_owned(),
        R::GradualPressure => "Start light and add pressure over the course of sessions.".to_owned(),
        R::NoHeat => "No hot stones, hot room or heat pack.".to_owned(),
        R::NoForcedJointMovement => "Take no joint past its free range.".to_owned(),
        R::HygieneCover => "Cover the place and keep it clean.".to_owned(),
        R::TherapistFeedback => "Ask the client how the pressure feels, more than once.".to_owned(),
        R::DrinkToThirst => "Offer water to drink to thirst.".to_owned(),
        R::GentleAfterCare => "Leave time to rest afterwards.".to_owned(),
    }
}

const fn position_words(position: Position) -> &'static str {
    match position {
        Position::SideLying => "The client lies on the side.",
        Position::SemiReclined => "The client lies on the back, raised from the hips.",
        Position::Seated => "The client sits on a chair.",
        Position::NotFaceDown => "The client does not lie face down.",
        Position::NotFlatOnBack => "The client does not lie flat on the back.",
        Position::HeadRaised => "The client lies with the head raised.",
        Position::Supported => "The client lies with cushions where the body needs them.",
    }
}

const fn training_words(training: Training) -> &'static str {
    match training {
        Training::QualifiedTherapist => "The therapist has a full professional training.",
        Training::OncologyMassage => "The therapist is trained in massage for people with cancer.",
        Training::PregnancyMassage => "The therapist is trained in massage in pregnancy.",
        Training::PointTraining => "The therapist is trained in points and anatomy.",
        Training::ClinicalSetting => "The session is held under a clinic's roof.",
        Training::LicensedManualTherapist => "The therapist has a licence for manual therapy.",
    }
}

const fn check_words(what: CheckFirst) -> &'static str {
    match what {
        CheckFirst::BloodPressure => "Measure the blood pressure first.",
        CheckFirst::BloodGlucose => "Measure the blood glucose first.",
        CheckFirst::Temperature => "Measure the body temperature first.",
        CheckFirst::Skin => "Look at the skin where hands will be first.",
        CheckFirst::PainToday => "Ask first where it hurts today.",
        CheckFirst::ProductPatchTest => "Try the product on a small patch of skin first.",
        CheckFirst::MedicationList => "Go through the list of medicines first.",
        CheckFirst::DoctorAgreedMethods => "Ask first which methods and movements the doctor agreed to.",
    }
}

/// A heading and a list of lines below it; nothing where there are no lines.
pub(super) fn section(into: &mut String, heading: &str, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    // Writing to a string cannot fail.
    let _ = write!(into, "\n**{heading}**\n\n");
    for line in lines {
        let _ = writeln!(into, "- {line}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_say_cannot_become_markup() {
        let hostile = "<img src=x onerror=alert(1)> [click](javascript:alert(1)) `x` **b** https://evil.example www.evil.example a@b.example\n# h";
        let shown = theirs(&hostile.chars().take(110).collect::<String>());
        assert!(!shown.contains('<') && !shown.contains("https://") && !shown.contains("www.e"), "{shown}");
        assert!(shown.contains("&lt;img") && shown.contains("\\[click\\]") && shown.contains("\\`x\\`"), "{shown}");
        assert!(!theirs("a@b.example\n# h").contains(['\n']) && !theirs("a@b.example").contains("a@"));
        assert!(theirs(&"é".repeat(500)).chars().count() <= MOST + 1);
    }

    #[test]
    fn what_others_say_cannot_turn_the_writing_around() {
        assert_eq!(theirs("a\u{202e}b\u{2066}c\u{2069}d\u{200f}e\u{61c}f"), "abcdef");
    }

    #[test]
    fn days_and_lists_read_as_people_write_them() {
        assert_eq!(day(jiff::civil::date(2026, 11, 8)), "8 November 2026");
        assert_eq!(list(&["a".into(), "b".into(), "c".into()]), "a, b and c");
    }
}

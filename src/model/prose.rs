//! How prose for people is put together: short, and never without what matters most.

/// The longest message for a client, in characters.
pub const CLIENT_MOST: usize = 200;

/// The most sentences of a message for a client.
const SENTENCES_MOST: usize = 2;

/// The sentences of a text, each with the mark that ends it.
#[must_use]
pub fn sentences(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        // A full stop within a number or an abbreviation is followed by no space.
        if matches!(letter, '.' | '!' | '?' | '…') && letters.peek().is_none_or(|(_, next)| next.is_whitespace()) {
            let end = at + letter.len_utf8();
            found.extend(text.get(start..end).map(str::trim));
            start = end;
        }
    }
    found.extend(text.get(start..).map(str::trim).filter(|rest| !rest.is_empty()));
    found
}

/// Whether a text is short enough for a client.
fn is_short(text: &str) -> bool {
    text.chars().count() <= CLIENT_MOST && sentences(text).len() <= SENTENCES_MOST
}

/// What to tell a client: where the booking stands, and why where both are short enough together.
///
/// A reason of two sentences stands by itself where `alone` says that it can.
#[must_use]
pub fn told(lead: &str, reason: &str, alone: bool) -> String {
    let whole = format!("{lead} {reason}");
    if is_short(&whole) {
        whole
    } else if alone && is_short(reason) {
        reason.to_owned()
    } else {
        lead.to_owned()
    }
}

/// What to tell a client who should be seen: the reason where one of its sentences says how urgent that is, else the lead,
/// which does, and the first sentence of the reason that adds something.
///
/// `marks` are the ways in which a sentence says it, parted by `|`; each is words, all of which must be in the sentence.
#[must_use]
pub fn urged(lead: &str, reason: &str, marks: &str) -> String {
    let parts = sentences(reason);
    let says = |sentence: &str| {
        let sentence = sentence.to_lowercase();
        marks.split('|').any(|mark| {
            let mut words = mark.split_whitespace().peekable();
            words.peek().is_some() && words.all(|word| sentence.contains(&word.to_lowercase()))
        })
    };
    if parts.iter().any(|sentence| says(sentence)) && is_short(reason) {
        return reason.to_owned();
    }
    match parts.into_iter().find(|sentence| adds(lead, sentence)) {
        Some(more) => told(lead, more, false),
        None => lead.to_owned(),
    }
}

/// Whether a sentence says something beside the lead: at least half of its longer words are new.
fn adds(lead: &str, sentence: &str) -> bool {
    let words = |text: &str| -> Vec<String> {
        let longer = |word: &&str| word.chars().count() > 3;
        text.to_lowercase().split(|letter: char| !letter.is_alphabetic()).filter(longer).map(str::to_owned).collect()
    };
    let (known, said) = (words(lead), words(sentence));
    said.iter().filter(|word| known.contains(word)).count() * 2 <= said.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_at_marks_that_a_space_follows() {
        assert_eq!(sentences("Fever of 38.5 °C. Is it new? Stop!"), ["Fever of 38.5 °C.", "Is it new?", "Stop!"]);
        assert_eq!(sentences("Шея и спина"), ["Шея и спина"]);
        assert!(sentences("  ").is_empty());
    }

    #[test]
    fn a_client_is_told_two_sentences_at_most() {
        assert_eq!(told("We hold it.", "Ask your doctor.", true), "We hold it. Ask your doctor.");
        assert_eq!(told("We hold it.", "Ask your doctor. Then come.", true), "Ask your doctor. Then come.");
        assert_eq!(told("We hold it.", "Ask your doctor. Then come.", false), "We hold it.");
        assert_eq!(told("We hold it.", &"x".repeat(200), true), "x".repeat(200));
        assert_eq!(told("We hold it.", &"x".repeat(201), true), "We hold it.");
    }

    #[test]
    fn how_urgent_it_is_is_always_said() {
        let call = "Please call the emergency number now.";
        let urged = |reason: &str| urged(call, reason, "emergency now|ambulance");
        assert_eq!(urged("Get emergency care now. Massage can wait."), "Get emergency care now. Massage can wait.");
        assert_eq!(urged("Use your inhaler. We will rebook you."), format!("{call} Use your inhaler."));
        assert_eq!(urged("No massage now. If it swells, emergency services."), format!("{call} No massage now."));
        assert_eq!(urged(call), call);
        assert_eq!(
            urged("Please call a number. Sit up."),
            format!("{call} Sit up."),
            "what is said already is left out"
        );
        assert_eq!(super::urged(call, "Soon.", ""), format!("{call} Soon."), "no mark marks nothing");
    }
}

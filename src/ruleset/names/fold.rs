//! Folding: what does not matter about how a name is written.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Folds a name so that letter case, accents, hyphens, spaces and apostrophes do not matter.
#[must_use]
pub fn normalise(name: &str) -> String {
    folded(name).filter(|letter| letter.is_alphanumeric()).collect()
}

fn folded(text: &str) -> impl Iterator<Item = char> {
    text.nfkd().filter(|letter| !is_combining_mark(*letter)).flat_map(char::to_lowercase)
}

/// The words of a text, each folded to a form that plurals and British and American spellings share.
///
/// Apostrophes belong to their word ("Crohn's"), everything else that is no letter or digit parts words.
pub(super) fn stems(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for letter in folded(text) {
        if letter.is_alphanumeric() {
            if let Some(word) = words.last_mut() {
                word.push(letter);
            }
        } else if !matches!(letter, '\'' | '’' | '`') {
            words.push(String::new());
        }
    }
    words.into_iter().filter(|word| !word.is_empty()).map(|word| stem(&word)).collect()
}

/// One word without its plural ending, in one spelling.
pub(super) fn stem(word: &str) -> String {
    if word.chars().all(|letter| ('а'..='я').contains(&letter) || letter == 'ё') {
        return russian(word);
    }
    if word.len() < 4 || !word.is_ascii() || word.bytes().any(|byte| byte.is_ascii_digit()) {
        return word.to_owned();
    }
    let mut word = word.replace("ae", "e").replace("oe", "e");
    for (british, american) in [("tumour", "tumor"), ("colour", "color"), ("isation", "ization"), ("lyse", "lyze")] {
        word = word.replace(british, american);
    }
    let singular = if let Some(base) = word.strip_suffix("ies").filter(|base| base.len() > 2) {
        format!("{base}y")
    } else if let Some(base) =
        ["sses", "xes", "ches", "shes"].iter().find_map(|end| word.ends_with(end).then(|| word.trim_end_matches("es")))
    {
        base.to_owned()
    } else if word.ends_with('s') && !["ss", "us", "is"].iter().any(|end| word.ends_with(end)) {
        word.trim_end_matches('s').to_owned()
    } else {
        word
    };
    singular.strip_suffix("ise").map_or(singular.clone(), |base| format!("{base}ize"))
}

/// A Russian word without the ending of its case.
fn russian(word: &str) -> String {
    const ENDINGS: [&str; 30] = [
        "иями", "ями", "ами", "ого", "его", "ому", "ему", "ыми", "ими", "ией", "иях", "ях", "ах", "ов", "ев", "ей",
        "ой", "ый", "ий", "ая", "яя", "ое", "ее", "ые", "ие", "ом", "ем", "ую", "ию", "ии",
    ];
    if word.chars().count() < 4 {
        return word.to_owned();
    }
    let long_enough = |base: &&str| base.chars().count() >= 3;
    if let Some(base) =
        ENDINGS.iter().filter_map(|ending| word.strip_suffix(ending)).filter(long_enough).min_by_key(|base| base.len())
    {
        return base.to_owned();
    }
    word.strip_suffix(['а', 'я', 'у', 'ю', 'ы', 'и', 'е', 'о', 'ь', 'й']).filter(long_enough).unwrap_or(word).to_owned()
}

/// Whether a letter belongs to a script that is written without spaces between words.
pub(super) fn is_unspaced(letter: char) -> bool {
    ('\u{e00}'..='\u{e7f}').contains(&letter)
}

/// A key that texts of the same words share, whatever their order.
pub(super) fn key<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    let mut words: Vec<&str> = words.into_iter().collect();
    words.sort_unstable();
    words.dedup();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_keeps_letters_and_digits_of_any_script() {
        assert_eq!(normalise("Crohn’s  disease"), "crohnsdisease");
        assert_eq!(normalise("Ménière's"), "menieres");
        assert_eq!(normalise("disc-herniation"), normalise("Disc Herniation"));
        assert_eq!(normalise("Гипертония"), "гипертония");
        assert_eq!(normalise("  -- "), "");
    }

    #[test]
    fn plurals_and_two_spellings_have_one_stem() {
        for (one, other) in [
            ("allergies", "allergy"),
            ("clots", "clot"),
            ("oedema", "edema"),
            ("anaemia", "anemia"),
            ("tumours", "tumor"),
            ("haemorrhoids", "hemorrhoid"),
            ("rashes", "rash"),
        ] {
            assert_eq!(stem(one), stem(other), "{one}");
        }
        assert_eq!(stem("psoriasis"), "psoriasis");
        assert_eq!(stem("virus"), "virus");
        assert_eq!(stem("abscess"), "abscess");
    }

    #[test]
    fn words_are_parted_by_anything_but_an_apostrophe() {
        assert_eq!(stems("Crohn's/colitis (left-sided)"), ["crohns", "colitis", "left", "sided"].map(stem));
    }
}

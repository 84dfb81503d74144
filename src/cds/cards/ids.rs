//! Names of cards and suggestions: the same for the same call, and enough by themselves to tell which rules spoke.
//!
//! A card's name is a UUID of version 8 (RFC 9562, section 5.8): a tag of the ruleset, up to four rule numbers, and a digest of
//! call, booking and ruleset. So feedback can be counted by rule on any replica, and nothing is kept in between.

use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use crate::model::RuleId;
use crate::ruleset::Ruleset;

/// How many rules a name holds.
pub(super) const MOST_RULES: usize = 4;
/// The bytes that hold them: all but the tag's and those with the version and variant.
const RULE_BYTES: [usize; 6] = [2, 3, 4, 5, 7, 9];
/// A rule's number takes twelve bits; zero is none.
const HIGHEST: u64 = 0xfff;

fn tag(ruleset: &Ruleset) -> [u8; 2] {
    let digest = Sha256::digest(ruleset.digest().as_bytes());
    let mut bytes = digest.iter().copied();
    [bytes.next().unwrap_or_default(), bytes.next().unwrap_or_default()]
}

/// The name of the card about `what` in the call `hook_instance`; the weightiest rules stand first.
pub(super) fn card(ruleset: &Ruleset, hook_instance: &str, what: &str, rules: &[&RuleId]) -> Uuid {
    let mut digest = Sha256::new();
    for part in [hook_instance, what, ruleset.digest()] {
        digest.update(part.len().to_be_bytes());
        digest.update(part.as_bytes());
    }
    let mut bytes = [0_u8; 16];
    bytes.iter_mut().zip(digest.finalize()).for_each(|(byte, random)| *byte = random);
    bytes.iter_mut().zip(tag(ruleset)).for_each(|(byte, tag)| *byte = tag);
    let numbers = rules.iter().filter_map(|rule| number(ruleset, rule)).chain(std::iter::repeat(0)).take(MOST_RULES);
    let packed = numbers.fold(0_u64, |packed, number| packed << 12 | number);
    for (at, part) in RULE_BYTES.into_iter().zip(packed.to_be_bytes().into_iter().skip(2)) {
        if let Some(byte) = bytes.get_mut(at) {
            *byte = part;
        }
    }
    Builder::from_custom_bytes(bytes).into_uuid()
}

fn number(ruleset: &Ruleset, rule: &RuleId) -> Option<u64> {
    let at = ruleset.rules().binary_search_by(|known| known.id.cmp(rule)).ok()?;
    u64::try_from(at + 1).ok().filter(|number| *number <= HIGHEST)
}

/// The name of a suggestion of a card.
pub(super) fn suggestion(card: Uuid, what: &str) -> Uuid {
    Uuid::new_v5(&card, what.as_bytes())
}

/// The rules that a card's name tells of, where it was made with this ruleset.
#[must_use]
pub fn rules(ruleset: &Ruleset, card: Uuid) -> Option<Vec<&RuleId>> {
    let bytes = card.as_bytes();
    if card.get_version_num() != 8 || !bytes.starts_with(&tag(ruleset)) {
        return None;
    }
    let packed =
        RULE_BYTES.iter().filter_map(|at| bytes.get(*at)).fold(0_u64, |packed, byte| packed << 8 | u64::from(*byte));
    let numbers = [36, 24, 12, 0].map(|shift| packed >> shift & HIGHEST);
    let found = numbers.into_iter().filter(|number| *number > 0).map(|number| {
        let at = usize::try_from(number).ok()? - 1;
        Some(&ruleset.rules().get(at)?.id)
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ruleset::Rulesets;

    #[test]
    fn a_card_is_named_by_its_call_and_tells_its_rules() {
        let rulesets = Rulesets::embedded().unwrap();
        let ruleset = rulesets.find("latest").unwrap();
        let ids: Vec<&RuleId> = ruleset.rules().iter().map(|rule| &rule.id).collect();
        let spoken = [ids[0], ids[ids.len() - 1], ids[7]];
        let name = card(ruleset, "call-1", "Appointment/1", &spoken);
        assert_eq!(name, card(ruleset, "call-1", "Appointment/1", &spoken));
        assert_eq!(rules(ruleset, name).unwrap(), spoken);
        assert_eq!(name.get_version_num(), 8);
        assert_eq!(name.get_variant(), uuid::Variant::RFC4122);
        for other in
            [card(ruleset, "call-2", "Appointment/1", &spoken), card(ruleset, "call-1", "Appointment/2", &spoken)]
        {
            assert_ne!(name, other);
        }
        assert_eq!(rules(ruleset, Uuid::new_v4()), None);
        assert_eq!(rules(rulesets.find("1.1.0").unwrap(), name), None);
        assert_ne!(suggestion(name, "thai"), suggestion(name, "delete"));
    }
}

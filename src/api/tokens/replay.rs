//! Which tokens were used: each once, as long as it lives. Per instance of the service, and bounded.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use super::claims::TokenFault;

/// How many tokens of one client are remembered at a time: 800 a second, at five minutes and a minute of leeway.
const MOST: usize = 300_000;

/// The tokens of one client that were used.
#[derive(Debug, Default)]
pub(super) struct Used {
    until: HashMap<u128, u64>,
    swept_at: u64,
}

impl Used {
    /// Notes a token by its name, to be remembered `until` then.
    ///
    /// Where there is no room it is refused: a client that floods the service shuts out nobody but itself.
    pub(super) fn note(&mut self, jti: &str, until: u64, now: u64) -> Result<(), TokenFault> {
        self.note_within(MOST, jti, until, now)
    }

    fn note_within(&mut self, most: usize, jti: &str, until: u64, now: u64) -> Result<(), TokenFault> {
        let overdue = now.saturating_sub(self.swept_at) >= 30;
        if overdue || (self.until.len() >= most && now > self.swept_at) {
            self.until.retain(|_, until| *until > now);
            self.swept_at = now;
        }
        let name = digest(jti);
        if self.until.get(&name).is_some_and(|until| *until > now) {
            return Err(TokenFault::Replayed);
        }
        if self.until.len() >= most {
            return Err(TokenFault::Full);
        }
        self.until.insert(name, until);
        Ok(())
    }
}

/// Half of a name's digest: the name itself is not kept.
fn digest(jti: &str) -> u128 {
    let digest: [u8; 32] = Sha256::digest(jti.as_bytes()).into();
    digest.iter().take(16).fold(0, |number, byte| (number << 8) | u128::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_taken_once_as_long_as_it_lives() {
        let mut used = Used::default();
        assert_eq!(used.note("a", 1_300, 1_000), Ok(()));
        assert_eq!(used.note("a", 1_300, 1_001), Err(TokenFault::Replayed));
        assert_eq!(used.note("a", 1_300, 1_299), Err(TokenFault::Replayed));
        assert_eq!(used.note("b", 1_300, 1_001), Ok(()));
        assert_eq!(used.note("a", 1_600, 1_300), Ok(()));
    }

    #[test]
    fn where_there_is_no_room_a_token_is_refused_until_others_have_expired() {
        let mut used = Used::default();
        assert_eq!(used.note_within(2, "a", 1_010, 1_000), Ok(()));
        assert_eq!(used.note_within(2, "b", 1_300, 1_000), Ok(()));
        assert_eq!(used.note_within(2, "c", 1_300, 1_001), Err(TokenFault::Full));
        assert_eq!(used.note_within(2, "a", 1_010, 1_001), Err(TokenFault::Replayed));
        assert_eq!(used.note_within(2, "c", 1_300, 1_011), Ok(()));
        assert_eq!(used.until.len(), 2);
    }
}

//! A client's keys: those of the configuration, or those at its address, asked for again when they are old or lack one.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use crate::config::{KeySource, Signature, VerifyingKey, key_set};
use crate::outbound::Outbound;

/// How long keys are used before they are asked for again.
const FRESH_SECONDS: u64 = 600;

/// How long they are used where nothing newer can be had: a key that its owner withdrew must not open for ever.
const USABLE_SECONDS: u64 = 3600;

/// How long nothing is asked after it was asked: tokens with made-up key ids must not make this service a flood.
const PAUSE_SECONDS: u64 = 30;

/// A client's keys.
pub(super) enum Keys {
    /// Those of the configuration.
    Given(Arc<[VerifyingKey]>),
    /// Those at an address.
    At(Arc<Fetched>),
}

/// Asks for the key set at an address; `None` where it cannot be had.
type Ask = Box<dyn Fn() -> Pin<Box<dyn Future<Output = Option<Value>> + Send>> + Send + Sync>;

/// Keys from an address, and when they came.
pub(super) struct Fetched {
    ask: Ask,
    state: Mutex<State>,
    first: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    keys: Arc<[VerifyingKey]>,
    came_at: Option<u64>,
    asked_at: Option<u64>,
}

impl State {
    fn usable(&self, now: u64) -> Option<Arc<[VerifyingKey]>> {
        self.came_at.filter(|came| now.saturating_sub(*came) < USABLE_SECONDS).map(|_| Arc::clone(&self.keys))
    }

    fn is_fresh(&self, now: u64) -> bool {
        self.came_at.is_some_and(|came| now.saturating_sub(came) < FRESH_SECONDS)
    }

    /// Whether it may be asked now; whoever hears yes must ask.
    fn may_ask(&mut self, now: u64) -> bool {
        let rested = self.asked_at.is_none_or(|asked| now.saturating_sub(asked) >= PAUSE_SECONDS);
        if rested {
            self.asked_at = Some(now);
        }
        rested
    }
}

impl Keys {
    pub(super) fn new(source: &KeySource, outbound: &Arc<Outbound>) -> Self {
        match source {
            KeySource::Given(keys) => Self::Given(keys.as_slice().into()),
            KeySource::At(url) => {
                let (url, outbound) = (url.clone(), Arc::clone(outbound));
                Self::At(Fetched::new(Box::new(move || {
                    let (url, outbound) = (url.clone(), Arc::clone(&outbound));
                    Box::pin(async move { outbound.key_set(&url).await.ok() })
                })))
            }
        }
    }

    /// The keys as they are now; `None` where they cannot be had.
    pub(super) async fn now(&self, now: u64) -> Option<Arc<[VerifyingKey]>> {
        match self {
            Self::Given(keys) => Some(Arc::clone(keys)),
            Self::At(fetched) => fetched.now(now).await,
        }
    }

    /// The keys asked for anew, because none of those that are there fits; `None` where that is not to be done.
    pub(super) async fn anew(&self, now: u64) -> Option<Arc<[VerifyingKey]>> {
        match self {
            Self::Given(_) => None,
            Self::At(fetched) => fetched.anew(now).await,
        }
    }
}

impl Fetched {
    fn new(ask: Ask) -> Arc<Self> {
        Arc::new(Self { ask, state: Mutex::default(), first: tokio::sync::Mutex::default() })
    }

    fn with<T>(&self, read: impl FnOnce(&mut State) -> T) -> T {
        read(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    async fn now(self: &Arc<Self>, now: u64) -> Option<Arc<[VerifyingKey]>> {
        let (usable, ask) = self
            .with(|state| (state.usable(now), state.came_at.is_some() && !state.is_fresh(now) && state.may_ask(now)));
        if usable.is_some() && !ask {
            return usable;
        }
        if ask {
            return self.ask(now).await.or(usable);
        }
        // Nothing is there yet: all wait for the first who asks.
        let _first = self.first.lock().await;
        match self.with(|state| (state.usable(now), state.may_ask(now))) {
            (None, true) => self.ask(now).await,
            (usable, _) => usable,
        }
    }

    async fn anew(self: &Arc<Self>, now: u64) -> Option<Arc<[VerifyingKey]>> {
        if self.with(|state| state.may_ask(now)) { self.ask(now).await } else { None }
    }

    /// Asks in a task of its own, which a caller who hangs up does not end.
    async fn ask(self: &Arc<Self>, now: u64) -> Option<Arc<[VerifyingKey]>> {
        let fetched = Arc::clone(self);
        let asked = actix_web::rt::spawn(async move {
            let keys: Arc<[VerifyingKey]> = key_set(&(fetched.ask)().await?).ok()?.into();
            fetched.with(|state| {
                state.keys = Arc::clone(&keys);
                state.came_at = Some(now);
            });
            Some(keys)
        });
        asked.await.ok().flatten()
    }
}

/// The keys that a token's signature may be by: those of its algorithm, and of its key id where it names one.
pub(super) fn fitting<'k>(
    keys: &'k [VerifyingKey],
    signature: Signature,
    kid: Option<&'k str>,
) -> impl Iterator<Item = &'k VerifyingKey> {
    keys.iter()
        .filter(move |key| key.signatures.contains(&signature))
        .filter(move |key| kid.is_none() || key.kid.is_none() || key.kid.as_deref() == kid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Keys whose ids are those of `published` at the time of asking; `None` for an address that does not answer.
    fn keys(published: &Arc<Mutex<Option<Vec<&'static str>>>>, asked: &Arc<Mutex<usize>>) -> Keys {
        let (published, asked) = (Arc::clone(published), Arc::clone(asked));
        Keys::At(Fetched::new(Box::new(move || {
            *asked.lock().unwrap() += 1;
            let key = |kid: &&str| json!({ "kty": "EC", "crv": "P-256", "kid": kid, "x": "A".repeat(43), "y": "A".repeat(43) });
            let set = published
                .lock()
                .unwrap()
                .as_ref()
                .map(|kids| json!({ "keys": kids.iter().map(key).collect::<Vec<_>>() }));
            Box::pin(async move { set })
        })))
    }

    fn ids(keys: Option<Arc<[VerifyingKey]>>) -> Option<Vec<String>> {
        keys.map(|keys| keys.iter().filter_map(|key| key.kid.clone()).collect())
    }

    #[actix_web::test]
    async fn a_new_key_is_asked_for_once_in_a_while_and_old_keys_grow_stale() {
        let (published, asked) = (Arc::new(Mutex::new(Some(vec!["1"]))), Arc::new(Mutex::new(0)));
        let keys = keys(&published, &asked);
        let times_asked = || *asked.lock().unwrap();
        assert_eq!(ids(keys.now(1_000).await).unwrap(), ["1"]);
        assert_eq!(ids(keys.now(1_599).await).unwrap(), ["1"]);
        assert_eq!(times_asked(), 1);

        *published.lock().unwrap() = Some(vec!["1", "2"]);
        assert_eq!(ids(keys.anew(1_599).await).unwrap(), ["1", "2"]);
        assert_eq!(ids(keys.anew(1_600).await), None);
        assert_eq!(ids(keys.anew(1_628).await), None);
        assert_eq!(times_asked(), 2);

        // A key that was withdrawn is gone when the set is old.
        *published.lock().unwrap() = Some(vec!["2"]);
        assert_eq!(ids(keys.now(2_198).await).unwrap(), ["1", "2"]);
        assert_eq!(ids(keys.now(2_199).await).unwrap(), ["2"]);
        assert_eq!(times_asked(), 3);
    }

    #[actix_web::test]
    async fn keys_outlive_a_silent_address_by_less_than_an_hour() {
        let (published, asked) = (Arc::new(Mutex::new(Some(vec!["1"]))), Arc::new(Mutex::new(0)));
        let keys = keys(&published, &asked);
        assert!(keys.now(1_000).await.is_some());
        *published.lock().unwrap() = None;
        assert_eq!(ids(keys.now(2_000).await).unwrap(), ["1"]);
        assert_eq!(ids(keys.now(4_599).await).unwrap(), ["1"]);
        assert!(keys.now(4_600).await.is_none());
        let asked_so_far = *asked.lock().unwrap();
        assert!(keys.now(4_601).await.is_none());
        assert_eq!(*asked.lock().unwrap(), asked_so_far);
        *published.lock().unwrap() = Some(vec!["1"]);
        assert!(keys.now(4_650).await.is_some());
    }

    #[actix_web::test]
    async fn those_who_come_first_wait_for_one_question() {
        let (published, asked) = (Arc::new(Mutex::new(Some(vec!["1"]))), Arc::new(Mutex::new(0)));
        let keys = keys(&published, &asked);
        let all = futures_util::future::join_all((0..20).map(|_| keys.now(1_000))).await;
        assert!(all.into_iter().all(|keys| keys.is_some()));
        assert_eq!(*asked.lock().unwrap(), 1);
    }
}

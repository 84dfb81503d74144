//! A client's keys: those of the configuration, or those at its address, asked for again when they are old or lack one.

use std::sync::{Arc, Mutex, PoisonError};

use url::Url;

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

/// Keys from an address, and when they came.
pub(super) struct Fetched {
    at: Url,
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
    pub(super) fn new(source: &KeySource) -> Self {
        match source {
            KeySource::Given(keys) => Self::Given(keys.as_slice().into()),
            KeySource::At(url) => {
                let (state, first) = (Mutex::default(), tokio::sync::Mutex::default());
                Self::At(Arc::new(Fetched { at: url.clone(), state, first }))
            }
        }
    }

    /// The keys as they are now; `None` where they cannot be had.
    pub(super) async fn now(&self, outbound: &Arc<Outbound>, now: u64) -> Option<Arc<[VerifyingKey]>> {
        match self {
            Self::Given(keys) => Some(Arc::clone(keys)),
            Self::At(fetched) => fetched.now(outbound, now).await,
        }
    }

    /// The keys asked for anew, because none of those that are there fits; `None` where that is not to be done.
    pub(super) async fn anew(&self, outbound: &Arc<Outbound>, now: u64) -> Option<Arc<[VerifyingKey]>> {
        match self {
            Self::Given(_) => None,
            Self::At(fetched) if fetched.with(|state| state.may_ask(now)) => fetched.ask(outbound, now).await,
            Self::At(_) => None,
        }
    }
}

impl Fetched {
    fn with<T>(&self, read: impl FnOnce(&mut State) -> T) -> T {
        read(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    async fn now(self: &Arc<Self>, outbound: &Arc<Outbound>, now: u64) -> Option<Arc<[VerifyingKey]>> {
        let (usable, ask) = self
            .with(|state| (state.usable(now), state.came_at.is_some() && !state.is_fresh(now) && state.may_ask(now)));
        if usable.is_some() && !ask {
            return usable;
        }
        if ask {
            return self.ask(outbound, now).await.or(usable);
        }
        // Nothing is there yet: all wait for the first who asks.
        let _first = self.first.lock().await;
        match self.with(|state| (state.usable(now), state.may_ask(now))) {
            (None, true) => self.ask(outbound, now).await,
            (usable, _) => usable,
        }
    }

    /// Asks in a task of its own, which a caller who hangs up does not end.
    async fn ask(self: &Arc<Self>, outbound: &Arc<Outbound>, now: u64) -> Option<Arc<[VerifyingKey]>> {
        let (fetched, outbound) = (Arc::clone(self), Arc::clone(outbound));
        let asked = actix_web::rt::spawn(async move {
            let keys: Arc<[VerifyingKey]> = key_set(&outbound.key_set(&fetched.at).await.ok()?).ok()?.into();
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

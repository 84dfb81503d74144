//! What may be logged: this program's own events, and of its dependencies nothing but warnings about the listener.
//!
//! Nothing that a client said is in any event of this program, and no level opens the log for a dependency that holds
//! requests in its hands: `RUST_LOG` is not read.

use std::io;

use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::{self, MakeWriter};
use tracing_subscriber::layer::SubscriberExt;

use crate::config::{LogConfig, LogFormat, LogLevel};

impl From<LogLevel> for LevelFilter {
    fn from(level: LogLevel) -> Self {
        match level {
            LogLevel::Error => Self::ERROR,
            LogLevel::Warn => Self::WARN,
            LogLevel::Info => Self::INFO,
            LogLevel::Debug => Self::DEBUG,
            LogLevel::Trace => Self::TRACE,
        }
    }
}

/// A subscriber that writes what may be logged, and nothing else.
pub fn subscriber<W>(config: LogConfig, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let filter = Targets::new()
        .with_target("kneadsafe", LevelFilter::from(config.level))
        .with_target("actix_server", LevelFilter::WARN);
    let layer = fmt::layer().with_writer(writer);
    let layer = match config.format {
        LogFormat::Json => layer.json().flatten_event(true).with_current_span(false).with_span_list(false).boxed(),
        LogFormat::Pretty => layer.boxed(),
    };
    tracing_subscriber::registry().with(layer.with_filter(filter))
}

/// Writes this process's log to standard error from now on, panics among it; a second call changes nothing.
pub fn init(config: LogConfig) {
    if tracing::subscriber::set_global_default(subscriber(config, io::stderr)).is_ok() {
        std::panic::set_hook(Box::new(|panic| {
            // The message could hold a value; the place cannot.
            let place = panic.location().map(ToString::to_string).unwrap_or_default();
            tracing::error!(place, "panicked");
        }));
    }
}

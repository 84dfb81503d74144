//! `kneadsafe serve`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::config::{ApiKeys, LogConfig, LogFormat, LogLevel, ServeConfig};
use crate::ruleset::Rulesets;
use crate::{api, telemetry};

use super::{CliError, Exit};

/// How to serve.
#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    /// Where to listen
    #[arg(long, env = "KNEADSAFE_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Listen beyond this machine without asking callers for a key
    #[arg(long, env = "KNEADSAFE_ALLOW_UNAUTHENTICATED")]
    allow_unauthenticated: bool,
    /// A file of keys, one a line; callers of /v1 then send one as `Authorization: Bearer KEY`
    #[arg(long, env = "KNEADSAFE_API_KEY_FILE", value_name = "FILE")]
    api_key_file: Option<PathBuf>,
    /// How many threads answer; one a processor when not given
    #[arg(long, env = "KNEADSAFE_WORKERS", value_parser = clap::value_parser!(u16).range(1..=1024))]
    workers: Option<u16>,
    /// Seconds that /readyz says 503 before the service stops taking connections
    #[arg(long, env = "KNEADSAFE_DRAIN_SECONDS", default_value_t = 1)]
    drain_seconds: u16,
    /// Seconds that accepted requests may then take
    #[arg(long, env = "KNEADSAFE_SHUTDOWN_SECONDS", default_value_t = 30)]
    shutdown_seconds: u16,
    /// How the log is written
    #[arg(long, env = "KNEADSAFE_LOG_FORMAT", value_enum, default_value_t = Format::Json)]
    log_format: Format,
    /// How much is logged; no level shows what a client said
    #[arg(long, env = "KNEADSAFE_LOG_LEVEL", value_enum, default_value_t = Level::Info)]
    log_level: Level,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// One JSON object a line
    Json,
    /// For a person at a terminal
    Pretty,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Level {
    /// What failed
    Error,
    /// And what is odd
    Warn,
    /// And one line a request
    Info,
    /// And what helps to find a fault
    Debug,
    /// And every step
    Trace,
}

/// Serves until it is told to stop.
pub(super) fn run(args: &ServeArgs) -> Result<Exit, CliError> {
    let config = ServeConfig {
        listen: args.listen,
        allow_unauthenticated: args.allow_unauthenticated,
        api_keys: args.api_key_file.as_deref().map(ApiKeys::read).transpose()?.unwrap_or_default(),
        workers: args.workers.map(usize::from),
        drain: Duration::from_secs(args.drain_seconds.into()),
        shutdown_timeout: Duration::from_secs(args.shutdown_seconds.into()),
        log: LogConfig {
            format: match args.log_format {
                Format::Json => LogFormat::Json,
                Format::Pretty => LogFormat::Pretty,
            },
            level: match args.log_level {
                Level::Error => LogLevel::Error,
                Level::Warn => LogLevel::Warn,
                Level::Info => LogLevel::Info,
                Level::Debug => LogLevel::Debug,
                Level::Trace => LogLevel::Trace,
            },
        },
        ..ServeConfig::default()
    };
    let rulesets = Rulesets::embedded()?;
    telemetry::init(config.log);
    actix_web::rt::System::new().block_on(api::serve(config, rulesets))?;
    Ok(Exit::Done)
}

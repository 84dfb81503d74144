//! `kneadsafe serve`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::config::{
    ApiKeys, CdsClients, CdsHooksVersion, FhirBase, FhirConfig, LogConfig, LogFormat, LogLevel, Origin, ServeConfig,
    read_ca_file,
};
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
    /// A file of CDS Hooks clients (JSON); callers of /cds-services then send a token that one of them signed
    #[arg(long, env = "KNEADSAFE_CDS_CLIENTS", value_name = "FILE")]
    cds_clients: Option<PathBuf>,
    /// Where callers reach the service from outside: scheme, host, perhaps a port and a path
    #[arg(long, env = "KNEADSAFE_PUBLIC_URL", value_name = "URL", value_parser = crate::config::public_url)]
    public_url: Option<String>,
    /// Which version of CDS Hooks to speak; 3.0 says its version and answers every failure with an `OperationOutcome`
    #[arg(long, env = "KNEADSAFE_CDS_HOOKS_VERSION", value_enum, default_value_t = HooksVersion::V2_0)]
    cds_hooks_version: HooksVersion,
    /// A site whose pages may call /cds-services in a browser, such as `https://ehr.example.org`; may be given several times
    #[arg(long, env = "KNEADSAFE_CORS_ORIGINS", value_name = "ORIGIN", value_delimiter = ',')]
    cors_origin: Vec<Origin>,
    /// A FHIR server (base address) that may be asked for what a CDS Hooks call did not bring; may be given several times
    #[arg(long, env = "KNEADSAFE_FHIR_SERVERS", value_name = "URL", value_delimiter = ',')]
    fhir_server: Vec<FhirBase>,
    /// Let a FHIR server or key set be at a private or loopback address
    #[arg(long, env = "KNEADSAFE_FHIR_ALLOW_PRIVATE")]
    fhir_allow_private: bool,
    /// A file of certificate authorities (PEM) to trust besides the system's
    #[arg(long, env = "KNEADSAFE_FHIR_CA_FILE", value_name = "FILE")]
    fhir_ca_file: Option<PathBuf>,
    /// Milliseconds that one answer of a FHIR server may take
    #[arg(long, env = "KNEADSAFE_FHIR_REQUEST_TIMEOUT_MS", default_value_t = 2000, value_parser = clap::value_parser!(u64).range(1..=60_000))]
    fhir_request_timeout_ms: u64,
    /// Milliseconds that everything one CDS Hooks call asks for may take
    #[arg(long, env = "KNEADSAFE_FHIR_CALL_TIMEOUT_MS", default_value_t = 4000, value_parser = clap::value_parser!(u64).range(1..=60_000))]
    fhir_call_timeout_ms: u64,
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
enum HooksVersion {
    /// CDS Hooks 2.0.1
    #[value(name = "2.0")]
    V2_0,
    /// CDS Hooks 3.0.0-ballot
    #[value(name = "3.0")]
    V3_0,
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
        cds_clients: args.cds_clients.as_deref().map(CdsClients::read).transpose()?,
        public_url: args.public_url.clone(),
        cds_hooks_version: match args.cds_hooks_version {
            HooksVersion::V2_0 => CdsHooksVersion::V2_0,
            HooksVersion::V3_0 => CdsHooksVersion::V3_0,
        },
        cors_origins: args.cors_origin.iter().cloned().collect(),
        fhir: FhirConfig {
            servers: args.fhir_server.clone(),
            allow_private: args.fhir_allow_private,
            ca_pem: args.fhir_ca_file.as_deref().map(read_ca_file).transpose()?,
            request_timeout: Duration::from_millis(args.fhir_request_timeout_ms),
            call_timeout: Duration::from_millis(args.fhir_call_timeout_ms),
            ..FhirConfig::default()
        },
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

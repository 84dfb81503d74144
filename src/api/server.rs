//! The listener and what its handlers share; how it starts and how it stops without losing a request.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::http::KeepAlive;
use actix_web::middleware::{Condition, from_fn};
use actix_web::rt::time::sleep;
use actix_web::web::{Bytes, Data};
use actix_web::{App, HttpServer};

use crate::config::{ApiKeys, CdsClients, CdsHooksVersion, Origin, ServeConfig};
use crate::outbound::{Outbound, OutboundError};
use crate::ruleset::{Ruleset, RulesetError, Rulesets};
use crate::screening::questionnaire::{IntakeForm, intake_form};
use crate::screening::{self, Matrix};
use crate::telemetry;

use crate::model::{AssessmentRequest, CalendarRequest, Language, ScreeningRequest};

use super::batch::BatchRequest;
use super::body::RequestBody as _;
use super::observe::Metrics;
use super::questionnaire_answers::ANSWERS;
use super::questionnaire_response::FHIR_ANSWERS;
use super::routes::RouteTable;
use super::schema::BodySchema;
use super::tokens::Clients;
use super::turns::Turns;
use super::{body, cross_origin, document, guard, observe, routes};

/// Why the service cannot start, or why it ended.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is open to other machines, and nobody would be asked for a key.
    #[error(
        "`{address}` is open to other machines and neither API keys nor CDS Hooks clients are configured; give a file of them, or --allow-unauthenticated"
    )]
    Unprotected {
        /// The address.
        address: SocketAddr,
    },
    /// The address cannot be listened on.
    #[error("cannot listen on `{address}`")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// There is no ruleset to serve.
    #[error(transparent)]
    Ruleset(#[from] RulesetError),
    /// The published document cannot be made.
    #[error("cannot make the API document: {0}")]
    Document(String),
    /// Requests to others cannot be made.
    #[error(transparent)]
    Outbound(#[from] OutboundError),
    /// Tokens of CDS Hooks clients name the address that they call, and nobody knows it.
    #[error("the tokens of CDS Hooks clients name the address that they call; give it as --public-url")]
    NoPublicUrl,
    /// The listener failed.
    #[error("the listener failed")]
    Listener(#[source] std::io::Error),
}

/// What the handlers share.
pub(crate) struct Service {
    pub(crate) rulesets: Rulesets,
    pub(crate) api_keys: ApiKeys,
    /// Whether nobody has a key, and nobody gets in without.
    pub(crate) v1_is_closed: bool,
    /// The CDS Hooks clients; `None` for whoever may call `/v1`.
    pub(crate) clients: Option<Clients>,
    pub(crate) outbound: Arc<Outbound>,
    /// Where callers reach the service from outside; links of cards begin with it.
    pub(crate) public_url: Option<String>,
    pub(crate) cds_hooks_version: CdsHooksVersion,
    pub(crate) cors_origins: BTreeSet<Origin>,
    body_limit_bytes: usize,
    large_body_limit_bytes: usize,
    pub(crate) body_timeout: Duration,
    pub(crate) screening_schema: BodySchema,
    pub(crate) batch_schema: BodySchema,
    pub(crate) calendar_schema: BodySchema,
    pub(crate) assessment_schema: BodySchema,
    pub(crate) turns: Turns,
    pub(crate) answers_schema: BodySchema,
    pub(crate) fhir_answers_schema: BodySchema,
    pub(crate) openapi: Bytes,
    pub(crate) routes: RouteTable,
    pub(crate) metrics: Metrics,
    pub(crate) swagger: Arc<utoipa_swagger_ui::Config<'static>>,
    stopping: AtomicBool,
    matrices: Mutex<Vec<(Arc<str>, Arc<Matrix>)>>,
    forms: Mutex<BTreeMap<FormKey, Arc<IntakeForm>>>,
}

/// A ruleset's digest, the massage type that a form is for, and its language.
type FormKey = (Arc<str>, Option<usize>, Language);

impl Service {
    fn new(config: &ServeConfig, rulesets: Rulesets) -> Result<Self, ServeError> {
        let newest = Arc::clone(rulesets.find("latest")?);
        let document = document::openapi_for(Some(&newest));
        let unusable = |error: &dyn std::fmt::Display| ServeError::Document(error.to_string());
        let value = serde_json::to_value(&document).map_err(|error| unusable(&error))?;
        let mut metrics = Metrics::default();
        let key_sets = config.cds_clients.as_ref().map(CdsClients::key_sets).unwrap_or_default();
        let outbound = Arc::new(Outbound::new(&config.fhir, key_sets)?);
        outbound.register(metrics.registry());
        let clients = config.cds_clients.as_ref().map(|clients| {
            let clients = Clients::new(clients, config.public_url.as_deref(), &outbound);
            clients.ok_or(ServeError::NoPublicUrl)
        });
        let clients = clients.transpose()?;
        if let Some(clients) = &clients {
            clients.register(metrics.registry());
        }
        Ok(Self {
            rulesets,
            api_keys: config.api_keys.clone(),
            v1_is_closed: guard::closes_v1(config),
            clients,
            outbound,
            public_url: config.public_url.clone(),
            cds_hooks_version: config.cds_hooks_version,
            cors_origins: config.cors_origins.clone(),
            body_limit_bytes: config.body_limit_bytes,
            large_body_limit_bytes: config.large_body_limit_bytes,
            body_timeout: config.body_timeout,
            screening_schema: BodySchema::new(&value, ScreeningRequest::SCHEMA).map_err(|error| unusable(&error))?,
            batch_schema: BodySchema::new(&value, BatchRequest::SCHEMA).map_err(|error| unusable(&error))?,
            calendar_schema: BodySchema::new(&value, CalendarRequest::SCHEMA).map_err(|error| unusable(&error))?,
            turns: Turns::default(),
            assessment_schema: BodySchema::new(&value, AssessmentRequest::SCHEMA).map_err(|error| unusable(&error))?,
            answers_schema: BodySchema::new(&value, ANSWERS).map_err(|error| unusable(&error))?,
            fhir_answers_schema: BodySchema::new(&value, FHIR_ANSWERS).map_err(|error| unusable(&error))?,
            openapi: document::bytes(&document).map_err(|error| unusable(&error))?.into(),
            routes: RouteTable::new(&document),
            metrics,
            swagger: Arc::new(super::pages::swagger()),
            stopping: AtomicBool::new(false),
            matrices: Mutex::default(),
            forms: Mutex::default(),
        })
    }

    /// The largest body that an address takes, in bytes.
    pub(crate) fn body_limit_bytes(&self, path: &str) -> usize {
        if routes::takes_large_bodies(path) { self.large_body_limit_bytes } else { self.body_limit_bytes }
    }

    /// Whether new work should go elsewhere.
    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    /// The verdicts of bare conditions, worked out once a ruleset.
    pub(crate) fn matrix(&self, ruleset: &Ruleset) -> Arc<Matrix> {
        let mut matrices = self.matrices.lock().unwrap_or_else(PoisonError::into_inner);
        let digest = &ruleset.stamp().digest;
        if let Some((_, matrix)) = matrices.iter().find(|(known, _)| known == digest) {
            return Arc::clone(matrix);
        }
        let matrix = Arc::new(screening::matrix(ruleset));
        matrices.push((digest.clone(), Arc::clone(&matrix)));
        matrix
    }

    /// The intake form of a ruleset, whole or for one massage type; each is made once a language.
    pub(crate) fn form(&self, ruleset: &Ruleset, massage_type: Option<usize>, language: Language) -> Arc<IntakeForm> {
        let key = (ruleset.stamp().digest.clone(), massage_type, language);
        let mut forms = self.forms.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(forms.entry(key).or_insert_with(|| Arc::new(intake_form(ruleset, massage_type, language))))
    }
}

/// The service, listening but not yet answering.
#[must_use = "it answers once it is run"]
pub struct Server {
    listener: actix_web::dev::Server,
    address: SocketAddr,
    stop: StopHandle,
}

/// Stops a [`Server`] from anywhere.
#[derive(Clone)]
pub struct StopHandle {
    service: Data<Service>,
    handle: ServerHandle,
    drain: Duration,
}

impl StopHandle {
    /// Says 503 on `/readyz` and closes connections after their next answer, waits for the drain time, then accepts no
    /// more connections and returns when everything that was accepted is answered.
    pub async fn stop(&self) {
        self.service.stopping.store(true, Ordering::Relaxed);
        sleep(self.drain).await;
        self.handle.stop(true).await;
    }
}

impl Server {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What stops it.
    #[must_use]
    pub fn stop_handle(&self) -> StopHandle {
        self.stop.clone()
    }

    /// Answers until it is stopped.
    ///
    /// # Errors
    /// [`ServeError::Listener`] where the listener fails.
    pub async fn run(self) -> Result<(), ServeError> {
        self.listener.await.map_err(ServeError::Listener)
    }
}

/// Listens, ready to answer; call it in an actix runtime.
///
/// # Errors
/// [`ServeError::Unprotected`] for an address that is open to others where nobody is asked for a key, [`ServeError::Bind`]
/// for one that cannot be had, [`ServeError::Ruleset`] and [`ServeError::Document`] where there is nothing to serve,
/// [`ServeError::Outbound`] and [`ServeError::NoPublicUrl`] for settings of CDS Hooks that cannot be used.
pub fn bind(config: &ServeConfig, rulesets: Rulesets) -> Result<Server, ServeError> {
    guard::check_binding(config)?;
    let service = Data::new(Service::new(config, rulesets)?);
    let shared = service.clone();
    let origins = config.cors_origins.clone();
    let mut server = HttpServer::new(move || {
        App::new()
            .app_data(shared.clone())
            .configure(routes::configure)
            .default_service(actix_web::web::to(routes::elsewhere))
            .wrap(from_fn(guard::admit))
            .wrap(from_fn(body::buffer))
            .wrap(Condition::new(!origins.is_empty(), cross_origin::answers(&origins)))
            .wrap(from_fn(cross_origin::forget_others))
            .wrap(from_fn(observe::observe))
    })
    .client_request_timeout(config.head_timeout)
    .keep_alive(KeepAlive::Timeout(config.keep_alive))
    .shutdown_timeout(config.shutdown_timeout.as_secs())
    .disable_signals();
    if let Some(workers) = config.workers {
        server = server.workers(workers);
    }
    let refused = |source| ServeError::Bind { address: config.listen, source };
    let server = server.bind(config.listen).map_err(refused)?;
    let address = server.addrs().first().copied().unwrap_or(config.listen);
    let server = server.run();
    let stop = StopHandle { service, handle: server.handle(), drain: config.drain };
    Ok(Server { listener: server, address, stop })
}

/// Serves until the process is told to end (SIGTERM or SIGINT), then finishes what it has accepted.
///
/// # Errors
/// As [`bind`], and [`ServeError::Listener`].
pub async fn serve(config: ServeConfig, rulesets: Rulesets) -> Result<(), ServeError> {
    telemetry::init(config.log);
    let server = bind(&config, rulesets)?;
    let stop = server.stop_handle();
    let versions: Vec<&str> = stop.service.rulesets.iter().map(|ruleset| ruleset.version()).collect();
    tracing::info!(address = %server.address(), rulesets = versions.join(", "), "listening");
    actix_web::rt::spawn(async move {
        told_to_end().await;
        tracing::info!("stopping");
        stop.stop().await;
    });
    server.run().await?;
    tracing::info!("stopped");
    Ok(())
}

#[cfg(unix)]
async fn told_to_end() {
    use actix_web::rt::signal::unix::{SignalKind, signal};
    use std::future::{pending, poll_fn};
    use std::task::Poll;
    let mut signals: Vec<_> =
        [SignalKind::terminate(), SignalKind::interrupt()].into_iter().filter_map(|kind| signal(kind).ok()).collect();
    if signals.is_empty() {
        pending::<()>().await;
    }
    poll_fn(|context| {
        if signals.iter_mut().any(|signal| signal.poll_recv(context).is_ready()) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}

#[cfg(not(unix))]
async fn told_to_end() {
    let _ = actix_web::rt::signal::ctrl_c().await;
}

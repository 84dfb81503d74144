//! A server of one's own, and a client for it.

use std::io;
use std::sync::{Arc, Mutex, OnceLock, mpsc};
use std::thread;
use std::time::Duration;

use kneadsafe::api::{StopHandle, bind};
use kneadsafe::config::{LogConfig, LogFormat, LogLevel, ServeConfig};
use kneadsafe::ruleset::Rulesets;
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

/// A running server.
pub(crate) struct Service {
    pub(crate) url: String,
    pub(crate) client: Client,
    pub(crate) stop: StopHandle,
    thread: Option<thread::JoinHandle<()>>,
}

/// Everything that this process has logged, at the most talkative level.
pub(crate) static LOG: OnceLock<Log> = OnceLock::new();

#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn log() {
    LOG.get_or_init(|| {
        let log = Log::default();
        let writer = log.clone();
        let config = LogConfig { format: LogFormat::Json, level: LogLevel::Trace };
        let subscriber = kneadsafe::telemetry::subscriber(config, move || writer.clone());
        tracing::subscriber::set_global_default(subscriber).unwrap();
        log
    });
}

/// Starts a server with the embedded rulesets, on a free port.
pub(crate) fn start() -> Service {
    start_with(ServeConfig::default())
}

/// As [`start`], with this configuration; address and drain time are set for tests, and workers where they are not given.
pub(crate) fn start_with(config: ServeConfig) -> Service {
    log();
    let config = ServeConfig {
        listen: ([127, 0, 0, 1], 0).into(),
        workers: config.workers.or(Some(2)),
        drain: Duration::from_millis(300),
        ..config
    };
    let (sender, receiver) = mpsc::channel();
    let thread = thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = bind(&config, Rulesets::embedded().unwrap()).unwrap();
            sender.send((server.address(), server.stop_handle())).unwrap();
            server.run().await.unwrap();
        });
    });
    let (address, stop) = receiver.recv().unwrap();
    let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    Service { url: format!("http://{address}"), client, stop, thread: Some(thread) }
}

impl Service {
    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("{}{path}", self.url))
    }

    pub(crate) fn post(&self, body: impl Into<reqwest::Body>) -> RequestBuilder {
        self.client.post(format!("{}/v1/screenings", self.url)).header("content-type", "application/json").body(body)
    }

    pub(crate) async fn screen(&self, body: &Value) -> Response {
        self.post(body.to_string()).send().await.unwrap()
    }

    pub(crate) async fn json(&self, path: &str) -> Value {
        let response = self.get(path).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        response.json().await.unwrap()
    }

    /// Stops the server and waits until it is gone.
    pub(crate) async fn finish(mut self) {
        self.stop.stop().await;
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

/// An ordinary request.
pub(crate) fn ordinary() -> Value {
    json!({
        "session": { "massageType": "relaxing", "pressure": 2, "bodyRegions": ["back"], "date": "2026-11-28" },
        "client": { "age": 46, "firstSession": false },
        "intake": "complete",
        "conditions": [{ "id": "hypertension", "control": "controlled" }]
    })
}

/// Checks that this is a problem of this status and type, and answers it.
pub(crate) async fn problem(response: Response, status: u16, slug: &str) -> Value {
    assert_eq!(response.status().as_u16(), status);
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    assert!(response.headers().contains_key("x-request-id"));
    let document: Value = response.json().await.unwrap();
    assert_eq!(document["type"], format!("/problems/{slug}"));
    assert_eq!(document["status"], status);
    assert!(document["title"].is_string() && document["detail"].is_string());
    document
}

/// The faults of a problem, as `pointer code`.
pub(crate) fn faults(problem: &Value) -> Vec<String> {
    let name = |fault: &Value| format!("{} {}", fault["pointer"].as_str().unwrap(), fault["code"].as_str().unwrap());
    problem["errors"].as_array().unwrap().iter().map(name).collect()
}

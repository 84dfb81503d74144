//! A server of one's own, and everything that it logs.

use std::io;
use std::sync::{Arc, Mutex, OnceLock, mpsc};
use std::thread;
use std::time::Duration;

use kneadsafe::api::{StopHandle, bind};
use kneadsafe::config::{LogConfig, LogFormat, LogLevel, ServeConfig};
use kneadsafe::ruleset::Rulesets;
use reqwest::{Client, Method, RequestBuilder};

/// A running server.
pub(crate) struct Service {
    pub(crate) url: String,
    pub(crate) client: Client,
    stop: StopHandle,
    thread: Option<thread::JoinHandle<()>>,
}

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

/// Everything that this process has logged, at the most talkative level.
pub(crate) fn log() -> &'static Log {
    static LOG: OnceLock<Log> = OnceLock::new();
    LOG.get_or_init(|| {
        let log = Log::default();
        let writer = log.clone();
        let config = LogConfig { format: LogFormat::Json, level: LogLevel::Trace };
        let subscriber = kneadsafe::telemetry::subscriber(config, move || writer.clone());
        tracing::subscriber::set_global_default(subscriber).unwrap();
        log
    })
}

/// Starts a server with the embedded rulesets on a free port; address, workers and drain time are set for tests.
pub(crate) fn start_with(config: ServeConfig) -> Service {
    log();
    let config = ServeConfig {
        listen: ([127, 0, 0, 1], 0).into(),
        workers: Some(2),
        drain: Duration::from_millis(100),
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
    let client = Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
    Service { url: format!("http://{address}"), client, stop, thread: Some(thread) }
}

impl Service {
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.request(Method::GET, path)
    }

    /// Stops the server and waits until it is gone.
    pub(crate) async fn finish(mut self) {
        self.stop.stop().await;
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

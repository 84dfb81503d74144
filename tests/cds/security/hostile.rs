//! FHIR servers and key sets that answer well, badly or not at all, and note who asked them for what.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    /// Path and query.
    pub(crate) target: String,
    /// The whole head.
    pub(crate) head: String,
}

/// What a server does with a request.
pub(crate) enum Answer {
    /// Sends these bytes and closes.
    Bytes(Vec<u8>),
    /// Sends these bytes, then the second ones for ever.
    Endless(Vec<u8>, &'static [u8]),
    /// Sends these bytes one by one, slowly.
    Trickle(Vec<u8>),
    /// Sends nothing and holds the connection.
    Hang,
    /// The same until it is told to let go.
    HangUntil(Arc<Notify>),
}

/// An answer with this head and body.
pub(crate) fn answer(status: &str, headers: &[&str], body: &str) -> Answer {
    let headers: String = headers.iter().flat_map(|header| [header, "\r\n"]).collect();
    Answer::Bytes(
        format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
            .into_bytes(),
    )
}

/// A resource, as a good server sends it.
pub(crate) fn fhir(resource: &Value) -> Answer {
    answer("200 OK", &["content-type: application/fhir+json; charset=utf-8"], &resource.to_string())
}

/// A page of a search.
pub(crate) fn page(resources: &[Value], next: Option<&str>) -> Value {
    let entries: Vec<Value> = resources.iter().map(|resource| json!({ "resource": resource })).collect();
    let mut bundle = json!({ "resourceType": "Bundle", "type": "searchset", "entry": entries });
    if let Some(next) = next {
        bundle["link"] = json!([{ "relation": "next", "url": next }]);
    }
    bundle
}

/// A server on this machine.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    connections: Arc<Mutex<usize>>,
}

type Behave = Arc<dyn Fn(&Seen) -> Answer + Send + Sync>;

impl Server {
    /// Starts one in the test's runtime; it ends with the test.
    pub(crate) async fn start(behave: impl Fn(&Seen) -> Answer + Send + Sync + 'static) -> Self {
        Self::start_in(None, behave).await
    }

    /// The same with TLS.
    pub(crate) async fn start_in(
        tls: Option<TlsAcceptor>,
        behave: impl Fn(&Seen) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = Self { address, seen: Arc::default(), connections: Arc::default() };
        let (seen, connections, behave) = (server.seen.clone(), server.connections.clone(), Arc::new(behave) as Behave);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                *connections.lock().unwrap() += 1;
                tokio::spawn(connection(stream, tls.clone(), seen.clone(), behave.clone()));
            }
        });
        server
    }

    /// Its address as a FHIR server.
    pub(crate) fn fhir(&self) -> String {
        format!("http://{}/fhir", self.address)
    }

    /// What it was asked.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// Paths and queries that it was asked for, in order of the alphabet.
    pub(crate) fn targets(&self) -> Vec<String> {
        let mut targets: Vec<String> = self.seen().into_iter().map(|seen| seen.target).collect();
        targets.sort();
        targets
    }

    /// How many connections it was offered.
    pub(crate) fn connections(&self) -> usize {
        *self.connections.lock().unwrap()
    }
}

async fn connection(stream: TcpStream, tls: Option<TlsAcceptor>, seen: Arc<Mutex<Vec<Seen>>>, behave: Behave) {
    match tls {
        None => converse(stream, &seen, &behave).await,
        Some(tls) => {
            if let Ok(stream) = tls.accept(stream).await {
                converse(stream, &seen, &behave).await;
            }
        }
    }
}

async fn converse(mut stream: impl AsyncRead + AsyncWrite + Unpin, seen: &Mutex<Vec<Seen>>, behave: &Behave) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    let head = String::from_utf8(head).unwrap();
    let asked = Seen { target: head.split(' ').nth(1).unwrap().to_owned(), head };
    seen.lock().unwrap().push(asked.clone());
    match behave(&asked) {
        Answer::Bytes(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Answer::Endless(head, more) => {
            let _ = stream.write_all(&head).await;
            while stream.write_all(more).await.is_ok() {}
        }
        Answer::Trickle(bytes) => {
            for byte in bytes {
                if stream.write_all(&[byte]).await.is_err() {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        Answer::Hang => {
            // Until the other side gives up.
            let _ = stream.read_u8().await;
        }
        Answer::HangUntil(told) => told.notified().await,
    }
}

/// An authority of one's own, and a server's certificate by it for these names.
pub(crate) fn certified(names: &[&str]) -> (String, TlsAcceptor) {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let certificate = CertificateParams::new(names).unwrap().signed_by(&key, &authority).unwrap();
    let private = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config =
        ServerConfig::builder_with_provider(Arc::new(tokio_rustls::rustls::crypto::aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], private)
            .unwrap();
    (authority.pem(), TlsAcceptor::from(Arc::new(config)))
}

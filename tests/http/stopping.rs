//! Stopping without losing a request.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use crate::support::{ordinary, start};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_accepted_request_is_answered_while_the_service_stops() {
    let service = start();
    let ready = Arc::new(AtomicBool::new(true));
    let answered = Arc::new(AtomicUsize::new(0));
    let callers: Vec<_> = (0..16)
        .map(|_| {
            let (ready, answered) = (ready.clone(), answered.clone());
            let (client, url) = (service.client.clone(), format!("{}/v1/screenings", service.url));
            tokio::spawn(async move {
                // As a load balancer does: no new request once readiness is gone.
                while ready.load(Ordering::SeqCst) {
                    let request =
                        client.post(&url).header("content-type", "application/json").body(ordinary().to_string());
                    let response = request.send().await.expect("an accepted request is answered");
                    assert_eq!(response.status(), 200);
                    response.bytes().await.expect("whole");
                    answered.fetch_add(1, Ordering::SeqCst);
                }
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let stop = service.stop.clone();
    let stopping = tokio::spawn(async move { stop.stop().await });
    loop {
        let response = service.get("/readyz").send().await.unwrap();
        if response.status() == 503 {
            assert_eq!(response.headers()["connection"], "close");
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // Alive, and still answering those who were on their way.
    assert_eq!(service.get("/livez").send().await.unwrap().status(), 200);
    ready.store(false, Ordering::SeqCst);
    for caller in callers {
        caller.await.unwrap();
    }
    stopping.await.unwrap();
    assert!(answered.load(Ordering::SeqCst) > 16);
    assert!(service.get("/livez").send().await.is_err());
}

#[tokio::test]
async fn a_request_that_is_still_arriving_is_answered() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let service = start();
    let body = ordinary().to_string();
    let (early, late) = body.split_at(20);
    let mut stream = tokio::net::TcpStream::connect(service.url.trim_start_matches("http://")).await.unwrap();
    let head = format!(
        "POST /v1/screenings HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{early}",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    let stop = service.stop.clone();
    let stopping = tokio::spawn(async move { stop.stop().await });
    tokio::time::sleep(Duration::from_millis(600)).await;
    stream.write_all(late.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    stopping.await.unwrap();
}

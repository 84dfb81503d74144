//! `kneadsafe health`: asks a service on this machine whether it is ready, for container health checks.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use clap::Args;

use super::{CliError, Exit, output};

const PATIENCE: Duration = Duration::from_secs(2);

/// Which service.
#[derive(Debug, Args)]
pub(super) struct HealthArgs {
    /// Where the service listens; its port is asked on this machine
    #[arg(long, env = "KNEADSAFE_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    listen: SocketAddr,
}

/// Asks `/readyz` and says whether the answer was 200.
pub(super) fn run(args: &HealthArgs) -> Result<Exit, CliError> {
    let mut address = args.listen;
    if address.ip().is_unspecified() {
        address.set_ip(if address.is_ipv4() { [127, 0, 0, 1].into() } else { std::net::Ipv6Addr::LOCALHOST.into() });
    }
    match ask(address) {
        Ok(status) if status.starts_with("HTTP/1.1 200") => {
            output::line("ready")?;
            Ok(Exit::Done)
        }
        Ok(status) => {
            output::complain(format!("not ready: {status}"));
            Ok(Exit::Found)
        }
        Err(error) => {
            output::complain(format!("not ready: {error}"));
            Ok(Exit::Found)
        }
    }
}

/// The first line of the answer.
fn ask(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(format!("GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").as_bytes())?;
    let mut answer = Vec::new();
    stream.take(4096).read_to_end(&mut answer)?;
    let text = String::from_utf8_lossy(&answer);
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

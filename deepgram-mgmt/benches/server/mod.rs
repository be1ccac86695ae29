//! A server on loopback with responses of the shapes and sizes that are measured, as plain as a server can be.

pub(crate) mod responses;

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;
use std::{io, thread};

/// Serves every request with the body that `response` makes of its target, `delay` after it came, until the process ends.
/// Returns the base URL.
pub(crate) fn serve(delay: Duration, response: impl Fn(&str) -> String + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port of this machine");
    let base_url = format!("http://{}", listener.local_addr().expect("the address just bound"));
    let response = Arc::new(response);
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            let response = Arc::clone(&response);
            // What breaks off is the client's to report.
            thread::spawn(move || converse(connection, delay, &*response));
        }
    });
    base_url
}

fn converse(mut connection: TcpStream, delay: Duration, response: &dyn Fn(&str) -> String) -> io::Result<()> {
    connection.set_nodelay(true)?;
    let mut received = BufReader::new(connection.try_clone()?);
    let mut head = String::new();
    while received.read_line(&mut head)? > 0 {
        if !head.ends_with("\r\n\r\n") {
            continue;
        }
        let body = response(head.split(' ').nth(1).unwrap_or_default());
        head.clear();
        thread::sleep(delay);
        let length = body.len();
        let response = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nDate: Fri, 02 Oct 2026 08:00:00 GMT\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        );
        connection.write_all(response.as_bytes())?;
    }
    Ok(())
}

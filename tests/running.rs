//! The service on a thread of its own, from its start to its end.

use std::net::SocketAddr;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use actix_web::HttpServer;
use actix_web::dev::ServerHandle;
use actix_web::rt::System;
use api::routes::{Shared, application};

/// A running service; stops when dropped.
pub(crate) struct Running {
    address: SocketAddr,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    /// Starts the service on a free port of this machine.
    pub(crate) fn start(_database_url: &str, _password: &str, _opening: &str) -> Self {
        let (started, starting) = mpsc::channel();
        let thread = thread::spawn(move || {
            System::new().block_on(async move {
                let shared = Shared::without_desk();
                let server = HttpServer::new(move || application(&shared))
                    .workers(2)
                    .disable_signals()
                    .bind("127.0.0.1:0")
                    .expect("a port is free");
                let address = server.addrs()[0];
                let server = server.run();
                started
                    .send((address, server.handle()))
                    .expect("whoever starts it waits");
                server.await.expect("the service runs to its end");
            });
        });
        let (address, handle) = starting.recv().expect("the service starts");
        Self {
            address,
            handle,
            thread: Some(thread),
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // The message goes out at once; who waits for the end is the thread below.
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

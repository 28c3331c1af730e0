//! The display that the program sees.
//!
//! Owns its number, its lock and its sockets, and their removal. It must not
//! know who connects.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::fd::{AsFd as _, BorrowedFd};
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::path::PathBuf;

use rustix::net::sockopt::socket_peercred;

/// Where numbers are looked for: beyond those that servers take by themselves.
const NUMBERS: std::ops::Range<u16> = 100..1000;

/// A display of which we are the server.
#[derive(Debug)]
pub(super) struct Display {
    pub(super) number: u16,
    /// By name, as old clients look for it; as `/tmp` is, it may be impossible.
    by_path: Option<UnixListener>,
    /// In Linux's abstract namespace, where libxcb looks first.
    by_name: Option<UnixListener>,
    lock: PathBuf,
}

impl Display {
    /// Takes the first free number, as X servers do: by a lock file.
    pub(super) fn new() -> io::Result<Self> {
        let mut last = io::Error::from(io::ErrorKind::AddrInUse);
        for number in NUMBERS {
            match Self::numbered(number) {
                Ok(Some(display)) => return Ok(display),
                Ok(None) => {}
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// `None` if the number is taken.
    fn numbered(number: u16) -> io::Result<Option<Self>> {
        let path = socket_path(number);
        let lock = PathBuf::from(format!("/tmp/.X{number}-lock"));
        let file = OpenOptions::new().write(true).create_new(true).mode(0o444).open(&lock);
        let mut file = match file {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(None),
            Err(error) => return Err(error),
        };
        // From here on, whatever goes wrong removes the lock.
        let mut display = Self { number, by_path: None, by_name: None, lock };
        writeln!(file, "{:>10}", std::process::id())?;
        let address = SocketAddr::from_abstract_name(&path)?;
        match UnixListener::bind_addr(&address) {
            Ok(listener) => display.by_name = Some(listener),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => return Ok(None),
            // Somewhere without an abstract namespace, the path must do.
            Err(_) => {}
        }
        // The folder is there unless no server ever ran.
        let _ = fs::create_dir("/tmp/.X11-unix");
        match UnixListener::bind(&path) {
            Ok(listener) => display.by_path = Some(listener),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => return Ok(None),
            Err(error) if display.by_name.is_none() => return Err(error),
            Err(_) => {}
        }
        for listener in display.listeners() {
            listener.set_nonblocking(true)?;
        }
        Ok(Some(display))
    }

    fn listeners(&self) -> impl Iterator<Item = &UnixListener> {
        self.by_path.iter().chain(&self.by_name)
    }

    pub(super) fn sockets(&self) -> Vec<BorrowedFd<'_>> {
        self.listeners().map(|listener| listener.as_fd()).collect()
    }

    /// The next client that waits, if one does and may.
    ///
    /// The server behind us takes us for the user that we are; other users would
    /// get through by our name, so that only root and the same user may.
    pub(super) fn accept(&self) -> io::Result<Option<UnixStream>> {
        for listener in self.listeners() {
            loop {
                match listener.accept() {
                    Ok((stream, _)) => {
                        let uid = socket_peercred(&stream).map(|peer| peer.uid);
                        if uid.is_ok_and(|uid| uid.is_root() || uid == rustix::process::geteuid()) {
                            return Ok(Some(stream));
                        }
                    }
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    // The client has left before it was let in.
                    Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(None)
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        // What is gone already needs no removal.
        if self.by_path.is_some() {
            let _ = fs::remove_file(socket_path(self.number));
        }
        let _ = fs::remove_file(&self.lock);
    }
}

fn socket_path(number: u16) -> String {
    format!("/tmp/.X11-unix/X{number}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_displays_have_two_numbers_and_leave_nothing() {
        let (first, second) = (Display::new().unwrap(), Display::new().unwrap());
        assert_ne!(first.number, second.number);
        let client = UnixStream::connect(socket_path(first.number)).unwrap();
        assert!(first.accept().unwrap().is_some());
        assert!(first.accept().unwrap().is_none() && second.accept().unwrap().is_none());
        let address = SocketAddr::from_abstract_name(socket_path(second.number)).unwrap();
        let other = UnixStream::connect_addr(&address).unwrap();
        assert!(second.accept().unwrap().is_some());
        let (path, lock) = (socket_path(first.number), first.lock.clone());
        drop((first, client, other));
        assert!(!fs::exists(path).unwrap() && !fs::exists(lock).unwrap());
    }
}

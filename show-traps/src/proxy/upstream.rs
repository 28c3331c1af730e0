//! The server behind us.
//!
//! Owns where it is and how it is reached. It must not know who asks.

use std::io;
use std::net::{IpAddr, TcpStream};
use std::os::fd::OwnedFd;
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{SocketAddr, UnixStream};

use x11rb::reexports::x11rb_protocol;
use x11rb_protocol::parse_display::{ConnectAddress, ParsedDisplay, parse_display};
use x11rb_protocol::xauth::{Family, get_auth};

use super::ProxyError;

/// The server that `DISPLAY` names.
#[derive(Debug)]
pub(super) struct Upstream {
    display: ParsedDisplay,
}

/// A name and bytes that let a client in.
pub(super) type Cookie = (Vec<u8>, Vec<u8>);

impl Upstream {
    pub(super) fn find() -> Result<Self, ProxyError> {
        let display = parse_display(None).map_err(|error| ProxyError::Server(error.to_string()))?;
        Ok(Self { display })
    }

    pub(super) fn screen(&self) -> u16 {
        self.display.screen
    }

    /// A new connection, nothing said yet.
    pub(super) fn connect(&self) -> io::Result<OwnedFd> {
        let mut last = io::Error::from(io::ErrorKind::NotFound);
        for address in self.display.connect_instruction() {
            match connect_to(&address) {
                Ok(socket) => return Ok(socket),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// What the user's authority file has for the server, if anything.
    pub(super) fn cookie(&self) -> Option<Cookie> {
        let number = self.display.display;
        let local = || {
            let host = rustix::system::uname().nodename().to_bytes().to_vec();
            get_auth(Family::LOCAL, &host, number).ok().flatten()
        };
        self.display.connect_instruction().find_map(|address| match address {
            ConnectAddress::Hostname(host, port) => {
                let peer = TcpStream::connect((host, port)).ok()?.peer_addr().ok()?.ip();
                if peer.is_loopback() {
                    return local();
                }
                match peer.to_canonical() {
                    IpAddr::V4(ip) => get_auth(Family::INTERNET, &ip.octets(), number),
                    IpAddr::V6(ip) => get_auth(Family::INTERNET6, &ip.octets(), number),
                }
                .ok()
                .flatten()
            }
            _ => local(),
        })
    }
}

fn connect_to(address: &ConnectAddress<'_>) -> io::Result<OwnedFd> {
    match address {
        ConnectAddress::Socket(path) => match UnixStream::connect(path) {
            Ok(stream) => Ok(stream.into()),
            Err(error) => {
                let by_name = SocketAddr::from_abstract_name(path)?;
                UnixStream::connect_addr(&by_name).map(OwnedFd::from).map_err(|_other| error)
            }
        },
        ConnectAddress::Hostname(host, port) => {
            let stream = TcpStream::connect((*host, *port))?;
            stream.set_nodelay(true)?;
            Ok(stream.into())
        }
        _ => Err(io::ErrorKind::Unsupported.into()),
    }
}

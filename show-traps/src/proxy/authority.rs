//! What lets the program in: the server's cookie under our display's number.
//!
//! Owns a file of its own in the format of `Xauthority` (`Xau`), and its
//! removal. Clients send the cookie, the relay passes it on, the server checks
//! it: we never compare.

use std::env;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use super::upstream::Upstream;

#[derive(Debug)]
pub(super) struct Authority {
    path: PathBuf,
}

/// `FamilyWild`: any address.
const ANY_ADDRESS: u16 = 65535;

impl Authority {
    pub(super) fn new(number: u16, upstream: &Upstream) -> io::Result<Self> {
        let folder = env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
        let folder = folder.filter(|folder| folder.is_dir()).unwrap_or_else(env::temp_dir);
        let path = folder.join(format!("show-traps-{}-{number}.xauth", std::process::id()));
        // A stranger's file of this name is not written into.
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        let authority = Self { path };
        if let Some((name, data)) = upstream.cookie() {
            file.write_all(&entry(number, &name, &data))?;
        }
        // Other displays' cookies, for a program that knows them.
        let users = env::var_os("XAUTHORITY")
            .map(PathBuf::from)
            .or_else(|| env::home_dir().map(|home| home.join(".Xauthority")));
        if let Some(theirs) = users.and_then(|path| fs::read(path).ok()) {
            file.write_all(&theirs)?;
        }
        Ok(authority)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

fn entry(number: u16, name: &[u8], data: &[u8]) -> Vec<u8> {
    let mut bytes = ANY_ADDRESS.to_be_bytes().to_vec();
    for field in [&b""[..], number.to_string().as_bytes(), name, data] {
        // None is longer: names and cookies come from such a file themselves.
        bytes.extend_from_slice(&(field.len() as u16).to_be_bytes());
        bytes.extend_from_slice(field);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_as_libxau_reads_them() {
        let expected = b"\xff\xff\0\0\0\x03101\0\x02ab\0\x01\x07";
        assert_eq!(entry(101, b"ab", &[7]), expected);
    }
}

//! The program, and all that it starts.
//!
//! Owns the waiting for their ends. A program that leaves another behind, as a
//! shell or a launcher does, hands it to us (`PR_SET_CHILD_SUBREAPER`), so that
//! we know when the last has ended.

use std::io::{self, Read as _, Write as _};
use std::os::fd::{AsFd as _, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use rustix::io::Errno;
use rustix::process::{WaitOptions, getpid, set_child_subreaper, wait};

#[derive(Debug)]
pub(super) struct Descendants {
    /// Readable when somebody has ended.
    woken: UnixStream,
    ends: Receiver<End>,
    status: Option<ExitStatus>,
    program_ended: bool,
    all_ended: bool,
}

#[derive(Debug)]
enum End {
    Program(ExitStatus),
    All,
}

impl Descendants {
    /// Makes orphans of descendants our children. Before there are any.
    pub(super) fn adopt() {
        // Without it only the program itself is waited for.
        let _ = set_child_subreaper(Some(getpid()));
    }

    /// Waits for all children of this process, on a thread. Nobody else may.
    pub(super) fn watch(program: u32) -> io::Result<Self> {
        let (woken, wake) = UnixStream::pair()?;
        woken.set_nonblocking(true)?;
        let (sender, ends) = channel();
        thread::Builder::new()
            .name("wait".into())
            .spawn(move || wait_for_all(program, &sender, wake))?;
        Ok(Self { woken, ends, status: None, program_ended: false, all_ended: false })
    }

    pub(super) fn socket(&self) -> BorrowedFd<'_> {
        self.woken.as_fd()
    }

    /// Takes note of who has ended.
    pub(super) fn hear(&mut self) {
        // Bytes only wake.
        let _ = self.woken.read(&mut [0; 64]);
        while let Ok(end) = self.ends.try_recv() {
            match end {
                End::Program(status) => {
                    self.status = Some(status);
                    self.program_ended = true;
                }
                End::All => {
                    self.program_ended = true;
                    self.all_ended = true;
                }
            }
        }
    }

    pub(super) fn program_has_ended(&self) -> bool {
        self.program_ended
    }

    pub(super) fn all_have_ended(&self) -> bool {
        self.all_ended
    }

    pub(super) fn status(&self) -> Option<ExitStatus> {
        self.status
    }
}

fn wait_for_all(program: u32, sender: &Sender<End>, mut wake: UnixStream) {
    loop {
        let end = match wait(WaitOptions::empty()) {
            Ok(Some((pid, status))) => {
                if pid.as_raw_nonzero().get().cast_unsigned() != program {
                    continue;
                }
                End::Program(ExitStatus::from_raw(status.as_raw()))
            }
            Ok(None) | Err(Errno::INTR) => continue,
            // No children, most likely.
            Err(_) => End::All,
        };
        let last = matches!(end, End::All);
        // Nobody listens any more when the capture has ended.
        if sender.send(end).is_err() || wake.write_all(&[0]).is_err() || last {
            return;
        }
    }
}

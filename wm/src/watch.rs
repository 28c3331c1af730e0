//! Notices when the configuration file changes.
//!
//! Owns the inotify watches. Must not read the configuration for more than
//! its identity, nor know what is done about a change.
//!
//! Editors do not simply write: they rename a new file over the old one,
//! write in several steps, or write through a symbolic link into some other
//! directory; and a file may appear only later, in a directory that is not
//! there yet. So directories are watched, for the names on the way to the
//! file and on the way of its links; after a quiet moment the file's content
//! is compared with what it was. The quiet moment is a timer of the kernel's
//! in the same descriptor ([`Watcher::source`]); nothing sleeps.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Read};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::event::epoll;
use rustix::fs::inotify;
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
    timerfd_settime,
};
use tracing::warn;

/// How long a file must be left alone before it counts as written, in
/// nanoseconds: longer than an editor's steps, shorter than one's patience.
const QUIET: i64 = 100_000_000;

/// Links followed for one file, as the kernel's own limit.
const MAX_LINKS: usize = 40;

/// How much of a file is compared, in bytes.
const MAX_CONTENT: u64 = 4 * 1024 * 1024;

/// Watches some files, there or not.
#[derive(Debug)]
pub struct Watcher {
    inotify: OwnedFd,
    timer: OwnedFd,
    poll: OwnedFd,
    files: Vec<PathBuf>,
    /// The watched directories, each with the names that matter in it.
    directories: BTreeMap<i32, Vec<OsString>>,
    known: Vec<Option<u64>>,
}

impl Watcher {
    /// Watches `files`: every place where the configuration is looked for,
    /// or the one that the command line names. To be made *before* the
    /// configuration is read for the first time, so that nothing is missed
    /// in between.
    ///
    /// # Errors
    /// The system has no inotify, or no descriptors, left for us. Directories
    /// that cannot be watched are logged only.
    pub fn new(files: impl IntoIterator<Item = PathBuf>) -> io::Result<Self> {
        let inotify =
            inotify::init(inotify::CreateFlags::CLOEXEC | inotify::CreateFlags::NONBLOCK)?;
        let flags = TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK;
        let timer = timerfd_create(TimerfdClockId::Monotonic, flags)?;
        let poll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        for (number, descriptor) in [&inotify, &timer].into_iter().enumerate() {
            let data = epoll::EventData::new_u64(number as u64);
            epoll::add(&poll, descriptor, data, epoll::EventFlags::IN)?;
        }
        let files = files.into_iter().map(std::path::absolute).collect::<io::Result<Vec<_>>>()?;
        let mut watcher =
            Self { inotify, timer, poll, files, directories: BTreeMap::new(), known: Vec::new() };
        watcher.watch();
        watcher.known = watcher.look();
        Ok(watcher)
    }

    /// A descriptor for the event loop, to be watched for reading (level
    /// triggered); [`Watcher::dispatch`] is to be called whenever it is
    /// readable.
    ///
    /// # Errors
    /// Out of descriptors.
    pub fn source(&self) -> io::Result<OwnedFd> {
        self.poll.try_clone()
    }

    /// Takes note of what happened, without waiting. True once for each
    /// change of a file's content, its appearing and its vanishing.
    pub fn dispatch(&mut self) -> bool {
        if self.something_happened() {
            self.set_timer(QUIET);
        }
        if !self.timer_ended() {
            return false;
        }
        // What is on the way may be another directory now. The watches come
        // before the look, so that what happens in between is seen next time.
        self.watch();
        let found = self.look();
        let changed = found != self.known;
        self.known = found;
        changed
    }

    /// Reads all inotify events: did one concern a name that matters?
    fn something_happened(&self) -> bool {
        let mut happened = false;
        let mut space = [MaybeUninit::uninit(); 4096];
        let mut events = inotify::Reader::new(&self.inotify, &mut space);
        // An error is most often that there is nothing more.
        while let Ok(event) = events.next() {
            let name = event.file_name().map(|name| OsStr::from_bytes(name.to_bytes()));
            happened |= match (name, self.directories.get(&event.wd())) {
                // The directory itself, a lost queue, or a watch that ended.
                (None, _) => true,
                (Some(name), Some(names)) => names.iter().any(|known| known == name),
                (Some(_), None) => false,
            };
        }
        happened
    }

    fn set_timer(&self, nanoseconds: i64) {
        let zero = Timespec { tv_sec: 0, tv_nsec: 0 };
        let it_value = Timespec { tv_sec: 0, tv_nsec: nanoseconds };
        let once = Itimerspec { it_interval: zero, it_value };
        if let Err(error) = timerfd_settime(&self.timer, TimerfdTimerFlags::empty(), &once) {
            warn!("cannot set a timer: {error}");
        }
    }

    fn timer_ended(&self) -> bool {
        rustix::io::read(&self.timer, &mut [0; 8]).is_ok()
    }

    /// Watches the directories that matter now, and no others.
    fn watch(&mut self) {
        let mut wanted: BTreeMap<PathBuf, Vec<OsString>> = BTreeMap::new();
        for file in &self.files {
            names_on_the_way(file, &mut wanted);
        }
        let flags = inotify::WatchFlags::CLOSE_WRITE
            | inotify::WatchFlags::CREATE
            | inotify::WatchFlags::DELETE
            | inotify::WatchFlags::MOVED_FROM
            | inotify::WatchFlags::MOVED_TO
            | inotify::WatchFlags::DELETE_SELF
            | inotify::WatchFlags::MOVE_SELF
            | inotify::WatchFlags::ONLYDIR;
        let mut directories: BTreeMap<i32, Vec<OsString>> = BTreeMap::new();
        for (directory, names) in wanted {
            // Adding a directory again gives the watch that it has.
            match inotify::add_watch(&self.inotify, &directory, flags) {
                Ok(watch) => directories.entry(watch).or_default().extend(names),
                Err(error) => warn!("cannot watch {}: {error}", directory.display()),
            }
        }
        for watch in self.directories.keys().filter(|watch| !directories.contains_key(watch)) {
            // It fails for directories that are gone, whose watches are too.
            let _ = inotify::remove_watch(&self.inotify, *watch);
        }
        self.directories = directories;
    }

    /// What each file holds, as a hash; `None` where there is none.
    fn look(&self) -> Vec<Option<u64>> {
        let content = |file: &PathBuf| {
            let mut bytes = Vec::new();
            // Only files: a FIFO would keep us waiting.
            if !std::fs::metadata(file).ok()?.is_file() {
                return None;
            }
            File::open(file).ok()?.take(MAX_CONTENT).read_to_end(&mut bytes).ok()?;
            let mut hasher = DefaultHasher::new();
            bytes.hash(&mut hasher);
            Some(hasher.finish())
        };
        self.files.iter().map(content).collect()
    }
}

impl AsFd for Watcher {
    fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        self.poll.as_fd()
    }
}

/// The names, by directory, whose change can change what `file` is: its own
/// in its directory, or the first missing directory's on the way to it; and
/// those of every link that is met.
fn names_on_the_way(file: &Path, wanted: &mut BTreeMap<PathBuf, Vec<OsString>>) {
    let mut waiting = vec![file.to_owned()];
    let mut links = 0;
    while let Some(path) = waiting.pop() {
        let mut directory = PathBuf::from("/");
        let mut parts = path.components().skip(1).peekable();
        while let Some(part) = parts.next() {
            let next = directory.join(part);
            let link = std::fs::read_link(&next).ok();
            let is_last = parts.peek().is_none();
            if is_last || link.is_some() || !next.exists() {
                wanted.entry(directory.clone()).or_default().push(part.as_os_str().to_owned());
            }
            if let Some(target) = link.filter(|_| links < MAX_LINKS) {
                links += 1;
                let mut target = directory.join(target);
                target.extend(parts.by_ref());
                waiting.push(target);
                break;
            }
            if !next.exists() {
                break;
            }
            directory = next;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    struct Fixture {
        root: PathBuf,
    }

    impl Fixture {
        fn new(name: &str) -> Self {
            let root =
                std::env::temp_dir().join(format!("trapeze-watch-{name}-{}", std::process::id()));
            let _ = fs::remove_dir_all(&root);
            fs::create_dir_all(&root).unwrap();
            Self { root: root.canonicalize().unwrap() }
        }

        fn path(&self, name: &str) -> PathBuf {
            self.root.join(name)
        }
    }

    impl Drop for Fixture {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.root);
        }
    }

    /// Waits, for as long as it takes, until a change is seen.
    fn changes(watcher: &mut Watcher) {
        loop {
            let mut poll = [rustix::event::PollFd::new(&*watcher, rustix::event::PollFlags::IN)];
            rustix::event::poll(&mut poll, None).unwrap();
            if watcher.dispatch() {
                return;
            }
        }
    }

    /// Whether anything is waiting to be looked at.
    fn is_quiet(watcher: &mut Watcher) -> bool {
        !watcher.something_happened()
    }

    fn watcher(file: &Path) -> Watcher {
        Watcher::new([file.to_owned()]).unwrap()
    }

    #[test]
    fn written_replaced_and_removed_files_are_noticed() {
        let fixture = Fixture::new("plain");
        let file = fixture.path("config.toml");
        fs::write(&file, "1").unwrap();
        let mut watcher = watcher(&file);
        assert!(!watcher.dispatch());

        fs::write(&file, "2").unwrap();
        changes(&mut watcher);

        // As editors do: a new file takes the old one's place.
        fs::write(fixture.path("config.toml.new"), "3").unwrap();
        fs::rename(fixture.path("config.toml.new"), &file).unwrap();
        changes(&mut watcher);
        fs::write(&file, "4").unwrap();
        changes(&mut watcher);

        fs::remove_file(&file).unwrap();
        changes(&mut watcher);
        fs::write(&file, "5").unwrap();
        changes(&mut watcher);
    }

    #[test]
    fn other_files_do_not_even_set_the_timer() {
        let fixture = Fixture::new("others");
        let file = fixture.path("config.toml");
        fs::write(&file, "1").unwrap();
        let mut watcher = watcher(&file);
        fs::write(fixture.path("other"), "1").unwrap();
        assert!(is_quiet(&mut watcher));
        fs::write(&file, "1").unwrap();
        assert!(!is_quiet(&mut watcher), "a file written as it was is looked at");
        assert_eq!(watcher.look(), watcher.known, "and found to be the same");
    }

    #[test]
    fn a_file_in_a_directory_to_come_is_noticed() {
        let fixture = Fixture::new("later");
        let file = fixture.path("a/b/config.toml");
        let mut watcher = watcher(&file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, "1").unwrap();
        changes(&mut watcher);
        fs::write(&file, "2").unwrap();
        changes(&mut watcher);
        fs::remove_dir_all(fixture.path("a")).unwrap();
        changes(&mut watcher);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, "3").unwrap();
        changes(&mut watcher);
    }

    #[test]
    fn links_are_followed_wherever_they_lead() {
        let fixture = Fixture::new("links");
        for directory in ["dotfiles/one", "dotfiles/two", "home"] {
            fs::create_dir_all(fixture.path(directory)).unwrap();
        }
        fs::write(fixture.path("dotfiles/one/config.toml"), "1").unwrap();
        fs::write(fixture.path("dotfiles/two/config.toml"), "2").unwrap();
        // A directory that is a link, by a relative path, to a directory in
        // which the file is a link.
        symlink("../dotfiles/one", fixture.path("home/trapeze")).unwrap();
        let file = fixture.path("home/trapeze/config.toml");
        let mut watcher = watcher(&file);

        fs::write(fixture.path("dotfiles/one/config.toml"), "1b").unwrap();
        changes(&mut watcher);

        symlink("../dotfiles/two", fixture.path("home/new")).unwrap();
        fs::rename(fixture.path("home/new"), fixture.path("home/trapeze")).unwrap();
        changes(&mut watcher);
        fs::write(fixture.path("dotfiles/two/config.toml"), "2b").unwrap();
        changes(&mut watcher);

        fs::write(fixture.path("elsewhere"), "3").unwrap();
        fs::remove_file(fixture.path("dotfiles/two/config.toml")).unwrap();
        symlink(fixture.path("elsewhere"), fixture.path("dotfiles/two/config.toml")).unwrap();
        changes(&mut watcher);
        fs::write(fixture.path("elsewhere"), "4").unwrap();
        changes(&mut watcher);
    }

    #[test]
    fn links_in_a_circle_end() {
        let fixture = Fixture::new("circle");
        symlink("b", fixture.path("a")).unwrap();
        symlink("a", fixture.path("b")).unwrap();
        let mut watcher = watcher(&fixture.path("a"));
        fs::remove_file(fixture.path("b")).unwrap();
        fs::write(fixture.path("b"), "1").unwrap();
        changes(&mut watcher);
    }
}

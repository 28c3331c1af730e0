//! One turn of one contestant: every measurement on a fresh server.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use trapeze_testkit::pixels::FrameBuffer;
use trapeze_testkit::{Client, Rectangle, Server, Window, WindowManager, ewmh};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ChangeGCAux, ConnectionExt as _, CreateGCAux};

use super::contest::Contestant;

/// Frames per second of the drawing client.
const RATE: u32 = 60;
/// Windows that lie behind the one that is drawn into.
const BEHIND: i16 = 10;
/// How many draws the latency is taken from.
const LATENCY_DRAWS: u32 = 60;
/// Pause between them, long enough for everything to become idle.
const LATENCY_PAUSE: Duration = Duration::from_millis(40);
/// Windows that are mapped and destroyed.
const MANY: usize = 500;
/// A draw that has not arrived by then never will.
const LOST: Duration = Duration::from_secs(2);

/// What one turn found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sample {
    /// CPU for a 64 × 64 fill at 60 Hz, in ms per second.
    pub(crate) small: f64,
    /// CPU for a 512 × 512 fill at 60 Hz, in ms per second.
    pub(crate) large: f64,
    /// Median time from drawing to the screen, in ms.
    pub(crate) latency: f64,
    /// The 95th percentile of the same, in ms.
    pub(crate) late: f64,
    /// Time until 500 windows are mapped and managed and then gone, in ms.
    pub(crate) many: f64,
    /// CPU of that, in ms.
    pub(crate) many_cpu: f64,
    /// Proportional memory of window manager and compositor, in MB.
    pub(crate) memory: f64,
    /// Wake-ups per second of window manager and compositor while nothing happens.
    pub(crate) wakeups: f64,
}

/// Takes one turn; each timed measurement lasts `span`.
pub(crate) fn measure(contestant: Contestant, span: Duration) -> Result<Sample> {
    let server = Server::xvfb().size(1920, 1080).start()?;
    let managers = contestant.start(&server)?;
    let client = Client::connect(&server)?;
    let stage = Stage::set(contestant, &server, &managers, &client)?;
    let screen = FrameBuffer::open(server.frame_buffer().context("no frame buffer")?)?;
    let mut sample = Sample::default();

    stage.quiesce(&screen)?;
    let before = stage.switches()?;
    std::thread::sleep(span);
    sample.wakeups = (stage.switches()? - before) as f64 / span.as_secs_f64();
    sample.memory = stage.memory()?;
    sample.small = stage.cost_of_drawing(64, span)?;
    sample.large = stage.cost_of_drawing(512, span)?;
    let mut delays = stage.latencies(&screen)?;
    delays.sort_by(f64::total_cmp);
    sample.latency = delays[delays.len() / 2];
    sample.late = delays[delays.len() * 95 / 100];
    (sample.many, sample.many_cpu) = stage.many_windows()?;
    Ok(sample)
}

/// A server with its contestant and the windows of the measurement.
struct Stage<'a> {
    contestant: Contestant,
    client: &'a Client,
    window: Window<'a>,
    context: u32,
    managers: Vec<u32>,
    server: u32,
}

impl<'a> Stage<'a> {
    fn set(
        contestant: Contestant,
        server: &Server,
        managers: &[WindowManager],
        client: &'a Client,
    ) -> Result<Self> {
        let wait = |window: Window<'_>| {
            if contestant.manages() { window.wait_managed() } else { window.wait_viewable() }
        };
        for number in 0..BEHIND {
            let (x, y) = (number * 130, number * 60);
            let window = client.window().placed(x, y).size(500, 400).test_card(1).map()?;
            wait(window)?;
        }
        let window = client.window().placed(600, 300).size(600, 600).color(0xff20_2020).map()?;
        wait(window)?;
        let context = client.new_id()?;
        let attributes = CreateGCAux::new().graphics_exposures(0);
        client.connection().create_gc(context, window.id(), &attributes)?;
        let managers = managers.iter().map(WindowManager::process_id).collect();
        let server = server.process_id();
        Ok(Self { contestant, client, window, context, managers, server })
    }

    /// Fills a square in the window, without waiting.
    fn fill(&self, side: u16, color: u32) -> Result<()> {
        let connection = self.client.connection();
        connection.change_gc(self.context, &ChangeGCAux::new().foreground(color))?;
        let square = Rectangle::new(40, 40, side.into(), side.into()).to_x();
        connection.poll_for_event()?;
        connection.poly_fill_rectangle(self.window.id(), self.context, &[square])?;
        Ok(connection.flush()?)
    }

    /// Waits until a fill of ours has arrived on the screen and all else is over.
    fn quiesce(&self, screen: &FrameBuffer) -> Result<()> {
        self.delay(screen, 0x0001_0203)?;
        // Fades, start-up work and the like: until a whole second brings nothing new.
        let mut last = self.switches()?;
        for _ in 0..10 {
            std::thread::sleep(Duration::from_secs(1));
            let now = self.switches()?;
            if now == last {
                break;
            }
            last = now;
        }
        Ok(())
    }

    /// Draws a colour and times how long the screen takes to show it.
    fn delay(&self, screen: &FrameBuffer, color: u32) -> Result<Duration> {
        let place = self.window.geometry()?;
        let (x, y) = (place.x.cast_unsigned() + 60, place.y.cast_unsigned() + 60);
        let begun = Instant::now();
        self.fill(64, color)?;
        while screen.pixel(x, y)? != color {
            if begun.elapsed() > LOST {
                bail!("a drawn square did not reach the screen");
            }
        }
        Ok(begun.elapsed())
    }

    /// Times of draws after idleness, in ms.
    fn latencies(&self, screen: &FrameBuffer) -> Result<Vec<f64>> {
        let mut delays = Vec::new();
        for number in 0..LATENCY_DRAWS {
            std::thread::sleep(LATENCY_PAUSE);
            let delay = self.delay(screen, 0x0010_0000 + number * 0x0101)?;
            delays.push(delay.as_secs_f64() * 1e3);
        }
        Ok(delays)
    }

    /// CPU of drawing a square at a steady rate, in ms per second.
    fn cost_of_drawing(&self, side: u16, span: Duration) -> Result<f64> {
        let before = self.cpu()?;
        let begun = Instant::now();
        let frames = span.as_secs() as u32 * RATE;
        for frame in 0..frames {
            self.fill(side, 0x0040_0000 + frame)?;
            let next = begun + Duration::from_secs(1) * (frame + 1) / RATE;
            std::thread::sleep(next.saturating_duration_since(Instant::now()));
        }
        Ok((self.cpu()? - before) / begun.elapsed().as_secs_f64())
    }

    /// Maps and destroys many windows: wall time and CPU in ms.
    fn many_windows(&self) -> Result<(f64, f64)> {
        let before = self.cpu()?;
        let begun = Instant::now();
        let mut windows = Vec::new();
        for number in 0..MANY {
            let place = (number % 50) as i16 * 20;
            windows.push(self.client.window().placed(place, place / 2).size(120, 90).map()?);
        }
        let ids: Vec<u32> = windows.iter().map(|window| window.id()).collect();
        if self.contestant.manages() {
            self.wait_listed(&ids, true)?;
        }
        for window in &windows {
            self.client.connection().destroy_window(window.id())?;
        }
        if self.contestant.manages() {
            self.wait_listed(&ids, false)?;
        }
        self.client.sync()?;
        Ok((begun.elapsed().as_secs_f64() * 1e3, self.cpu()? - before))
    }

    fn wait_listed(&self, windows: &[u32], listed: bool) -> Result<()> {
        self.client.wait_true("all windows listed or gone", || {
            let list: std::collections::HashSet<u32> =
                ewmh::client_list(self.client)?.into_iter().collect();
            Ok(windows.iter().all(|window| list.contains(window) == listed))
        })
    }

    /// CPU time so far of managers and server, in ms.
    fn cpu(&self) -> Result<f64> {
        let all = self.managers.iter().chain([&self.server]);
        all.map(|&process| cpu_of(process)).sum()
    }

    /// How often the managers' threads have gone to sleep of their own accord.
    fn switches(&self) -> Result<u64> {
        let mut total = 0;
        for &process in &self.managers {
            for thread in threads(process)? {
                let Ok(text) = std::fs::read_to_string(thread.join("status")) else { continue };
                total += field(&text, "voluntary_ctxt_switches:")?;
            }
        }
        Ok(total)
    }

    /// Proportional set size of the managers, in MB.
    fn memory(&self) -> Result<f64> {
        let mut total = 0;
        for process in &self.managers {
            let text = std::fs::read_to_string(format!("/proc/{process}/smaps_rollup"))?;
            total += field(&text, "Pss:")?;
        }
        Ok(total as f64 / 1024.0)
    }
}

/// CPU time so far of a process, in ms.
pub(super) fn cpu_of(process: u32) -> Result<f64> {
    let mut total = 0.0;
    for thread in threads(process)? {
        // Time on the CPU in ns, time waiting, turns.
        let Ok(text) = std::fs::read_to_string(thread.join("schedstat")) else { continue };
        let first = text.split(' ').next().unwrap_or_default();
        total += first.parse::<f64>().context("schedstat")? / 1e6;
    }
    Ok(total)
}

/// The directories of a process's threads.
fn threads(process: u32) -> Result<Vec<std::path::PathBuf>> {
    let directory = format!("/proc/{process}/task");
    let entries = std::fs::read_dir(&directory).context(directory)?;
    Ok(entries.filter_map(Result::ok).map(|entry| entry.path()).collect())
}

/// The number in the line of a /proc file that begins with a name.
fn field(text: &str, name: &str) -> Result<u64> {
    text.lines()
        .find_map(|line| line.strip_prefix(name))
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|number| number.parse().ok())
        .with_context(|| format!("no {name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_proc_files_are_read() {
        let text = "Name:\tx\nvoluntary_ctxt_switches:\t17\nnonvoluntary_ctxt_switches:\t9\n";
        assert_eq!(field(text, "voluntary_ctxt_switches:").unwrap(), 17);
        assert_eq!(field("Pss:                1234 kB\n", "Pss:").unwrap(), 1234);
        assert!(field(text, "Pss:").is_err());
    }

    #[test]
    fn the_bare_server_can_be_measured() {
        let sample = measure(Contestant::Bare, Duration::from_secs(1)).unwrap();
        assert!(sample.latency > 0.0 && sample.small > 0.0 && sample.large > sample.small);
        assert_eq!((sample.memory, sample.wakeups), (0.0, 0.0));
    }
}

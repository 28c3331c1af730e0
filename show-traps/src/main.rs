//! Which trapezoids does a drawing, or a live X client, really send?
//!
//! Owns the command line. It must not do anything that the library could.
#![forbid(unsafe_code)]

mod report;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{ExitCode, ExitStatus};
use std::str::FromStr;

use anyhow::{Context as _, Result, bail};
use clap::{ArgGroup, Parser, ValueEnum};
use raster::MaskFormat;
use raster::path::FillRule;
use show_traps::capture::Capture;
use show_traps::colour::Rgba;
use show_traps::live::{self, Record};
use show_traps::picture::{View, draw};
use show_traps::proxy::Summary;
use show_traps::source::{Brush, Options, from_path, from_svg};
use show_traps::view::Viewer;
use show_traps::window::{self, Live};

/// Show the trapezoids that a drawing, or a program, really sends.
///
/// Programs that draw through X's Render extension decompose every fill and
/// every stroke into trapezoids. This one shows them: those that it makes of a
/// drawing in the same way, or those of a running program, request by request.
/// With a display and nothing else to write they are shown in a window, where
/// `?` lists the keys.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 90, after_help = EXAMPLES)]
#[command(group(ArgGroup::new("source").required(true).args(["file", "path", "command"])))]
struct Arguments {
    /// An SVG drawing, or a capture that --record saved
    file: Option<PathBuf>,

    /// A program to run and capture, with its arguments
    #[arg(last = true, value_name = "PROGRAM")]
    command: Vec<OsString>,

    /// SVG path data instead of a file
    #[arg(long, value_name = "DATA")]
    path: Option<String>,

    /// Take fills only (with --stroke: both, as without either)
    #[arg(long)]
    fill: bool,

    /// Take strokes only (with --fill: both, as without either)
    #[arg(long)]
    stroke: bool,

    /// Colour of the path's inside
    #[arg(long, value_name = "#RRGGBB", default_value = "#ff0000", requires = "path")]
    fill_colour: Rgba,

    /// Colour of the path's line
    #[arg(long, value_name = "#RRGGBB", default_value = "#000000", requires = "path")]
    stroke_colour: Rgba,

    /// Width of the path's line in pixels
    #[arg(long, value_name = "PIXELS", default_value_t = 4.0, requires = "path")]
    stroke_width: f32,

    /// What is inside where the path crosses itself
    #[arg(long, value_name = "RULE", default_value = "nonzero", requires = "path")]
    fill_rule: Rule,

    /// How far lines may leave the curves that they replace, in pixels
    #[arg(long, value_name = "PIXELS", default_value_t = 0.1)]
    tolerance: f32,

    /// Show only this part of the drawing, in its pixels
    #[arg(long, value_name = "X,Y,WIDTH,HEIGHT", allow_hyphen_values = true)]
    view: Option<Part>,

    /// Enlarge each pixel so many times [default: what fits 900 pixels]
    #[arg(long, value_name = "TIMES")]
    zoom: Option<u32>,

    /// Show this format's samples, where they have 4 pixels of room each
    #[arg(long, value_name = "FORMAT", default_value = "a8")]
    samples: SampleGrid,

    /// Write a picture (`-` is standard output, here and below)
    #[arg(long, value_name = "FILE")]
    png: Option<PathBuf>,

    /// Write the trapezoids as polygons of an SVG
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,

    /// Write trapezoids and numbers for programs
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,

    /// Write a capture: text to read, to compare, and to open again
    #[arg(long, visible_alias = "record", value_name = "FILE")]
    capture: Option<PathBuf>,

    /// Show the window even if something is written
    #[arg(long)]
    window: bool,

    /// Keep only these sets, counted from 1 (one, or FIRST-LAST)
    #[arg(long, value_name = "NUMBERS")]
    sets: Option<Numbers>,

    /// Keep only what is drawn on this window or pixmap (such as 0x400007)
    #[arg(long, value_name = "XID")]
    onto: Option<Xid>,

    /// Keep at most so many shapes of a program, and count the rest
    #[arg(long, value_name = "SHAPES", default_value_t = 2_000_000, requires = "command")]
    limit: usize,

    /// Print counts, areas, slivers, overlaps and costs (done without a display, too)
    #[arg(long)]
    stats: bool,
}

const EXAMPLES: &str = "\
Examples:
  A red circle with a black line around it:
    show-traps --path 'M 10 50 a 40 40 0 1 0 80 0 a 40 40 0 1 0 -80 0 z' --png circle.png

  The samples of its top, as pixman counts them:
    show-traps --path 'M 10 50 a 40 40 0 1 0 80 0 a 40 40 0 1 0 -80 0 z' \\
      --view 45,6,8,6 --zoom 100 --png top.png

  What does a program send, from its first frame on?
    show-traps -- xclock -render

  For a bug report: run a program, keep all, show numbers
    show-traps --record clock.traps --stats -- xclock -render

  Did the decomposition change?
    show-traps drawing.svg --record - | diff before.traps -";

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Rule {
    /// Where contours wind around a point at all.
    Nonzero,
    /// Where they wind an odd number of times.
    Evenodd,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum SampleGrid {
    /// One sample in the centre.
    A1,
    /// 5 × 3 samples.
    A4,
    /// 17 × 15 samples.
    A8,
    /// No samples.
    None,
}

/// `X,Y,WIDTH,HEIGHT`.
#[derive(Clone, Copy, Debug)]
struct Part {
    left: i32,
    top: i32,
    width: u32,
    height: u32,
}

impl FromStr for Part {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let words: Vec<_> = text.split(',').map(str::trim).collect();
        let [left, top, width, height] = words.as_slice() else {
            bail!("four whole numbers are needed, this has {}", words.len());
        };
        let (left, top): (i32, i32) = (left.parse()?, top.parse()?);
        let (width, height): (u32, u32) = (width.parse()?, height.parse()?);
        // Beyond, no coordinate of 16.16 lies.
        if !(-40_000..=40_000).contains(&left) || !(-40_000..=40_000).contains(&top) {
            bail!("coordinates go from -32768 to 32767");
        }
        Ok(Self { left, top, width, height })
    }
}

/// `N` or `FIRST-LAST`.
#[derive(Clone, Copy, Debug)]
struct Numbers {
    first: usize,
    last: usize,
}

impl FromStr for Numbers {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        let (first, last) = (first.trim().parse()?, last.trim().parse()?);
        if first < 1 || last < first {
            bail!("numbers count from 1, and the last is not before the first");
        }
        Ok(Self { first, last })
    }
}

/// Hexadecimal with `0x`, or decimal.
#[derive(Clone, Copy, Debug)]
struct Xid(u32);

impl FromStr for Xid {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        Ok(Self(match text.strip_prefix("0x") {
            Some(digits) => u32::from_str_radix(digits, 16)?,
            None => text.parse()?,
        }))
    }
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(code) => code,
        Err(error) => {
            // Nothing is left to do if this cannot be written either.
            let _ = writeln!(io::stderr(), "show-traps: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<ExitCode> {
    if wants_window(arguments) {
        return show(arguments);
    }
    let mut code = ExitCode::SUCCESS;
    let mut capture = if arguments.command.is_empty() {
        read(arguments)?
    } else {
        let record = arguments.capture.as_deref().map(Record::create).transpose()?;
        let (capture, summary) = live::capture(&arguments.command, arguments.limit, record)?;
        code = tell(arguments, &summary)?;
        capture
    };
    select(arguments, &mut capture);
    export(arguments, &capture)?;
    Ok(code)
}

/// Whether to show rather than to write.
fn wants_window(arguments: &Arguments) -> bool {
    let written = [&arguments.png, &arguments.svg, &arguments.json, &arguments.capture];
    let writes = arguments.stats || written.iter().any(|path| path.is_some());
    let display = std::env::var_os("DISPLAY").is_some_and(|name| !name.is_empty());
    arguments.window || (!writes && display)
}

/// Shows the window; what is to be written is written when it is closed.
fn show(arguments: &Arguments) -> Result<ExitCode> {
    // Before any thread is made.
    let signals = live::signals()?;
    if arguments.command.is_empty() {
        let mut capture = read(arguments)?;
        select(arguments, &mut capture);
        let title = match &arguments.file {
            Some(path) => path.file_name().unwrap_or(path.as_os_str()).to_string_lossy(),
            None => "path".into(),
        };
        let mut viewer = Viewer::new(capture, None);
        window::run(&mut viewer, &format!("{title} – show-traps"), signals, None)?;
        if arguments.window {
            export_asked(arguments, viewer.capture())?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let record = arguments.capture.as_deref().map(Record::create).transpose()?;
    let (proxy, events) = live::start(&arguments.command, arguments.limit)?;
    let name = Path::new(&arguments.command[0]).file_name().unwrap_or_default();
    let name = name.to_string_lossy();
    let mut viewer = Viewer::new(Capture::default(), Some(name.clone().into_owned()));
    let live = Live { proxy, events, record };
    let title = format!("{name} – show-traps");
    let closed = window::run(&mut viewer, &title, signals, Some(live))?;
    if let Some(error) = closed.record_error {
        return Err(error.into());
    }
    let mut capture = viewer.capture().clone();
    select(arguments, &mut capture);
    export_asked(arguments, &capture)?;
    closed.summary.map_or(Ok(ExitCode::SUCCESS), |summary| tell(arguments, &summary))
}

/// Writes what is asked for, if anything is.
fn export_asked(arguments: &Arguments, capture: &Capture) -> Result<()> {
    let written = [&arguments.png, &arguments.svg, &arguments.json, &arguments.capture];
    if arguments.stats || written.iter().any(|path| path.is_some()) {
        export(arguments, capture)?;
    }
    Ok(())
}

/// Says what was strange about a program that was captured; the code to end
/// with, which is the program's.
fn tell(arguments: &Arguments, summary: &Summary) -> Result<ExitCode> {
    let program = arguments.command.first().map_or("".into(), |name| name.to_string_lossy());
    let mut out = io::stderr().lock();
    if summary.connections == 0 {
        writeln!(out, "show-traps: {program} made no connection to the X server")?;
    }
    if summary.dropped > 0 {
        let dropped = summary.dropped;
        writeln!(out, "show-traps: {dropped} requests more were not kept (see --limit)")?;
    }
    let failure = |status: ExitStatus| status.code().map_or(1, |code| code as u8);
    Ok(match summary.status.filter(|status| !status.success()) {
        Some(status) => {
            writeln!(out, "show-traps: {program} ended with {status}")?;
            ExitCode::from(failure(status))
        }
        None => ExitCode::SUCCESS,
    })
}

/// Drops the sets that are not asked for.
fn select(arguments: &Arguments, capture: &mut Capture) {
    let mut sets = std::mem::take(&mut capture.sets);
    if let Some(Numbers { first, last }) = arguments.sets {
        sets.truncate(last);
        sets.drain(..(first - 1).min(sets.len()));
    }
    if let Some(Xid(xid)) = arguments.onto {
        sets.retain(|set| capture.target(set).is_some_and(|target| target.xid == xid));
    }
    if arguments.fill != arguments.stroke {
        let kind = if arguments.fill { "fill" } else { "stroke" };
        sets.retain(|set| set.name.split_whitespace().next() == Some(kind));
    }
    capture.sets = sets;
}

fn export(arguments: &Arguments, capture: &Capture) -> Result<()> {
    if let Some(path) = &arguments.png {
        let format = match arguments.samples {
            SampleGrid::A1 => Some(MaskFormat::A1),
            SampleGrid::A4 => Some(MaskFormat::A4),
            SampleGrid::A8 => Some(MaskFormat::A8),
            SampleGrid::None => None,
        };
        let shown = page(capture)?;
        let canvas = draw(&shown, &view(arguments, &shown)?, format)?;
        write(path, |out| Ok(show_traps::export::write_png(&canvas, out)?))?;
    }
    if let Some(path) = &arguments.svg {
        let shown = page(capture)?;
        let svg = show_traps::export::to_svg(&shown, &view(arguments, &shown)?);
        write(path, |out| Ok(out.write_all(svg.as_bytes())?))?;
    }
    if let Some(path) = &arguments.json {
        write(path, |out| {
            show_traps::export::write_json(capture, &mut *out)?;
            Ok(writeln!(out)?)
        })?;
    }
    // A program's has been written while it ran.
    if let Some(path) = arguments.capture.as_ref().filter(|_| arguments.command.is_empty()) {
        write(path, |out| Ok(write!(out, "{capture}")?))?;
    }
    let written = [&arguments.png, &arguments.svg, &arguments.json, &arguments.capture];
    if arguments.stats || written.iter().all(|path| path.is_none()) {
        write(Path::new("-"), |out| report::print(out, capture))?;
    }
    Ok(())
}

/// What is drawn on one drawable: that with the most shapes, where there are
/// several. Pictures of two on top of each other would show nothing real.
fn page(capture: &Capture) -> Result<Capture> {
    let mut amounts: BTreeMap<u32, usize> = BTreeMap::new();
    for set in &capture.sets {
        let xid = capture.target(set).map_or(0, |target| target.xid);
        *amounts.entry(xid).or_default() += set.shapes.len();
    }
    let mut page = capture.clone();
    if let Some((&xid, _)) = amounts.iter().max_by_key(|(_, amount)| **amount)
        && amounts.len() > 1
    {
        let others = amounts.len() - 1;
        writeln!(
            io::stderr(),
            "show-traps: shows what is drawn on {xid:#x}; there are {others} others (see --onto)"
        )?;
        page.sets.retain(|set| capture.target(set).map_or(0, |target| target.xid) == xid);
    }
    Ok(page)
}

fn read(arguments: &Arguments) -> Result<Capture> {
    // Neither means both.
    let both = arguments.fill == arguments.stroke;
    let options = Options {
        fills: arguments.fill || both,
        strokes: arguments.stroke || both,
        tolerance: arguments.tolerance,
    };
    if let Some(data) = &arguments.path {
        let rule = match arguments.fill_rule {
            Rule::Nonzero => FillRule::NonZero,
            Rule::Evenodd => FillRule::EvenOdd,
        };
        let brush = Brush {
            fill: arguments.fill_colour,
            rule,
            stroke: arguments.stroke_colour,
            width: arguments.stroke_width,
        };
        return Ok(from_path(data, &brush, &options)?);
    }
    let Some(path) = &arguments.file else { bail!("neither a file nor a path is given") };
    let name = path.display();
    let bytes = fs::read(path).with_context(|| format!("cannot read {name}"))?;
    // A capture is text and not XML; an SVG begins with `<`, some later.
    let text = std::str::from_utf8(&bytes).ok();
    match text.filter(|text| !text.trim_start_matches('\u{feff}').trim_start().starts_with('<')) {
        Some(text) => Capture::parse(text).with_context(|| name.to_string()),
        None => from_svg(&bytes, &options).with_context(|| name.to_string()),
    }
}

fn view(arguments: &Arguments, capture: &Capture) -> Result<View> {
    Ok(match arguments.view {
        Some(Part { left, top, width, height }) => {
            View { left, top, width, height, zoom: 1 }.zoomed(arguments.zoom)
        }
        None => View::of_all(capture, arguments.zoom)?,
    })
}

/// Lets `fill` write a file, or standard output for `-`. A reader that has
/// seen enough of it is no error.
fn write(path: &Path, fill: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
    if path == Path::new("-") {
        let mut out = BufWriter::new(io::stdout().lock());
        let result = fill(&mut out).and_then(|()| Ok(out.flush()?));
        return match result {
            Err(error) if is_broken_pipe(&error) => Ok(()),
            other => other,
        };
    }
    let name = path.display();
    let file = File::create(path).with_context(|| format!("cannot write {name}"))?;
    let mut out = BufWriter::new(file);
    fill(&mut out).and_then(|()| Ok(out.flush()?)).with_context(|| format!("cannot write {name}"))
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory as _;
        Arguments::command().debug_assert();
    }

    #[test]
    fn the_manual_page_has_every_option() {
        use clap::CommandFactory as _;
        let page = include_str!("../man/show-traps.1").replace("\\-", "-");
        for option in Arguments::command().get_arguments() {
            let names = option
                .get_long()
                .into_iter()
                .chain(option.get_visible_aliases().into_iter().flatten());
            for name in names {
                assert!(page.contains(&format!("--{name}")), "{name}");
            }
        }
    }

    #[test]
    fn parts_are_four_numbers() {
        let part: Part = "-3, 4,5,6".parse().unwrap();
        assert_eq!((part.left, part.top, part.width, part.height), (-3, 4, 5, 6));
        for wrong in ["", "1,2,3", "1,2,3,4,5", "1,2,-3,4", "90000,0,1,1", "a,b,c,d"] {
            assert!(wrong.parse::<Part>().is_err(), "{wrong}");
        }
    }
}

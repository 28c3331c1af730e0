//! Which trapezoids does a drawing, or a live X client, really send?
//!
//! Owns the command line. It must not do anything that the library could.
#![forbid(unsafe_code)]

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::str::FromStr;

use anyhow::{Context as _, Result, bail};
use clap::{ArgGroup, Parser, ValueEnum};
use raster::MaskFormat;
use raster::path::FillRule;
use show_traps::capture::Capture;
use show_traps::colour::Rgba;
use show_traps::export;
use show_traps::picture::{View, draw};
use show_traps::source::{Brush, Options, from_path, from_svg};
use show_traps::stats::{Coverage, Stats};

/// Show the trapezoids that a drawing is made of.
///
/// Programs that draw through X's Render extension decompose every fill and
/// every stroke into trapezoids. This one does the same and shows them: each
/// in its own colour, with pixman's sample grid when there is room.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 90, after_help = EXAMPLES)]
#[command(group(ArgGroup::new("source").required(true).args(["file", "path"])))]
struct Arguments {
    /// An SVG drawing, or a capture that --capture saved
    file: Option<PathBuf>,

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
    #[arg(long, value_name = "FILE")]
    capture: Option<PathBuf>,

    /// Print counts, areas, slivers and overlaps (done if nothing is written)
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

  Did the decomposition change?
    show-traps drawing.svg --capture - | diff before.traps -";

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

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to do if this cannot be written either.
            let _ = writeln!(io::stderr(), "show-traps: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<()> {
    let capture = read(arguments)?;
    if let Some(path) = &arguments.png {
        let format = match arguments.samples {
            SampleGrid::A1 => Some(MaskFormat::A1),
            SampleGrid::A4 => Some(MaskFormat::A4),
            SampleGrid::A8 => Some(MaskFormat::A8),
            SampleGrid::None => None,
        };
        let canvas = draw(&capture, &view(arguments, &capture)?, format)?;
        write(path, |out| Ok(export::write_png(&canvas, out)?))?;
    }
    if let Some(path) = &arguments.svg {
        let svg = export::to_svg(&capture, &view(arguments, &capture)?);
        write(path, |out| Ok(out.write_all(svg.as_bytes())?))?;
    }
    if let Some(path) = &arguments.json {
        write(path, |out| {
            export::write_json(&capture, &mut *out)?;
            Ok(writeln!(out)?)
        })?;
    }
    if let Some(path) = &arguments.capture {
        write(path, |out| Ok(write!(out, "{capture}")?))?;
    }
    let written = [&arguments.png, &arguments.svg, &arguments.json, &arguments.capture];
    if arguments.stats || written.iter().all(|path| path.is_none()) {
        write(Path::new("-"), |out| print_stats(out, &capture))?;
    }
    Ok(())
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
        Some(text) => {
            let mut capture = Capture::parse(text).with_context(|| name.to_string())?;
            if !both {
                let kind = if arguments.fill { "fill" } else { "stroke" };
                capture.sets.retain(|set| set.name.split_whitespace().next() == Some(kind));
            }
            Ok(capture)
        }
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

fn print_stats(out: &mut dyn Write, capture: &Capture) -> Result<()> {
    let all = Stats::of_capture(capture);
    // Overlaps are counted in a mask, if it has a sensible size.
    let reach = all.bounds.map_or([0.0; 2], |[_, _, right, bottom]| [right, bottom]);
    let [width, height] = reach.map(|side| side.ceil().clamp(0.0, 4096.0) as u32);

    writeln!(
        out,
        "{:>11} {:>7} {:>7} {:>7} {:>12} {:>9}  set",
        "trapezoids", "invalid", "slivers", "rowless", "area px", "overlap"
    )?;
    for set in &capture.sets {
        let coverage = Coverage::of_set(set, width, height)?;
        print_line(
            out,
            &Stats::of_set(capture, set),
            &coverage.overlapping.to_string(),
            &set.name,
        )?;
    }
    print_line(out, &all, "", "all")?;
    writeln!(out, "{} bytes in Render requests", all.request_bytes)?;
    Ok(())
}

fn print_line(out: &mut dyn Write, stats: &Stats, overlap: &str, name: &str) -> Result<()> {
    let Stats { trapezoids, invalid, slivers, rowless, area, .. } = stats;
    writeln!(
        out,
        "{trapezoids:>11} {invalid:>7} {slivers:>7} {rowless:>7} {area:>12.2} {overlap:>9}  {name}"
    )?;
    Ok(())
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
    fn parts_are_four_numbers() {
        let part: Part = "-3, 4,5,6".parse().unwrap();
        assert_eq!((part.left, part.top, part.width, part.height), (-3, 4, 5, 6));
        for wrong in ["", "1,2,3", "1,2,3,4,5", "1,2,-3,4", "90000,0,1,1", "a,b,c,d"] {
            assert!(wrong.parse::<Part>().is_err(), "{wrong}");
        }
    }
}

//! Time against libpixman, in one process and one run, as ratios.
//!
//! `cargo bench -p raster --bench against_pixman -- [--quick] [--markdown] [FILTER]`
//!
//! Owns the table. Each workload is a list of calls that both sides draw into
//! buffers of their own; slices of a millisecond or so alternate between the
//! two, and each pair of slices gives one ratio. What is printed is the median
//! ratio and its quartiles: criterion and divan time one function after the
//! other, and a machine that is busy for a second then shows up as a ratio.
//!
//! `--profile` runs this crate's side alone, for a second each, for profilers.
//! `--once` runs it once, in a function named `counted`, for callgrind.
//! `RASTER_LEVEL` chooses the level of instructions, as everywhere.

#![allow(unsafe_code, reason = "the other side is a C library")]

mod clock;
mod jobs;
#[path = "../../tests/oracle/mod.rs"]
#[allow(dead_code, reason = "the tests use all of it")]
mod oracle;
#[path = "../../tests/random/mod.rs"]
#[allow(dead_code, reason = "the tests use all of it")]
mod random;
mod shapes;

use std::io::{self, Write};

use clock::Effort;
use raster::Rasterizer;

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    let filter = arguments.iter().find(|argument| !argument.starts_with("--"));
    let effort = if has("--quick") { Effort::QUICK } else { Effort::FULL };
    let mut out = io::stdout().lock();
    writeln!(out, "level: {}", Rasterizer::new().level())?;
    let (cell, rule) = if has("--markdown") { ("|", true) } else { ("", false) };
    writeln!(
        out,
        "{cell} {:<34} {cell} {:>10} {cell} {:>10} {cell} {:>6} {cell} {:>13} {cell} {:>6} {cell}",
        "workload", "pixman ns", "raster ns", "ratio", "quartiles", "target"
    )?;
    if rule {
        writeln!(out, "|---|---:|---:|---:|---:|---:|")?;
    }
    for job in jobs::all() {
        if filter.is_some_and(|filter| !job.name.contains(filter.as_str())) {
            continue;
        }
        let (mut stock, mut ours) = (job.stock(), job.ours());
        if has("--once") {
            ours();
            clock::counted(&mut ours);
            continue;
        }
        if has("--profile") {
            clock::run_for_a_second(&mut ours);
            continue;
        }
        let result = clock::compare(effort, &mut stock, &mut ours);
        let per_shape = |nanoseconds: f64| nanoseconds / job.shapes() as f64;
        writeln!(
            out,
            "{cell} {:<34} {cell} {:>10.1} {cell} {:>10.1} {cell} {:>6.2} {cell} {:>5.2} – {:>5.2} {cell} {:>6} {cell}",
            job.name,
            per_shape(result.stock),
            per_shape(result.ours),
            result.ratio,
            result.quartiles.0,
            result.quartiles.1,
            job.target,
        )?;
        out.flush()?;
    }
    Ok(())
}

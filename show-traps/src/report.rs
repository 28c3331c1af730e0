//! Statistics as text.
//!
//! Owns the table. It must not count.

use std::collections::BTreeMap;
use std::io::Write;

use anyhow::Result;
use show_traps::capture::Capture;
use show_traps::stats::{Coverage, Stats};

/// Up to so many sets each get a line; of more, each kind does.
const MOST_LINES: usize = 40;

/// So many of the costliest requests are named.
const COSTLIEST: usize = 10;

pub(crate) fn print(out: &mut dyn Write, capture: &Capture) -> Result<()> {
    let all = Stats::of_capture(capture);
    writeln!(
        out,
        "{:>9} {:>7} {:>7} {:>7} {:>12} {:>9} {:>9} {:>9} {:>10}  set",
        "shapes", "invalid", "slivers", "rowless", "area px", "overlap", "bytes", "rows", "mask px"
    )?;
    if capture.sets.len() <= MOST_LINES {
        print_sets(out, capture, &all)?;
    } else {
        print_kinds(out, capture)?;
    }
    print_line(out, &all, "", "all")?;
    let Stats { trapezoids, triangles, glyphs, rectangles, .. } = all;
    writeln!(
        out,
        "{trapezoids} trapezoids, {triangles} triangles, {glyphs} glyphs, {rectangles} rectangles \
         in {} sets; {} bytes in Render requests",
        capture.sets.len(),
        all.request_bytes
    )?;
    if capture.sets.len() > MOST_LINES {
        print_costliest(out, capture)?;
    }
    Ok(())
}

fn print_sets(out: &mut dyn Write, capture: &Capture, all: &Stats) -> Result<()> {
    // Overlaps are counted in a mask, if it has a sensible size.
    let reach = all.bounds.map_or([0.0; 2], |[_, _, right, bottom]| [right, bottom]);
    let [width, height] = reach.map(|side| side.ceil().clamp(0.0, 4096.0) as u32);
    for set in &capture.sets {
        let coverage = Coverage::of_set(set, width, height)?;
        let overlap = coverage.overlapping.to_string();
        print_line(out, &Stats::of_set(capture, set), &overlap, &set.name)?;
    }
    Ok(())
}

fn print_kinds(out: &mut dyn Write, capture: &Capture) -> Result<()> {
    let mut kinds: BTreeMap<&str, (usize, Stats)> = BTreeMap::new();
    for set in &capture.sets {
        let (count, stats) = kinds.entry(&set.name).or_default();
        *count += 1;
        stats.merge(&Stats::of_set(capture, set));
    }
    for (name, (count, stats)) in kinds {
        print_line(out, &stats, "", &format!("{name} × {count}"))?;
    }
    Ok(())
}

fn print_costliest(out: &mut dyn Write, capture: &Capture) -> Result<()> {
    let mut costs: Vec<(usize, Stats)> = capture
        .sets
        .iter()
        .map(|set| Stats::of_set(capture, set))
        .enumerate()
        .filter(|(_, stats)| stats.sample_rows > 0)
        .collect();
    costs.sort_by_key(|(_, stats)| std::cmp::Reverse(stats.sample_rows));
    if !costs.is_empty() {
        writeln!(out, "The costliest to sample:")?;
    }
    for (place, stats) in costs.iter().take(COSTLIEST) {
        let set = &capture.sets[*place];
        let from = set.origin.map_or(String::new(), |from| {
            format!(", client {} request {}", from.client, from.request)
        });
        print_line(out, stats, "", &format!("{} (set {}{from})", set.name, place + 1))?;
    }
    Ok(())
}

fn print_line(out: &mut dyn Write, stats: &Stats, overlap: &str, name: &str) -> Result<()> {
    let Stats { shapes, invalid, slivers, rowless, area, .. } = stats;
    let Stats { request_bytes, sample_rows, mask_pixels, .. } = stats;
    writeln!(
        out,
        "{shapes:>9} {invalid:>7} {slivers:>7} {rowless:>7} {area:>12.2} {overlap:>9} \
         {request_bytes:>9} {sample_rows:>9} {mask_pixels:>10}  {name}"
    )?;
    Ok(())
}

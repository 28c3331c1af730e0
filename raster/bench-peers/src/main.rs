//! Exact-area filling, ours beside other rasterizers.
//!
//! Contestants take turns within one run, round after round, so that a machine
//! that drifts drifts for all. Told are medians over the rounds of the processor
//! time of each over that of ours in the same round: above 1, we are faster. The
//! two numbers behind are the quartiles.

mod cairo;
mod contestants;
mod drawing;

use anyhow::{Context, Result, bail};
use contestants::Box_;
use drawing::Drawing;

struct Plan {
    rounds: usize,
    /// Length of a turn in seconds.
    turn: f64,
    svg: Option<String>,
    only: Option<String>,
    peer: Option<String>,
    kind: Option<String>,
}

fn main() -> Result<()> {
    let plan = parse()?;
    println!("instructions: {}", raster::Level::chosen());
    for (title, contestants) in [
        ("A8 mask", contestants::masks as fn(&Drawing) -> Vec<Box_>),
        ("32-bit over", contestants::pixels),
    ] {
        if plan.kind.as_ref().is_some_and(|kind| !title.contains(kind)) {
            continue;
        }
        let mut first = true;
        for drawing in drawing::all(plan.svg.as_deref())? {
            if plan.only.as_ref().is_some_and(|only| !drawing.name.contains(only)) {
                continue;
            }
            let mut list = contestants(&drawing);
            if let Some(peer) = &plan.peer {
                list.retain(|one| one.name() == "ours" || one.name() == peer);
            }
            compare_pictures(&drawing, &mut list)?;
            if std::mem::take(&mut first) {
                let names: Vec<_> = list[1..].iter().map(|one| one.name()).collect();
                println!("\n| {title} | edges | ours, µs | {} |", names.join(" | "));
                println!("|---|---:|---:|{}", "---:|".repeat(names.len()));
            }
            println!("{}", row(&plan, &drawing, &mut list));
        }
    }
    Ok(())
}

fn parse() -> Result<Plan> {
    let mut plan = Plan { rounds: 15, turn: 0.02, svg: None, only: None, peer: None, kind: None };
    let mut words = std::env::args().skip(1).filter(|word| word != "--bench");
    while let Some(word) = words.next() {
        let value = words.next().with_context(|| format!("{word} needs a value"))?;
        match word.as_str() {
            "--rounds" => plan.rounds = value.parse::<usize>()?.max(1),
            "--svg" => plan.svg = Some(value),
            "--kind" => plan.kind = Some(value),
            "--peer" => plan.peer = Some(value),
            "--only" => plan.only = Some(value),
            _ => bail!("--rounds N, --svg FILE, --kind A8, --only DRAWING, --peer NAME"),
        }
    }
    Ok(plan)
}

/// A contestant that draws something else is not a contestant.
fn compare_pictures(drawing: &Drawing, list: &mut [Box_]) -> Result<()> {
    let mut pictures = Vec::new();
    for one in list.iter_mut() {
        one.draw();
        pictures.extend(one.alpha().map(|alpha| (one.name(), alpha)));
    }
    let Some(((_, ours), others)) = pictures.split_first() else { return Ok(()) };
    for (name, alpha) in others {
        let sum: u64 = ours.iter().zip(alpha).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
        let covered: u64 = ours.iter().map(|a| u64::from(*a)).sum();
        let off = sum as f64 / covered as f64;
        if off > 0.25 || ours.len() != alpha.len() {
            bail!(
                "{name} draws {} differently: {:.1} % of its coverage",
                drawing.name,
                off * 100.0
            );
        }
    }
    Ok(())
}

fn row(plan: &Plan, drawing: &Drawing, list: &mut [Box_]) -> String {
    let seconds = |one: &mut Box_, times: usize| {
        let start = cpu_seconds();
        for _ in 0..times {
            one.draw();
        }
        (cpu_seconds() - start) / times as f64
    };
    let times: Vec<usize> = list
        .iter_mut()
        .map(|one| (plan.turn / seconds(one, 3).max(1e-7)).ceil() as usize)
        .collect();
    let mut rounds = Vec::new();
    for _ in 0..plan.rounds {
        rounds.push(
            list.iter_mut()
                .zip(&times)
                .map(|(one, times)| seconds(one, *times))
                .collect::<Vec<f64>>(),
        );
    }
    let ours = quartiles(rounds.iter().map(|round| round[0] * 1e6).collect());
    let mut cells = format!("| {} | {} | {:.1} |", drawing.name, drawing.edges(), ours[1]);
    for k in 1..list.len() {
        let [low, middle, high] =
            quartiles(rounds.iter().map(|round| round[k] / round[0]).collect());
        cells += &format!(" **{middle:.2}** ({low:.2}–{high:.2}) |");
    }
    cells
}

/// Processor time of this thread: others' work on a busy machine counts less.
fn cpu_seconds() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

fn quartiles(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    [1, 2, 3].map(|k| values[(values.len() - 1) * k / 4])
}

//! `cargo xtask bench wm`: what a window manager costs, Trapeze beside its rivals;
//! `cargo xtask bench bridge`: see [`bridge`];
//! `cargo xtask bench areas`: see `raster/bench-peers`, a workspace of its own.
//!
//! Contestants take turns within one run, round after round, each on a fresh server, so that a
//! machine that drifts drifts for all. Told are medians over the rounds, with the least and the
//! most, and how Trapeze compares with the best rival of the same run. CPU is that of window
//! manager, compositor and server together; the client that draws is not counted.

mod bridge;
mod contest;
mod measure;
mod table;

use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::deps::{self, Need};
use crate::run::{cargo, root, run, say};
use contest::Contestant;

/// How long and how often to measure.
#[derive(Debug)]
struct Plan {
    /// Length of each timed measurement.
    span: Duration,
    /// Turns of each contestant.
    rounds: usize,
    /// Who takes part.
    contestants: Vec<Contestant>,
}

/// Measures and prints a table.
pub(crate) fn main(arguments: &[String]) -> Result<()> {
    if let Some((first, rest)) = arguments.split_first()
        && first == "bridge"
    {
        return bridge::main(rest);
    }
    if let Some((first, rest)) = arguments.split_first()
        && first == "areas"
    {
        let words = ["run", "--release", "--manifest-path", "raster/bench-peers/Cargo.toml"];
        let target = root().join("target/bench-peers");
        return run(cargo().args(words).arg("--target-dir").arg(target).arg("--").args(rest));
    }
    let plan = parse(arguments)?;
    deps::ensure(Need::Bench)?;
    if plan.contestants.iter().any(|contestant| contestant.is_trapeze()) {
        run(cargo().args(["build", "--release", "--package", "trapeze"]))?;
    }
    let mut results: Vec<Vec<measure::Sample>> = vec![Vec::new(); plan.contestants.len()];
    for round in 1..=plan.rounds {
        for (contestant, samples) in plan.contestants.iter().zip(&mut results) {
            say(&format!("round {round} of {}: {}", plan.rounds, contestant.name()));
            let sample = measure::measure(*contestant, plan.span)
                .with_context(|| contestant.name().to_owned())?;
            samples.push(sample);
        }
    }
    say(&table::table(&plan.contestants, &results));
    Ok(())
}

fn parse(arguments: &[String]) -> Result<Plan> {
    let mut plan =
        Plan { span: Duration::from_secs(5), rounds: 3, contestants: Contestant::ALL.to_vec() };
    let Some(("wm", rest)) = arguments.split_first().map(|(first, rest)| (first.as_str(), rest))
    else {
        bail!(
            "cargo xtask bench wm [--seconds N] [--rounds N] [--only NAME,…]\n\
             cargo xtask bench bridge [--rounds N] [--only FAMILY,…]\n\
             cargo xtask bench areas [--rounds N] [--only DRAWING] [--svg FILE]"
        );
    };
    let mut rest = rest.iter();
    while let Some(option) = rest.next() {
        let value = rest.next().with_context(|| format!("{option} needs a value"))?;
        match option.as_str() {
            "--seconds" => plan.span = Duration::from_secs(value.parse::<u64>()?.max(1)),
            "--rounds" => plan.rounds = value.parse::<usize>()?.max(1),
            "--only" => {
                plan.contestants =
                    value.split(',').map(Contestant::named).collect::<Result<_>>()?;
            }
            other => bail!("no option {other:?}"),
        }
    }
    Ok(plan)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read() {
        let words = |text: &str| -> Vec<String> { text.split(' ').map(str::to_owned).collect() };
        let plan = parse(&words("wm --seconds 2 --rounds 4 --only bare,xfwm4")).unwrap();
        assert_eq!((plan.span.as_secs(), plan.rounds), (2, 4));
        assert_eq!(plan.contestants, [Contestant::Bare, Contestant::Xfwm4]);
        assert!(parse(&words("raster")).is_err());
        assert!(parse(&words("wm --only nobody")).is_err());
    }
}

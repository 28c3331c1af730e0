//! The table of results.

use std::fmt::Write;

use super::contest::Contestant;
use super::measure::Sample;

/// A column: its heading and what of a sample it shows. Less is better in all.
type Column = (&'static str, fn(&Sample) -> f64);

const COLUMNS: [Column; 8] = [
    ("64² ms/s", |sample| sample.small),
    ("512² ms/s", |sample| sample.large),
    ("delay ms", |sample| sample.latency),
    ("p95 ms", |sample| sample.late),
    ("500 win ms", |sample| sample.many),
    ("… CPU ms", |sample| sample.many_cpu),
    ("PSS MB", |sample| sample.memory),
    ("wakes/s", |sample| sample.wakeups),
];

/// Medians with the least and the most of all rounds; then Trapeze over the best rival.
pub(super) fn table(contestants: &[Contestant], results: &[Vec<Sample>]) -> String {
    let mut text = format!("\n{:<16}", "");
    for (heading, _) in COLUMNS {
        let _ = write!(text, "{heading:>22}");
    }
    text.push('\n');
    for (contestant, samples) in contestants.iter().zip(results) {
        let _ = write!(text, "{:<16}", contestant.name());
        for (_, value) in COLUMNS {
            let (low, middle, high) = spread(samples, value);
            let digits = if high < 100.0 { 2 } else { 0 };
            let cell = format!("{middle:.digits$} [{low:.digits$}–{high:.digits$}]");
            let _ = write!(text, "{cell:>22}");
        }
        text.push('\n');
    }
    for (contestant, samples) in contestants.iter().zip(results) {
        if !contestant.is_trapeze() || !contestants.iter().any(|other| other.is_rival()) {
            continue;
        }
        let _ = write!(text, "{:<16}", format!("{} /rival", &contestant.name()[8..]));
        for (_, value) in COLUMNS {
            let best = contestants
                .iter()
                .zip(results)
                .filter(|(other, _)| other.is_rival())
                .map(|(_, samples)| spread(samples, value).1)
                .fold(f64::INFINITY, f64::min);
            let own = spread(samples, value).1;
            // Nothing over nothing is no ratio.
            let cell = if best > 0.0 { format!("{:.2}×", own / best) } else { "–".to_owned() };
            let _ = write!(text, "{cell:>22}");
        }
        text.push('\n');
    }
    text.push_str(
        "CPU of window manager, compositor and server at 60 Hz; median [least–most] of the rounds;\n\
         /rival: Trapeze over the best rival of the same run, less than 1 being better.",
    );
    text
}

/// Least, median and most.
fn spread(samples: &[Sample], value: fn(&Sample) -> f64) -> (f64, f64, f64) {
    let mut values: Vec<f64> = samples.iter().map(value).collect();
    values.sort_by(f64::total_cmp);
    match values.as_slice() {
        [] => (f64::NAN, f64::NAN, f64::NAN),
        [low, .., high] => (*low, values[values.len() / 2], *high),
        [only] => (*only, *only, *only),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_and_ratios_are_those_of_the_best_rival() {
        let sample = |small: f64| Sample { small, ..Sample::default() };
        let contestants = [Contestant::OpenboxPicom, Contestant::Xfwm4, Contestant::TrapezeXrender];
        let results = vec![
            vec![sample(9.0), sample(8.0), sample(30.0)],
            vec![sample(20.0)],
            vec![sample(3.0), sample(6.0), sample(4.5)],
        ];
        let text = table(&contestants, &results);
        assert!(text.contains("9.00 [8.00–30.00]"), "{text}");
        let ratios = text.lines().find(|line| line.starts_with("xrender /rival")).unwrap();
        assert!(ratios.contains("0.50×"), "{text}");
        assert!(ratios.contains('–'), "nothing over nothing: {text}");
    }
}

//! Rows of a mask as runs: nothing, everything, or bytes.
//!
//! Owns the cutting of a row for consumers that composite on the CPU: they
//! skip what is empty and fill what is full without reading coverage. It must
//! not know what drew the row.

/// A stretch of a row of A8 coverage, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run<'a> {
    /// No coverage over so many pixels.
    Empty(usize),
    /// Full coverage over so many pixels.
    Full(usize),
    /// The coverage of each pixel, none of them 0 or 255 but for short gaps.
    Partial(&'a [u8]),
}

impl Run<'_> {
    /// Length in pixels, never 0.
    #[must_use]
    pub fn length(&self) -> usize {
        match self {
            Self::Empty(length) | Self::Full(length) => *length,
            Self::Partial(bytes) => bytes.len(),
        }
    }
}

/// The runs of a row of A8 coverage, from left to right without gaps.
///
/// Inside of a partial run, up to seven pixels of 0 or 255 stay where they
/// are: a run shorter than that costs more than its pixels.
pub fn runs(row: &[u8]) -> impl Iterator<Item = Run<'_>> {
    let mut rest = row;
    std::iter::from_fn(move || {
        let run = first_run(rest)?;
        rest = &rest[run.length()..];
        Some(run)
    })
}

const SHORTEST: usize = 8;

fn first_run(row: &[u8]) -> Option<Run<'_>> {
    let first = *row.first()?;
    let length = same(row);
    if first == 0 && (length >= SHORTEST || length == row.len()) {
        return Some(Run::Empty(length));
    }
    if first == 255 && (length >= SHORTEST || length == row.len()) {
        return Some(Run::Full(length));
    }
    let mut end = length;
    while end < row.len() {
        let length = same(&row[end..]);
        let uniform = matches!(row[end], 0 | 255);
        if uniform && (length >= SHORTEST || end + length == row.len()) {
            break;
        }
        end += length;
    }
    Some(Run::Partial(&row[..end]))
}

/// How many bytes equal the first.
fn same(row: &[u8]) -> usize {
    row.iter().take_while(|&&byte| byte == row[0]).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_bar_has_five_runs() {
        let mut row = vec![0; 10];
        row.extend([40]);
        row.extend([255; 12]);
        row.extend([90, 20]);
        row.extend([0; 3]);
        let runs: Vec<_> = runs(&row).collect();
        let expected = [
            Run::Empty(10),
            Run::Partial(&[40]),
            Run::Full(12),
            Run::Partial(&[90, 20]),
            Run::Empty(3),
        ];
        assert_eq!(runs, expected);
    }

    #[test]
    fn short_gaps_stay_in_partial_runs() {
        assert_eq!(runs(&[9, 0, 0, 255, 9]).count(), 1);
        assert_eq!(runs(&[]).count(), 0);
    }

    proptest! {
        #[test]
        fn runs_are_the_row(row in prop::collection::vec(prop::sample::select(vec![0, 0, 0, 0, 255, 255, 255, 7]), 0..90)) {
            let mut again = Vec::new();
            for run in runs(&row) {
                prop_assert!(run.length() > 0);
                match run {
                    Run::Empty(length) => again.resize(again.len() + length, 0),
                    Run::Full(length) => again.resize(again.len() + length, 255),
                    Run::Partial(bytes) => again.extend(bytes),
                }
            }
            prop_assert_eq!(again, row);
        }
    }
}

//! Paths cut into dashes.
//!
//! Owns the walk along a path and the pattern. It must not know strokes: what
//! it makes are open paths for them.
//!
//! Lengths are those of the flattened curves, in the path's own units.

use lyon::math::Point as FloatPoint;
use lyon::path::{Event, Path, PathEvent};

use super::{FINEST_TOLERANCE, flattened_contours, sane};

/// So many dashes at most; a pattern that would make more draws a solid line.
const MOST: f32 = 1e6;

/// The dashes of a path: each contour is begun anew at `offset` into the
/// pattern, which alternates lengths of dashes and gaps and is repeated.
///
/// As cairo and SVG have it: a pattern of odd length is taken twice, a negative
/// or infinite length makes the pattern invalid, and an invalid or empty
/// pattern, or one whose sum is 0, gives the path as it is, flattened. A dash
/// of length 0 is a point with a direction, which a stroke with caps shows. Where a
/// closed contour ends within the dash that it began with, the two are joined.
///
/// `tolerance` is how far lines may leave the curves that they replace.
#[must_use]
pub fn dash(
    path: impl IntoIterator<Item = PathEvent>,
    pattern: &[f32],
    offset: f32,
    tolerance: f32,
) -> Path {
    let mut builder = Path::builder();
    let contours = flattened_contours(path, sane(tolerance, FINEST_TOLERANCE));
    let total: f32 = contours.iter().map(Contour::length).sum();
    let pattern = Pattern::new(pattern, offset).filter(|pattern| pattern.count(total) < MOST);
    for contour in contours {
        match &pattern {
            Some(pattern) => contour.dash(pattern, &mut builder),
            None => emit(&contour.points, contour.closed, &mut builder),
        }
    }
    builder.build()
}

/// Lengths of dashes and gaps, an even number of them.
struct Pattern {
    lengths: Vec<f32>,
    /// Where contours begin: the number of the length, and how much of it is
    /// left.
    start: usize,
    left: f32,
}

impl Pattern {
    fn new(lengths: &[f32], offset: f32) -> Option<Self> {
        if !lengths.iter().all(|length| length.is_finite() && *length >= 0.0) {
            return None;
        }
        let times = 1 + lengths.len() % 2;
        let lengths = lengths.repeat(times);
        let sum: f32 = lengths.iter().sum();
        if !(sum.is_finite() && sum > 0.0 && offset.is_finite()) {
            return None;
        }
        let mut into = offset.rem_euclid(sum);
        for (start, length) in lengths.iter().enumerate() {
            if into < *length || (into == 0.0 && *length == 0.0) {
                return Some(Self { start, left: length - into, lengths });
            }
            into -= length;
        }
        // Rounding: the offset is that of a whole pattern.
        Some(Self { start: 0, left: lengths[0], lengths })
    }

    /// About how many dashes and gaps a length has.
    fn count(&self, length: f32) -> f32 {
        length / self.lengths.iter().sum::<f32>() * self.lengths.len() as f32
    }
}

/// Lines, one after the other.
pub(super) struct Contour {
    pub(super) points: Vec<FloatPoint>,
    pub(super) closed: bool,
}

impl Contour {
    fn lines(&self) -> impl Iterator<Item = (FloatPoint, FloatPoint)> {
        let closing = match (&self.points[..], self.closed) {
            ([first, .., last], true) => Some((*last, *first)),
            _ => None,
        };
        self.points.windows(2).map(|pair| (pair[0], pair[1])).chain(closing)
    }

    fn length(&self) -> f32 {
        self.lines().map(|(from, to)| (to - from).length()).sum()
    }

    fn dash(&self, pattern: &Pattern, builder: &mut lyon::path::path::Builder) {
        let (mut number, mut left) = (pattern.start, pattern.left);
        let is_dash = |number: usize| number.is_multiple_of(2);
        let mut dash: Vec<FloatPoint> = Vec::new();
        // The first dash of a closed contour waits for the last.
        let mut first: Option<Vec<FloatPoint>> = None;
        let mut begun_whole = self.closed && is_dash(number);
        if is_dash(number) {
            dash.extend(self.points.first());
        }
        for (from, to) in self.lines() {
            let length = (to - from).length();
            let mut done = 0.0;
            while length - done > left {
                done += left;
                let at = from + (to - from) * (done / length);
                if is_dash(number) {
                    // A dash without length has the line's direction.
                    let point = pattern.lengths[number] == 0.0;
                    let end = if point { (done + 1e-3) / length } else { done / length };
                    dash.push(from + (to - from) * end);
                    let dash = std::mem::take(&mut dash);
                    if std::mem::take(&mut begun_whole) {
                        first = Some(dash);
                    } else {
                        emit(&dash, false, builder);
                    }
                } else {
                    dash = vec![at];
                }
                number = (number + 1) % pattern.lengths.len();
                left = pattern.lengths[number];
            }
            left -= length - done;
            if is_dash(number) {
                dash.push(to);
            }
        }
        match first {
            Some(first) if is_dash(number) => {
                dash.extend(first.into_iter().skip(1));
                emit(&dash, false, builder);
            }
            first => {
                // All of a closed contour within one dash stays closed.
                let closed = begun_whole && is_dash(number);
                emit(&dash, closed, builder);
                emit(&first.unwrap_or_default(), false, builder);
            }
        }
    }
}

fn emit(points: &[FloatPoint], closed: bool, builder: &mut lyon::path::path::Builder) {
    if let [first, others @ ..] = points
        && !others.is_empty()
    {
        builder.begin(*first);
        for point in others {
            builder.line_to(*point);
        }
        builder.end(closed);
    }
}

/// Splits events of lines into contours.
pub(super) fn contours(events: impl IntoIterator<Item = PathEvent>) -> Vec<Contour> {
    let mut all: Vec<Contour> = Vec::new();
    for event in events {
        match event {
            Event::Begin { at } => all.push(Contour { points: vec![at], closed: false }),
            Event::Line { to, .. } => {
                if let Some(contour) = all.last_mut() {
                    contour.points.push(to);
                }
            }
            Event::End { close, .. } => {
                if let Some(contour) = all.last_mut() {
                    contour.closed = close;
                }
            }
            // Flattened paths have none.
            Event::Quadratic { .. } | Event::Cubic { .. } => {}
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use lyon::math::point;
    use proptest::prelude::*;

    use super::*;

    fn lengths(path: &Path) -> Vec<f32> {
        contours(path).iter().map(Contour::length).collect()
    }

    fn line(points: &[(f32, f32)], closed: bool) -> Path {
        let mut builder = Path::builder();
        let points: Vec<_> = points.iter().map(|&(x, y)| point(x, y)).collect();
        emit(&points, closed, &mut builder);
        builder.build()
    }

    #[test]
    fn a_line_has_the_dashes_of_its_pattern() {
        let path = line(&[(0.0, 0.0), (10.0, 0.0)], false);
        assert_eq!(lengths(&dash(&path, &[3.0, 1.0], 0.0, 0.1)), [3.0, 3.0, 2.0]);
        assert_eq!(lengths(&dash(&path, &[3.0, 1.0], 2.0, 0.1)), [1.0, 3.0, 3.0]);
        assert_eq!(lengths(&dash(&path, &[3.0, 1.0], -1.0, 0.1)), [3.0, 3.0, 1.0]);
        assert_eq!(lengths(&dash(&path, &[4.0], 0.0, 0.1)), [4.0, 2.0], "taken twice");
    }

    #[test]
    fn dashes_bend_and_join_where_a_contour_closes() {
        let square = [(0.0, 0.0), (8.0, 0.0), (8.0, 8.0), (0.0, 8.0)];
        // 32 around: from 0 to 5, from 10 to 20, and from 25 on to the end.
        let dashes = dash(&line(&square, true), &[10.0, 5.0], 5.0, 0.1);
        assert_eq!(lengths(&dashes), [10.0, 12.0], "the last and the first are one");
        let whole = dash(&line(&square, true), &[100.0, 5.0], 0.0, 0.1);
        assert_eq!(lengths(&whole), [32.0]);
        assert!(contours(&whole)[0].closed, "a corner and not two caps");
    }

    #[test]
    fn points_are_dashes_too() {
        let path = line(&[(0.0, 0.0), (10.0, 0.0)], false);
        let dots = dash(&path, &[0.0, 4.0], 0.0, 0.1);
        assert_eq!(contours(&dots).len(), 3, "at 0, 4 and 8: {dots:?}");
        assert!(lengths(&dots).iter().all(|length| *length < 0.01));
    }

    #[test]
    fn invalid_patterns_are_no_patterns() {
        let path = line(&[(0.0, 0.0), (10.0, 0.0)], false);
        for pattern in [&[][..], &[0.0, 0.0], &[-1.0, 2.0], &[f32::NAN], &[f32::INFINITY, 1.0]] {
            assert_eq!(lengths(&dash(&path, pattern, 0.0, 0.1)), [10.0], "{pattern:?}");
        }
        assert_eq!(lengths(&dash(&path, &[1.0], f32::NAN, 0.1)), [10.0]);
        let many = dash(&path, &[1e-6], 0.0, 0.1);
        assert_eq!(lengths(&many), [10.0], "ten million dashes are a line");
    }

    proptest! {
        #[test]
        fn dashes_and_gaps_are_the_whole(
            points in prop::collection::vec((0.0..50.0f32, 0.0..50.0f32), 2..9),
            pattern in prop::collection::vec(0.1..9.0f32, 1..5),
            (offset, closed) in (-30.0..30.0f32, any::<bool>()),
        ) {
            let path = line(&points, closed);
            let whole: f32 = lengths(&path).iter().sum();
            let doubled = pattern.repeat(2);
            let mut turned = doubled.clone();
            turned.rotate_left(1);
            // The gaps of a pattern are the dashes of the one begun at its
            // first gap.
            let dashes: f32 = lengths(&dash(&path, &doubled, offset, 0.1)).iter().sum();
            let gaps: f32 = lengths(&dash(&path, &turned, offset - doubled[0], 0.1)).iter().sum();
            prop_assert!((dashes + gaps - whole).abs() < whole * 1e-3 + 0.01,
                "{dashes} and {gaps}, not {whole}");
        }
    }
}

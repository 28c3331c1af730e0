//! Which parts of a text are to be shown as emoji.
//!
//! Owns the choice between a text and an emoji font, which common fonts force
//! on us: many have black-and-white forms of emoji. Must not know fonts.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

/// Asks for the emoji form of the character before it (UTS #51).
const EMOJI_SELECTOR: char = '\u{fe0f}';
/// Asks for the text form.
const TEXT_SELECTOR: char = '\u{fe0e}';

/// Characters below U+1F000 with the property Emoji_Presentation (Unicode 16,
/// emoji-data.txt).
const PRESENTED: &[(char, char)] = &[
    ('\u{231a}', '\u{231b}'),
    ('\u{23e9}', '\u{23ec}'),
    ('\u{23f0}', '\u{23f0}'),
    ('\u{23f3}', '\u{23f3}'),
    ('\u{25fd}', '\u{25fe}'),
    ('\u{2614}', '\u{2615}'),
    ('\u{2648}', '\u{2653}'),
    ('\u{267f}', '\u{267f}'),
    ('\u{2693}', '\u{2693}'),
    ('\u{26a1}', '\u{26a1}'),
    ('\u{26aa}', '\u{26ab}'),
    ('\u{26bd}', '\u{26be}'),
    ('\u{26c4}', '\u{26c5}'),
    ('\u{26ce}', '\u{26ce}'),
    ('\u{26d4}', '\u{26d4}'),
    ('\u{26ea}', '\u{26ea}'),
    ('\u{26f2}', '\u{26f3}'),
    ('\u{26f5}', '\u{26f5}'),
    ('\u{26fa}', '\u{26fa}'),
    ('\u{26fd}', '\u{26fd}'),
    ('\u{2705}', '\u{2705}'),
    ('\u{270a}', '\u{270b}'),
    ('\u{2728}', '\u{2728}'),
    ('\u{274c}', '\u{274c}'),
    ('\u{274e}', '\u{274e}'),
    ('\u{2753}', '\u{2755}'),
    ('\u{2757}', '\u{2757}'),
    ('\u{2795}', '\u{2797}'),
    ('\u{27b0}', '\u{27b0}'),
    ('\u{27bf}', '\u{27bf}'),
    ('\u{2b1b}', '\u{2b1c}'),
    ('\u{2b50}', '\u{2b50}'),
    ('\u{2b55}', '\u{2b55}'),
];

/// Byte ranges of the graphemes that are emoji, neighbours joined.
///
/// Of U+1F000 to U+1FBFF every character counts: what an emoji font lacks
/// falls to the next font anyway.
pub(crate) fn ranges(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    if text.is_ascii() {
        return found;
    }
    for (start, grapheme) in text.grapheme_indices(true) {
        if !is_emoji(grapheme) {
            continue;
        }
        let end = start + grapheme.len();
        match found.last_mut() {
            Some(last) if last.end == start => last.end = end,
            _ => found.push(start..end),
        }
    }
    found
}

fn is_emoji(grapheme: &str) -> bool {
    if grapheme.contains(TEXT_SELECTOR) {
        return false;
    }
    grapheme.contains(EMOJI_SELECTOR)
        || grapheme.chars().next().is_some_and(|first| {
            ('\u{1f000}'..='\u{1fbff}').contains(&first)
                || PRESENTED.iter().any(|&(from, to)| (from..=to).contains(&first))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_and_joined_sequences_count_as_one() {
        assert_eq!(ranges("plain"), vec![]);
        assert_eq!(ranges("é ✓ 你"), vec![], "a check mark is text");
        assert_eq!(ranges("a😀b").as_slice(), std::slice::from_ref(&(1..5)));
        assert_eq!(ranges("❤").len(), 0, "text by default");
        assert_eq!(ranges("❤\u{fe0f}").as_slice(), std::slice::from_ref(&(0..6)));
        assert_eq!(ranges("⚡\u{fe0e}").len(), 0, "text was asked for");
        let family = "👨\u{200d}👩\u{200d}👧";
        assert_eq!(ranges(family).as_slice(), std::slice::from_ref(&(0..family.len())));
        assert_eq!(ranges("1\u{fe0f}\u{20e3}").as_slice(), std::slice::from_ref(&(0..7)));
    }
}

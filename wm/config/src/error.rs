//! What is wrong with a configuration, shown at the place where it is wrong.
//!
//! Owns positions, excerpts and suggestions. Must not know the settings.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// One mistake in a configuration text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line, counted from 1.
    pub line: usize,
    /// The column in characters, counted from 1.
    pub column: usize,
    /// How many characters are marked, at least 1, at most to the line's end.
    pub length: usize,
    /// The whole line, as written, without its line break.
    pub excerpt: String,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub help: Option<String>,
}

impl Problem {
    /// A mistake at the byte range `span` of `text`. Ranges outside of the
    /// text, or within a character, are moved to the nearest place inside.
    pub(crate) fn at(text: &str, span: Range<usize>, message: impl Into<String>) -> Self {
        let start = floor_boundary(text, span.start);
        let end = floor_boundary(text, span.end).max(start);
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        let excerpt = text[line_start..line_end].trim_end_matches('\r').to_owned();
        let marked = &text[start..end.min(line_end)];
        // A mistake at the very end of a line that ends in CR LF lies behind
        // what is shown of it.
        let before = text[line_start..start].chars().count().min(excerpt.chars().count());
        Self {
            line: text[..start].matches('\n').count() + 1,
            column: before + 1,
            length: marked.trim_end_matches('\r').chars().count().max(1),
            excerpt,
            message: message.into(),
            help: None,
        }
    }

    /// The same with advice.
    pub(crate) fn with_help(mut self, help: Option<String>) -> Self {
        self.help = help;
        self
    }
}

fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

impl fmt::Display for Problem {
    /// The message, then the line with a caret below the place.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}:{}: {}", self.line, self.column, self.message)?;
        write_excerpt(f, self)
    }
}

fn write_excerpt(f: &mut fmt::Formatter<'_>, problem: &Problem) -> fmt::Result {
    let number = problem.line.to_string();
    let margin = " ".repeat(number.len());
    // Tabs stay tabs, so that the caret stands right below whatever their width.
    let indent: String = problem
        .excerpt
        .chars()
        .take(problem.column - 1)
        .map(|c| if c == '\t' { '\t' } else { ' ' })
        .collect();
    writeln!(f, " {margin} |")?;
    writeln!(f, " {number} | {}", problem.excerpt)?;
    write!(f, " {margin} | {indent}{}", "^".repeat(problem.length))?;
    if let Some(help) = &problem.help {
        write!(f, "\n {margin} = {help}")?;
    }
    Ok(())
}

/// Everything that is wrong with one configuration, in the order of the text.
/// Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems {
    /// Where the text came from, if it was a file.
    pub file: Option<PathBuf>,
    /// The mistakes.
    pub list: Vec<Problem>,
}

impl Problems {
    pub(crate) fn new(mut list: Vec<Problem>) -> Self {
        list.sort_by_key(|p| (p.line, p.column));
        Self { file: None, list }
    }

    pub(crate) fn in_file(mut self, file: &Path) -> Self {
        self.file = Some(file.to_owned());
        self
    }

    /// Each problem on one line, `file:line:column: message`, for places
    /// without room for excerpts.
    #[must_use]
    pub fn brief(&self) -> Vec<String> {
        self.list
            .iter()
            .map(|p| format!("{}{}:{}: {}", self.prefix(), p.line, p.column, p.message))
            .collect()
    }

    fn prefix(&self) -> String {
        self.file.as_ref().map_or_else(String::new, |file| format!("{}:", file.display()))
    }
}

impl fmt::Display for Problems {
    /// All of them, `file:line:column: message` and the marked line each,
    /// with an empty line between.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.list.iter().enumerate() {
            if index > 0 {
                f.write_str("\n\n")?;
            }
            write!(f, "{}{problem}", self.prefix())?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

/// Why a configuration file could not be used.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file could not be read.
    #[error("cannot read {}: {error}", file.display())]
    Read {
        /// Which file.
        file: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// The file was read, and there are mistakes in it.
    #[error(transparent)]
    Wrong(#[from] Problems),
}

/// The candidate that `word` was probably meant to be, if one is near enough:
/// at most a third of its letters differ, counted as insertions, deletions,
/// replacements and swaps of neighbours.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let word = word.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (distance(&word, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= (candidate.chars().count() / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Optimal string alignment distance.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    rows[0] = (0..=b.len()).collect();
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = replaced.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = best;
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caret_stands_below_the_place() {
        let text = "a = 1\n\tbörder = 99\r\n";
        let at = text.find("99").unwrap();
        let problem = Problem::at(text, at..at + 2, "too wide").with_help(Some("0 to 64".into()));
        assert_eq!((problem.line, problem.column, problem.length), (2, 11, 2));
        let problems = Problems::new(vec![problem]).in_file(Path::new("x.toml"));
        assert_eq!(
            problems.to_string(),
            "x.toml:2:11: too wide\n   |\n 2 | \tbörder = 99\n   | \t         ^^\n   = 0 to 64"
        );
        assert_eq!(problems.brief(), ["x.toml:2:11: too wide"]);
    }

    #[test]
    fn places_outside_of_the_text_are_moved_in() {
        let problem = Problem::at("ö", 1..900, "x");
        assert_eq!((problem.line, problem.column, problem.length), (1, 1, 1));
        let problem = Problem::at("ab\r\nc", 3..4, "");
        assert_eq!((problem.column, problem.excerpt.as_str()), (3, "ab"), "not behind the CR");
        let problem = Problem::at("", 5..9, "x");
        assert_eq!((problem.line, problem.column, problem.excerpt.as_str()), (1, 1, ""));
    }

    #[test]
    fn slips_are_recognised_and_strangers_are_not() {
        let words = ["toggle-maximize", "tile", "quit"];
        assert_eq!(nearest("togle-maximise", words), Some("toggle-maximize"));
        assert_eq!(nearest("QIUT", words), Some("quit"));
        assert_eq!(nearest("banana", words), None);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("ab", "ba"), 1);
    }
}

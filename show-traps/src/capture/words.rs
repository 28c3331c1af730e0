//! Words of a line: bare ones and `key=value`, values perhaps quoted.
//!
//! Owns the quoting. It must not know what words mean.

use std::borrow::Cow;

/// The words of a line, quotes undone.
///
/// # Errors
///
/// The rest of the line from a quote that is not closed.
pub(super) fn split(line: &str) -> Result<Vec<Cow<'_, str>>, String> {
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while !rest.is_empty() {
        let end = rest.find(|c: char| c.is_whitespace() || c == '"').unwrap_or(rest.len());
        if rest[end..].starts_with('"') {
            let (value, after) = unquote(&rest[end + 1..]).ok_or_else(|| rest[end..].to_owned())?;
            words.push(Cow::Owned(format!("{}{value}", &rest[..end])));
            rest = after.trim_start();
        } else {
            words.push(Cow::Borrowed(&rest[..end]));
            rest = rest[end..].trim_start();
        }
    }
    Ok(words)
}

/// The text up to the closing quote, and what follows it.
fn unquote(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((value, &text[at + 1..])),
            '\\' => match characters.next()?.1 {
                'n' => value.push('\n'),
                other => value.push(other),
            },
            other => value.push(other),
        }
    }
    None
}

/// A value as it is written: in quotes if it would be split or misread.
pub(super) fn quoted(value: &str) -> Cow<'_, str> {
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && c != '"' && c != '\\';
    if !value.is_empty() && value.chars().all(plain) {
        return Cow::Borrowed(value);
    }
    let mut out = String::from("\"");
    for character in value.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            '\n' => out.push_str("\\n"),
            // Other line breaks would end the line for some readers.
            c if c.is_control() || "\u{2028}\u{2029}\u{85}".contains(c) => out.push(' '),
            c => out.push(c),
        }
    }
    out.push('"');
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_are_split_at_blanks() {
        let words = split("  a  b=c\td=\"e f\\\"\\\\\\n\" g").unwrap();
        assert_eq!(words, ["a", "b=c", "d=e f\"\\\n", "g"]);
        assert_eq!(split("a b=\"c d"), Err("\"c d".into()));
        assert!(split("").unwrap().is_empty());
    }

    proptest! {
        #[test]
        fn values_survive_quoting(value in "[ -~äλ\n]{0,12}", line in "[ -~\t\"\\\\]{0,30}") {
            let text = format!("key={} end", quoted(&value));
            prop_assert!(!text.contains('\n'));
            let words = split(&text).unwrap();
            prop_assert_eq!(&words[..], [format!("key={value}"), "end".into()]);
            // Any line is split or refused.
            let _ = split(&line);
        }
    }
}

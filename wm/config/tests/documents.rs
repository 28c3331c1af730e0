//! Every piece of configuration in the project's documents is one that
//! Trapeze accepts.

use std::path::{Path, PathBuf};

use trapeze_config::Config;

/// The Markdown files at the top of the project and in its folders.
fn documents() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let skipped = |path: &Path| {
        path.file_name().is_some_and(|n| n == "target" || n.to_string_lossy().starts_with('.'))
    };
    let mut found = Vec::new();
    let mut directories = vec![root];
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
            let path = entry.path();
            let is_directory = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_directory && !skipped(&path) {
                directories.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                found.push(path);
            }
        }
    }
    found
}

/// The fenced blocks marked as Trapeze's configuration, with the line that
/// they begin in. Other TOML (a Cargo manifest, say) is marked `toml` alone.
fn snippets(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (number, line) in (1..).zip(text.lines()) {
        match &mut open {
            None if line.trim() == "```toml trapeze" => open = Some((number, String::new())),
            None => {}
            Some(_) if line.trim() == "```" => found.extend(open.take()),
            Some((_, snippet)) => {
                snippet.push_str(line);
                snippet.push('\n');
            }
        }
    }
    found
}

#[test]
fn snippets_are_found() {
    let text = "a\n```toml\nno = 1\n```\n```toml trapeze\n[focus]\n```\nb\n";
    assert_eq!(snippets(text), [(5, "[focus]\n".to_owned())]);
}

#[test]
fn every_documented_configuration_is_accepted() {
    for document in documents() {
        let Ok(text) = std::fs::read_to_string(&document) else { continue };
        for (line, snippet) in snippets(&text) {
            if let Err(problems) = Config::parse(&snippet) {
                panic!("{}:{line}:\n{problems}", document.display());
            }
        }
    }
}

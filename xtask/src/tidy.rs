//! `cargo xtask tidy`: the rules of the house that no compiler checks.
//!
//! Most are absences: the architecture is what a crate must not know. A rule is a function from
//! the tree of files to complaints, so that each can be seen to fail on a tree made up for it.

mod rules;
pub(crate) mod tree;

use anyhow::{Result, bail};

use crate::run::{root, say};

/// One breach of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Complaint {
    /// The file, from the repository's root.
    pub(crate) path: String,
    /// The line, counted from 1; 0 for the file as a whole.
    pub(crate) line: usize,
    /// What is wrong, and what would be right.
    pub(crate) text: String,
}

/// Checks every rule on the repository's tracked and new files.
pub(crate) fn main() -> Result<()> {
    let tree = tree::Tree::read(&root())?;
    let mut count = 0;
    for rule in rules::ALL {
        for complaint in rule(&tree)? {
            count += 1;
            let Complaint { path, line, text } = complaint;
            say(&if line == 0 {
                format!("{path}: {text}")
            } else {
                format!("{path}:{line}: {text}")
            });
        }
    }
    if count > 0 {
        bail!("{count} complaints");
    }
    say(&format!("tidy: {} rules hold over {} files", rules::ALL.len(), tree.len()));
    Ok(())
}

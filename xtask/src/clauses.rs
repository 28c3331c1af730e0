//! `cargo xtask clauses`: which clause of which specification is supported, and which test proves it.
//!
//! Owns the join of two things: `tests/clauses.toml`, which says in words what each clause asks and
//! how it is met, and the whole-system tests, each of which names the clauses it proves in a line
//! `/// Clauses: id, id`. The page made of both is `docs/protocol.md`; tidy compares it with a fresh
//! one, so no row can stay that no test stands for.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Context, Result, bail};

use crate::run::{root, say};
use crate::tidy::tree::Tree;

/// What each clause asks, in words.
const CATALOGUE: &str = "tests/clauses.toml";
/// The page.
const PAGE: &str = "docs/protocol.md";
/// Where the tests are.
const TESTS: &str = "tests/tests/system/";
/// How a test's doc comment begins to name clauses.
const MARK: &str = "/// Clauses:";

/// A clause of a specification.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Clause {
    id: String,
    /// The specification and its section.
    source: String,
    /// What it asks.
    asks: String,
    /// How it is met; what is left out, if anything.
    how: String,
}

/// A test that names clauses.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Proof {
    path: String,
    line: usize,
    name: String,
    clauses: Vec<String>,
}

/// Something wrong with catalogue or marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Flaw {
    pub(crate) path: String,
    pub(crate) line: usize,
    pub(crate) text: String,
}

/// Writes the page; with `--check` only compares it.
pub(crate) fn main(arguments: &[String]) -> Result<()> {
    let check = match arguments {
        [] => false,
        [one] if one == "--check" => true,
        _ => bail!("clauses takes --check or nothing"),
    };
    let tree = Tree::read(&root())?;
    let flaws = flaws(&tree)?;
    let fatal = flaws.iter().filter(|flaw| check || flaw.path != PAGE);
    let mut count = 0;
    for Flaw { path, line, text } in fatal {
        say(&format!("{path}:{line}: {text}"));
        count += 1;
    }
    if count > 0 {
        bail!("{count} flaws");
    }
    if !check {
        std::fs::write(root().join(PAGE), page(&tree)?).with_context(|| format!("write {PAGE}"))?;
        say(&format!("wrote {PAGE}"));
    }
    Ok(())
}

/// Everything that keeps the page from being true.
pub(crate) fn flaws(tree: &Tree) -> Result<Vec<Flaw>> {
    let clauses = catalogue(tree)?;
    let (proofs, mut flaws) = proofs(tree);
    for clause in &clauses {
        let same = clauses.iter().filter(|other| other.id == clause.id).count();
        if same > 1 {
            flaws.push(flaw(CATALOGUE, 0, format!("{} is there {same} times", clause.id)));
        }
        if !proofs.iter().any(|proof| proof.clauses.contains(&clause.id)) {
            flaws.push(flaw(CATALOGUE, 0, format!("no test proves {}", clause.id)));
        }
    }
    for proof in &proofs {
        for id in proof.clauses.iter().filter(|id| clauses.iter().all(|clause| clause.id != **id)) {
            flaws.push(flaw(&proof.path, proof.line, format!("{CATALOGUE} has no clause {id}")));
        }
    }
    if flaws.is_empty() && tree.get(PAGE) != Some(page(tree)?.as_str()) {
        flaws.push(flaw(PAGE, 1, "is not what the tests say: run `cargo xtask clauses`"));
    }
    Ok(flaws)
}

fn flaw(path: &str, line: usize, text: impl Into<String>) -> Flaw {
    Flaw { path: path.to_owned(), line, text: text.into() }
}

/// The clauses, in the catalogue's order.
fn catalogue(tree: &Tree) -> Result<Vec<Clause>> {
    let Some(text) = tree.get(CATALOGUE) else { return Ok(Vec::new()) };
    let table: toml::Table = text.parse().with_context(|| format!("read {CATALOGUE}"))?;
    let list = table.get("clause").and_then(toml::Value::as_array);
    list.into_iter()
        .flatten()
        .map(|entry| {
            let field = |name: &str| {
                entry
                    .get(name)
                    .and_then(toml::Value::as_str)
                    .map(str::to_owned)
                    .with_context(|| format!("{CATALOGUE}: an entry lacks {name}: {entry}"))
            };
            Ok(Clause {
                id: field("id")?,
                source: field("source")?,
                asks: field("asks")?,
                how: field("how")?,
            })
        })
        .collect()
}

/// The tests that name clauses, and marks that belong to no running test.
fn proofs(tree: &Tree) -> (Vec<Proof>, Vec<Flaw>) {
    let (mut proofs, mut flaws) = (Vec::new(), Vec::new());
    for (path, text) in tree.rust(TESTS) {
        let mut named: Vec<String> = Vec::new();
        let mut attributes: Vec<&str> = Vec::new();
        for (line, content) in (1..).zip(text.lines()) {
            let content = content.trim_start();
            if let Some(list) = content.strip_prefix(MARK) {
                let ids = list.split(',').map(|id| id.trim().trim_end_matches('.').to_owned());
                named.extend(ids.filter(|id| !id.is_empty()));
            } else if content.starts_with("#[") {
                attributes.push(content);
            } else if !content.starts_with("//") {
                let clauses = std::mem::take(&mut named);
                let attributes = std::mem::take(&mut attributes);
                if clauses.is_empty() {
                    continue;
                }
                let name = content.strip_prefix("fn ").and_then(|rest| rest.split('(').next());
                let runs = attributes.contains(&"#[test]")
                    && !attributes.iter().any(|attribute| attribute.starts_with("#[ignore"));
                match name.filter(|_| runs) {
                    Some(name) => {
                        let (path, name) = (path.to_owned(), name.to_owned());
                        proofs.push(Proof { path, line, name, clauses });
                    }
                    None => {
                        flaws.push(flaw(path, line, "clauses are named, but no test that runs"));
                    }
                }
            }
        }
    }
    (proofs, flaws)
}

/// The page: a table for each specification, a row for each clause.
fn page(tree: &Tree) -> Result<String> {
    let clauses = catalogue(tree)?;
    let (proofs, _) = proofs(tree);
    let mut of_clause: BTreeMap<&str, Vec<&Proof>> = BTreeMap::new();
    for proof in &proofs {
        for id in &proof.clauses {
            of_clause.entry(id).or_default().push(proof);
        }
    }
    let mut page = String::from(
        "# Protocol\n\n\
         <!-- Made by `cargo xtask clauses` of tests/clauses.toml and the tests: change those. -->\n\n\
         What Trapeze supports, clause by clause. Every row has a test, which runs against a real X\n\
         server; a clause that is not here is not supported, and what is left out of one is said.\n",
    );
    let specification = |clause: &Clause| {
        clause.source.split_once(' ').map_or(clause.source.clone(), |(name, _)| name.to_owned())
    };
    let mut current = String::new();
    for clause in &clauses {
        let name = specification(clause);
        if name != current {
            write!(page, "\n## {name}\n\n| where | asks | how | proved by |\n|---|---|---|---|\n")?;
            current = name;
        }
        let proofs = of_clause.get(clause.id.as_str()).map(Vec::as_slice).unwrap_or_default();
        let links: Vec<String> =
            proofs.iter().map(|proof| format!("[`{}`](../{})", proof.name, proof.path)).collect();
        let place = clause.source.split_once(' ').map_or("", |(_, place)| place);
        let cell = |text: &str| text.replace('|', "\\|");
        writeln!(
            page,
            "| {} | {} | {} | {} |",
            cell(place),
            cell(&clause.asks),
            cell(&clause.how),
            links.join(", ")
        )?;
    }
    writeln!(page, "\n{} clauses, {} tests.", clauses.len(), proofs.len())?;
    Ok(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLAUSE: &str =
        "[[clause]]\nid = \"a\"\nsource = \"ICCCM 4.1\"\nasks = \"x\"\nhow = \"y\"\n";

    fn tree(test: &str) -> Tree {
        let sources = [(CATALOGUE, CLAUSE), ("tests/tests/system/t.rs", test)];
        let page = page(&Tree::of(&sources)).unwrap();
        Tree::of(&[sources[0], sources[1], (PAGE, &page)])
    }

    fn texts(tree: &Tree) -> Vec<String> {
        flaws(tree).unwrap().into_iter().map(|flaw| flaw.text).collect()
    }

    #[test]
    fn a_clause_with_a_test_is_a_row() {
        let tree = tree("/// Says it.\n///\n/// Clauses: a.\n#[test]\nfn proves() {}\n");
        assert_eq!(texts(&tree), Vec::<String>::new());
        let row = "| 4.1 | x | y | [`proves`](../tests/tests/system/t.rs) |";
        assert!(tree.get(PAGE).unwrap().contains(row), "{}", tree.get(PAGE).unwrap());
    }

    #[test]
    fn a_clause_without_a_running_test_is_a_flaw() {
        assert_eq!(texts(&tree("#[test]\nfn other() {}\n")), ["no test proves a"]);
        let ignored = "/// Clauses: a\n#[test]\n#[ignore = \"x\"]\nfn t() {}\n";
        let expected = ["clauses are named, but no test that runs", "no test proves a"];
        assert_eq!(texts(&tree(ignored)), expected);
        assert_eq!(texts(&tree("/// Clauses: a\nfn helper() {}\n")), expected);
    }

    #[test]
    fn an_unknown_clause_and_an_old_page_are_flaws() {
        let unknown = tree("/// Clauses: a, b\n#[test]\nfn t() {}\n");
        assert_eq!(texts(&unknown), ["tests/clauses.toml has no clause b"]);
        let test = ("tests/tests/system/t.rs", "/// Clauses: a\n#[test]\nfn t() {}\n");
        let old = Tree::of(&[(CATALOGUE, CLAUSE), test, (PAGE, "old")]);
        assert_eq!(texts(&old), ["is not what the tests say: run `cargo xtask clauses`"]);
    }
}

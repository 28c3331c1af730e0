//! What a person sees who made mistakes.

use proptest::prelude::*;
use trapeze_config::{Config, DEFAULT_FILE, LoadError, keysym_from_name};
use wm_core::Action;
use wm_core::look::{Background, MenuItem};

fn problems(text: &str) -> Vec<(usize, usize, String, Option<String>)> {
    let list = Config::parse(text).expect_err("the text is wrong").list;
    list.into_iter().map(|p| (p.line, p.column, p.message, p.help)).collect()
}

#[test]
fn all_mistakes_are_told_at_once_in_order() {
    let text = "\
[focus]
moed = \"click\"
mode = \"slopy\"
[windows]
resize-border = 65
snap-distance = \"far\"
[theme]
accent = \"blue\"
buttons-left = [\"icon\", \"clsoe\"]
[keys]
\"Supr+q\" = \"close\"
\"Super+w\" = \"clsoe\"
\"Super+e\" = { tile = \"middle\" }
[nonsense]
a = 1
";
    let found = problems(text);
    let places: Vec<_> = found.iter().map(|(line, column, ..)| (*line, *column)).collect();
    assert_eq!(
        places,
        [(2, 1), (3, 8), (5, 17), (6, 17), (8, 10), (9, 25), (11, 1), (12, 13), (13, 13), (14, 2)]
    );
    let help = |index: usize| found[index].3.as_deref();
    assert_eq!(help(0), Some("did you mean `mode`?"));
    assert_eq!(help(1), Some("did you mean `sloppy`?"));
    assert_eq!(found[2].2, "invalid value: integer `65`, expected a whole number from 0 to 64");
    assert!(found[3].2.contains("expected a whole number from 0 to 128"), "{}", found[3].2);
    assert!(found[4].2.contains("#3d7eea"), "{}", found[4].2);
    assert_eq!(help(5), Some("did you mean `close`?"));
    assert!(found[6].2.contains("no modifier called `Supr`"), "{}", found[6].2);
    assert!(found[7].2.contains("did you mean `close`?"), "{}", found[7].2);
    assert!(found[8].2.contains("top-left"), "{}", found[8].2);
    assert!(help(9).is_some_and(|help| help.contains("workspaces")), "{:?}", help(9));
}

#[test]
fn broken_syntax_is_told_with_its_place() {
    let found = problems("mode = \n[focus]\nmode = ?\n");
    assert_eq!(found[0].0, 1);
    assert!(found.iter().any(|(line, ..)| *line == 3), "{found:?}");
}

#[test]
fn contradictions_are_told() {
    let found = problems(
        "[keys]\n\"Super+q\" = \"close\"\n\"super+Q\" = \"kill\"\n[workspaces]\ncount = 1\nnames = [\"a\", \"b\"]\n",
    );
    assert_eq!((found[0].0, found[0].1), (3, 1));
    assert!(found[0].2.contains("bound twice, first in line 2"), "{}", found[0].2);
    assert_eq!((found[1].0, found[1].1), (6, 9));
    assert_eq!(problems("[[menu]]\nlabel = \"x\"\n")[0].0, 1);
    assert_eq!(problems("[workspaces]\nnames = []\n")[0].0, 2);
    assert_eq!(problems("[environment]\n\"A=B\" = \"c\"\n")[0].0, 2);
}

#[test]
fn a_file_is_named_in_every_message() {
    let directory = std::env::temp_dir().join(format!("trapeze-config-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let file = directory.join("config.toml");
    std::fs::write(&file, "[background]\nimage = \"a.png\"\n").unwrap();
    let config = Config::load(&file).unwrap();
    let Background::Image { path, .. } = config.background else { panic!("no image") };
    assert_eq!(path, directory.join("a.png"));

    std::fs::write(&file, b"[focus]\n# \xff\n").unwrap();
    let error = Config::load(&file).unwrap_err();
    assert!(error.to_string().starts_with(&format!("{}:2:3: ", file.display())), "{error}");
    std::fs::remove_file(&file).unwrap();
    assert!(matches!(Config::load(&file), Err(LoadError::Read { .. })));
    std::fs::remove_dir(&directory).unwrap();
}

#[test]
fn own_keys_are_laid_over_the_default_ones() {
    let action = |config: &Config, key: &str| {
        let chord = key.parse().unwrap();
        config.bindings.iter().find(|b| b.chord == chord).map(|b| b.action.clone())
    };
    let config = Config::parse(
        "[keys]\n\"Super+q\" = \"none\"\n\"alt+f4\" = { spawn = \"true\" }\n\"Super+z\" = { workspace = 3 }\n",
    )
    .unwrap();
    assert_eq!(action(&config, "Super+q"), None);
    assert_eq!(action(&config, "Alt+F4"), Some(Action::Spawn("true".into())));
    assert!(action(&config, "Super+z").is_some());
    assert_eq!(action(&config, "Alt+Tab"), Some(Action::SwitchWindows));
    assert_eq!(config.shortcut(&Action::SwitchWindows).as_deref(), Some("Alt+Tab"));

    let config = Config::parse("default-keys = false\n[keys]\n\"F1\" = \"quit\"\n").unwrap();
    assert_eq!(config.bindings.len(), 1);
    assert_eq!(config.bindings[0].chord.keysym, keysym_from_name("F1").unwrap());
}

#[test]
fn programs_stand_behind_their_actions() {
    let config = Config::parse("[programs]\nterminal = \"xterm -ls\"\n").unwrap();
    let terminal = Action::Spawn("xterm -ls".into());
    assert_eq!(config.shortcut(&terminal).as_deref(), Some("Super+Enter"), "as keys are printed");
    let shown = &config.settings().shortcuts;
    assert!(shown.contains(&(Action::Raise, "Super+PgUp".to_owned())), "{shown:?}");
    assert!(shown.contains(&(Action::Minimize, "Super+N".to_owned())), "{shown:?}");
    let MenuItem::Action { action, .. } = &config.settings().root_menu[0] else {
        panic!("the first line is a terminal")
    };
    assert_eq!(action, &terminal);
}

#[test]
fn workspaces_by_count_names_or_both() {
    let names = |text: &str| Config::parse(text).unwrap().settings().workspaces.clone();
    assert_eq!(names("workspaces.count = 2"), ["1", "2"]);
    assert_eq!(names("workspaces.names = [\"web\"]"), ["web"]);
    assert_eq!(names("workspaces = { count = 3, names = [\"web\"] }"), ["web", "2", "3"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// However a file is damaged, there is a configuration or a list of
    /// problems, each of which lies inside of the text.
    #[test]
    fn damaged_files_give_problems_inside_of_the_text(
        cuts in prop::collection::vec((any::<prop::sample::Index>(), ".{0,8}"), 1..6),
    ) {
        let mut text: Vec<char> = DEFAULT_FILE.chars().collect();
        for (place, patch) in cuts {
            let at = place.index(text.len());
            let end = (at + 3).min(text.len());
            text.splice(at..end, patch.chars());
        }
        let text: String = text.into_iter().collect();
        if let Err(problems) = Config::parse(&text) {
            prop_assert!(!problems.list.is_empty());
            let lines: Vec<&str> = text.split('\n').collect();
            for problem in &problems.list {
                let line = lines[problem.line - 1].trim_end_matches('\r');
                prop_assert_eq!(line, &problem.excerpt);
                prop_assert!(problem.column <= line.chars().count() + 1);
            }
        }
    }
}

#[test]
fn the_display_decides_the_scale_unless_the_file_does() {
    let scale =
        |text: &str, chosen| Config::parse(text).unwrap().settings_at(chosen).theme.scale_percent;
    assert_eq!(scale("", None), 100);
    assert_eq!(scale("", Some(200)), 200);
    assert_eq!(scale("[theme]\nscale-percent = 125\n", Some(200)), 125);
}

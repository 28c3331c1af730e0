//! Holds the commented file to the defaults that it documents.

use trapeze_config::{Config, DEFAULT_FILE, action_names};

/// The file with its commented-out settings in force: `#` and a letter begins
/// one, `# ` begins prose.
fn uncommented() -> String {
    let is_setting = |rest: &str| rest.starts_with(|c: char| c.is_ascii_alphabetic());
    let line = |line: &'static str| match line.strip_prefix('#') {
        Some(rest) if is_setting(rest) => rest,
        _ => line,
    };
    DEFAULT_FILE.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_file_means_the_defaults() {
    let parsed = Config::parse(DEFAULT_FILE).unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(parsed, Config::default());
    assert_eq!(Config::parse("").unwrap(), Config::default());
}

#[test]
fn every_setting_that_is_off_is_right_too() {
    let problems = Config::parse(&uncommented()).unwrap_err();
    // Of the three backgrounds only one can be on.
    let messages: Vec<_> = problems.list.iter().map(|p| p.message.as_str()).collect();
    assert_eq!(messages, ["a background is a gradient or an image, not both"]);

    let text = uncommented().replace("gradient =", "#gradient =");
    let parsed = Config::parse(&text).unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(parsed.settings().theme, Config::default().settings().theme, "documented colours");
    assert_eq!(parsed.settings().auto_raise_ms, Some(300));
    assert_eq!(parsed.environment["QT_QPA_PLATFORMTHEME"], "gtk3");
}

#[test]
fn every_action_is_mentioned() {
    for (name, _) in action_names() {
        let mentioned = DEFAULT_FILE
            .split(|c: char| !c.is_ascii_alphabetic() && c != '-')
            .any(|word| word == name);
        assert!(mentioned, "{name} is not in the file");
    }
}

#[test]
fn every_key_of_every_section_is_mentioned() {
    // An unknown key makes serde list all that are known.
    for section in [
        "focus",
        "windows",
        "workspaces",
        "mouse",
        "theme",
        "theme.active",
        "theme.shadow-popup",
        "background",
        "compositing",
        "programs",
        "autostart",
    ] {
        let problems = Config::parse(&format!("[{section}]\nzzzzzzzzz = 1")).unwrap_err();
        let help = problems.list[0].help.clone().unwrap();
        let keys = help.strip_prefix("valid here: ").expect("the known keys are listed");
        for key in keys.split(", ") {
            let found = DEFAULT_FILE.lines().any(|line| {
                line.trim_start_matches('#').starts_with(&format!("{key} ="))
                    || line.starts_with(&format!("[{section}.{key}]"))
            });
            assert!(found, "{section}.{key} is not in the file");
        }
    }
}

//! Tests of the command line, and of the manual against it.

use super::*;

fn parse(line: &str) -> Result<Cli, clap::Error> {
    Cli::try_parse_from(line.split(' '))
}

#[test]
fn the_definition_is_consistent() {
    Cli::command().debug_assert();
}

#[test]
fn options_start_the_window_manager() {
    let cli = parse("trapeze --replace --backend xrender --display :7 -- xterm -e it's").unwrap();
    assert!(cli.command.is_none());
    assert!(cli.options.replace);
    assert_eq!(cli.options.backend.map(BackendChoice::from), Some(BackendChoice::Xrender));
    assert_eq!(cli.options.display.as_deref(), Some(":7"));
    let command = cli.options.program_command();
    assert_eq!(command.as_deref(), Some(r"exec 'xterm' '-e' 'it'\''s'"));
    assert_eq!(parse("trapeze").unwrap().options.program_command(), None);
    assert!(parse("trapeze --backend vulkan").is_err());
    assert!(parse("trapeze --replace check").is_err());
}

#[test]
fn messages_are_requests() {
    for (line, good) in [
        ("trapeze msg list --json", true),
        ("trapeze msg --json list", true),
        ("trapeze msg focus 0x1000", true),
        ("trapeze msg move -5 10 --window 7", true),
        ("trapeze msg resize 0 10", false),
        ("trapeze msg workspace next --take", true),
        ("trapeze msg action spawn xterm -e top", true),
        ("trapeze msg action", false),
        ("trapeze msg screenshot /tmp/x.png", true),
        ("trapeze msg dance", false),
        ("trapeze msg", false),
    ] {
        assert_eq!(parse(line).is_ok(), good, "{line}");
    }
}

/// Every command with its path, such as `trapeze msg list`.
fn commands(command: &clap::Command, path: &str) -> Vec<(String, clap::Command)> {
    let path = format!("{path} {}", command.get_name()).trim().to_owned();
    let mut all = vec![(path.clone(), command.clone())];
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        all.extend(commands(sub, &path));
    }
    all
}

#[test]
fn the_manual_mentions_every_command_and_option() {
    let manual = [include_str!("../../man/trapeze.1"), include_str!("../../man/trapeze-msg.1")];
    for (path, command) in commands(&Cli::command(), "") {
        let page = manual[usize::from(path.starts_with("trapeze msg"))].replace(r"\-", "-");
        let name = command.get_name();
        assert!(page.lines().any(|l| l.starts_with('.') && l.contains(name)), "{path} is missing");
        for option in command.get_arguments().filter_map(clap::Arg::get_long) {
            assert!(page.contains(&format!("--{option}")), "{path} --{option} is missing");
        }
    }
}

#[test]
fn the_manual_mentions_every_setting() {
    let page = include_str!("../../man/trapeze.toml.5").replace(r"\-", "-");
    let mut section = "";
    for line in trapeze_config::DEFAULT_FILE.lines() {
        if let Some(name) = line.strip_prefix('[') {
            section = name.trim_matches(['[', ']']);
            if section == "menu.items" {
                section = "menu";
            }
            assert!(page.contains(&format!("[{section}]")), "[{section}] is missing");
            continue;
        }
        let line = line.strip_prefix('#').unwrap_or(line);
        let Some((key, _)) = line.split_once(" =") else { continue };
        let is_setting = key.starts_with(|c: char| c.is_ascii_lowercase()) && !key.contains(' ');
        if is_setting && section != "keys" && section != "environment" {
            let mentioned = page.lines().any(|line| {
                line.strip_prefix(".B ")
                    .is_some_and(|names| names.split(", ").any(|name| name == key))
            });
            assert!(mentioned, "{section}: {key} is missing");
        }
    }
    let keys = trapeze_config::DEFAULT_FILE.lines().filter(|line| line.starts_with('"'));
    for binding in keys {
        assert!(page.contains(binding), "{binding} is missing");
    }
    for (action, _) in trapeze_config::action_names() {
        assert!(page.contains(action), "{action} is missing");
    }
}

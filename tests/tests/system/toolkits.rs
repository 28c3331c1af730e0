//! What toolkits are told of fonts and themes (XSETTINGS 0.5).

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use trapeze_testkit::{Client, Server};
use x11rb::protocol::xproto::{ConnectionExt as _, CreateWindowAux, EventMask, WindowClass};

use crate::desk::{Desk, PLAIN, under_test_with_xrender};

fn desk(config: &str, environment: &[(&str, &str)]) -> Result<Desk> {
    let config = format!("{PLAIN}{config}");
    Desk::on(Server::xvfb().start()?, |server| {
        let options = under_test_with_xrender(server).config(&config);
        let none = ["XDG_CURRENT_DESKTOP", "SESSION_MANAGER"].iter();
        let options = none.fold(options, |options, name| options.environment(name, ""));
        environment.iter().fold(options, |options, (name, value)| options.environment(name, value))
    })
}

fn owner(client: &Client) -> Result<u32> {
    let selection = client.atom("_XSETTINGS_S0")?;
    Ok(client.connection().get_selection_owner(selection)?.reply()?.owner)
}

#[derive(Debug, PartialEq)]
enum Told {
    Number(i32),
    Text(String),
}

/// Reads the property as a toolkit does.
fn told(client: &Client) -> Result<BTreeMap<String, Told>> {
    let property = client.property(owner(client)?, "_XSETTINGS_SETTINGS")?;
    let bytes = property.context("no settings")?.value;
    let mut rest = &bytes[..];
    let mut take = |count: usize| {
        let (head, tail) = rest.split_at_checked(count).context("the settings end too early")?;
        rest = tail;
        anyhow::Ok(head)
    };
    let number = |bytes: &[u8]| Ok::<_, anyhow::Error>(u32::from_ne_bytes(bytes.try_into()?));
    let order = take(4)?[0];
    ensure!(order == u8::from(cfg!(target_endian = "big")), "byte order {order}");
    let _serial = take(4)?;
    let count = number(take(4)?)?;
    let mut found = BTreeMap::new();
    for _ in 0..count {
        let kind = take(2)?[0];
        let length = usize::from(u16::from_ne_bytes(take(2)?.try_into()?));
        let name = String::from_utf8(take(length.next_multiple_of(4))?[..length].to_vec())?;
        let _changed = take(4)?;
        let value = number(take(4)?)?;
        let value = match kind {
            0 => Told::Number(value.cast_signed()),
            1 => {
                let length = value as usize;
                let text = &take(length.next_multiple_of(4))?[..length];
                Told::Text(String::from_utf8(text.to_vec())?)
            }
            other => anyhow::bail!("type {other}"),
        };
        found.insert(name, value);
    }
    ensure!(rest.is_empty(), "{} bytes too many", rest.len());
    Ok(found)
}

/// Clauses: xsettings.manager
#[test]
fn toolkits_are_told_what_the_configuration_says() -> Result<()> {
    let config = "[theme]\nscale-percent = 150\n[xsettings.values]\n\
                  \"Net/ThemeName\" = \"Some Theme\"\n\"Net/CursorBlink\" = false\n";
    let desk = desk(config, &[])?;
    let client = &desk.client;
    client.wait_true("a settings manager", || Ok(owner(client)? != 0))?;
    let expected = BTreeMap::from([
        ("Net/ThemeName".to_owned(), Told::Text("Some Theme".to_owned())),
        ("Net/CursorBlink".to_owned(), Told::Number(0)),
        ("Xft/DPI".to_owned(), Told::Number(144 * 1024)),
    ]);
    client.wait_true("the settings", || Ok(told(client).is_ok_and(|told| told == expected)))?;

    // Saved again, told again, by the same manager.
    let manager = owner(client)?;
    client.select(manager, EventMask::PROPERTY_CHANGE)?;
    let file = desk.server.sandbox().home().join("trapeze.toml");
    std::fs::write(file, format!("{PLAIN}{}", config.replace("Some Theme", "Other")))?;
    client.wait_true("the new theme", || {
        Ok(told(client)?.get("Net/ThemeName") == Some(&Told::Text("Other".to_owned())))
    })?;
    assert_eq!(owner(client)?, manager);
    Ok(())
}

/// Clauses: xsettings.manager
#[test]
fn a_settings_manager_of_another_program_goes_before() -> Result<()> {
    let desk = desk("", &[])?;
    let client = &desk.client;
    client.wait_true("a settings manager", || Ok(owner(client)? != 0))?;
    let ours = owner(client)?;
    let window = client.new_id()?;
    let connection = client.connection();
    let (root, aux) = (client.root(), CreateWindowAux::new());
    let class = WindowClass::INPUT_ONLY;
    connection.create_window(0, window, root, -9, -9, 1, 1, 0, class, 0, &aux)?;
    connection.set_selection_owner(window, client.atom("_XSETTINGS_S0")?, 0u32)?;
    client.wait_true("its window to go", || Ok(!client.exists(ours)?))?;
    assert_eq!(owner(client)?, window, "it does not take it back");
    Ok(())
}

#[test]
fn a_desktop_environments_settings_are_left_to_it() -> Result<()> {
    for (config, environment) in [
        ("", &[("XDG_CURRENT_DESKTOP", "XFCE")][..]),
        ("[xsettings]\nmanage = \"never\"\n", &[][..]),
    ] {
        let desk = desk(config, environment)?;
        // By then it has decided.
        desk.client.window().map()?.wait_focused()?;
        assert_eq!(owner(&desk.client)?, 0, "{config}{environment:?}");
    }
    Ok(())
}

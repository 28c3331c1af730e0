//! What makes it a session: configuration, keys, programs it starts, messages.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use trapeze_testkit::input::{self, keysym};
use trapeze_testkit::wm::trapeze_program;
use trapeze_testkit::{Deadline, Rectangle, Server, Tolerance, ewmh, pixels};
use x11rb::protocol::xproto::ConnectionExt as _;

use crate::desk::{Desk, PLAIN, settle, under_test_with_xrender};

/// Xvfb, the XRender backend and a configuration.
fn configured(text: &str) -> Result<Desk> {
    let text = format!("{PLAIN}{text}");
    Desk::on(Server::xvfb().start()?, |server| under_test_with_xrender(server).config(&text))
}

/// The file that the kit gives Trapeze as its configuration.
fn configuration(desk: &Desk) -> PathBuf {
    desk.server.sandbox().home().join("trapeze.toml")
}

/// A shell command that sets a root property, by which a test sees that it ran.
fn telltale(name: &str) -> String {
    format!("xprop -root -f {name} 8s -set {name} \"$TELLTALE\"")
}

fn wait_telltale(desk: &Desk, name: &str) -> Result<String> {
    desk.client.wait_until(name, || desk.client.text(desk.client.root(), name))
}

#[test]
fn sloppy_focus_follows_the_pointer_and_stays_over_the_root() -> Result<()> {
    let desk = configured("[focus]\nmode = \"sloppy\"\n")?;
    let first = desk.client.window().placed(50, 50).size(200, 150).map()?;
    let second = desk.client.window().placed(400, 50).size(200, 150).map()?;
    first.wait_managed()?;
    second.wait_focused()?;
    for window in [first, second, first] {
        let (x, y) = window.geometry()?.center();
        input::move_to(&desk.client, x, y)?;
        window.wait_focused()?;
    }
    input::move_to(&desk.client, 900, 700)?;
    settle(&desk.client)?;
    assert_eq!(desk.client.focus()?, first.id());
    Ok(())
}

#[test]
fn strict_focus_leaves_with_the_pointer() -> Result<()> {
    let desk = configured("[focus]\nmode = \"strict\"\n")?;
    let window = desk.client.window().placed(50, 50).size(200, 150).map()?;
    window.wait_managed()?;
    let (x, y) = window.geometry()?.center();
    input::move_to(&desk.client, x, y)?;
    window.wait_focused()?;
    input::move_to(&desk.client, 900, 700)?;
    ewmh::wait_active(&desk.client, None)
}

#[test]
fn keys_work_on_the_active_window() -> Result<()> {
    let desk = Desk::start()?;
    let client = &desk.client;
    let window = client.window().protocol("WM_DELETE_WINDOW").placed(300, 200).map()?;
    window.wait_managed()?;
    window.wait_focused()?;
    let before = window.geometry()?;
    let letter = |letter: char| input::chord(client, &[keysym::SUPER, u32::from(letter)]);
    letter('m')?;
    window.wait_state("MAXIMIZED_VERT", true)?;
    letter('m')?;
    window.wait_geometry("restored", |place| place == before)?;
    letter('f')?;
    window.wait_geometry("fullscreen", |place| place == Rectangle::new(0, 0, 1280, 800))?;
    letter('f')?;
    window.wait_geometry("restored", |place| place == before)?;
    input::chord(client, &[keysym::SUPER, keysym::RIGHT])?;
    window.wait_geometry("right half", |place| {
        place.x >= 640 && place.x <= 644 && place.right() >= 1276
    })?;
    letter('r')?;
    window.wait_geometry("restored", |place| place == before)?;
    let mark = client.mark()?;
    letter('q')?;
    window.wait_protocol(mark, "WM_DELETE_WINDOW")?;
    letter('n')?;
    window.wait_wm_state(Some(trapeze_testkit::window::ICONIC))?;
    input::chord(client, &[keysym::SUPER, keysym::SHIFT, u32::from('n')])?;
    window.wait_managed()?;
    letter('d')?;
    ewmh::wait_root_number(client, "_NET_SHOWING_DESKTOP", 1)?;
    letter('d')?;
    ewmh::wait_root_number(client, "_NET_SHOWING_DESKTOP", 0)?;
    letter('2')?;
    ewmh::wait_root_number(client, "_NET_CURRENT_DESKTOP", 1)?;
    input::chord(client, &[keysym::CONTROL, keysym::ALT, keysym::LEFT])?;
    ewmh::wait_root_number(client, "_NET_CURRENT_DESKTOP", 0)
}

#[test]
fn keys_follow_their_symbols_when_the_keyboard_changes() -> Result<()> {
    let desk = Desk::start()?;
    let client = &desk.client;
    let window = client.window().map()?;
    window.wait_focused()?;
    let (m, _) = input::keycode(client, u32::from('m'))?;
    let (k, _) = input::keycode(client, u32::from('k'))?;
    let symbols = |letter: char| {
        let upper = u32::from(letter.to_ascii_uppercase());
        [u32::from(letter), upper, u32::from(letter), upper]
    };
    client.connection().change_keyboard_mapping(1, m, 4, &symbols('k'))?;
    client.connection().change_keyboard_mapping(1, k, 4, &symbols('m'))?;
    client.sync()?;
    assert_eq!(input::keycode(client, u32::from('m'))?.0, k);
    // The manager rebinds when it hears of it, which may be after the first press.
    client.wait_until("maximized by the moved key", || {
        input::chord(client, &[keysym::SUPER, u32::from('m')])?;
        settle(client)?;
        Ok(window.has_state("MAXIMIZED_VERT")?.then_some(()))
    })
}

#[test]
fn programs_are_started_with_their_environment() -> Result<()> {
    let desk = configured(&format!(
        "[environment]\nTELLTALE = \"value\"\n[autostart]\ncommands = ['{}']\n[keys]\n\
         \"Super+x\" = {{ spawn = '{}' }}\n",
        telltale("_TEST_AUTOSTART"),
        telltale("_TEST_KEY"),
    ))?;
    assert_eq!(wait_telltale(&desk, "_TEST_AUTOSTART")?, "value");
    input::chord(&desk.client, &[keysym::SUPER, u32::from('x')])?;
    assert_eq!(wait_telltale(&desk, "_TEST_KEY")?, "value");
    Ok(())
}

#[test]
fn the_configuration_is_read_again_and_kept_when_wrong() -> Result<()> {
    let mut desk = configured("[workspaces]\ncount = 3\n")?;
    let file = configuration(&desk);
    ewmh::wait_root_number(&desk.client, "_NET_NUMBER_OF_DESKTOPS", 3)?;
    std::fs::write(&file, "[workspaces]\ncount = 6\n")?;
    ewmh::wait_root_number(&desk.client, "_NET_NUMBER_OF_DESKTOPS", 6)?;
    std::fs::write(&file, "[workspaces]\ncount = \"many\n")?;
    desk.assert_alive()?;
    // As editors do: a new file in the place of the old.
    let draft = file.with_extension("draft");
    std::fs::write(&draft, "[workspaces]\ncount = 2\n")?;
    std::fs::rename(&draft, &file)?;
    ewmh::wait_root_number(&desk.client, "_NET_NUMBER_OF_DESKTOPS", 2)?;
    desk.assert_alive()
}

#[test]
fn a_wrong_configuration_at_the_start_is_no_reason_not_to_start() -> Result<()> {
    let mut desk = configured("[workspaces\ncount = 3")?;
    desk.assert_alive()?;
    assert!(desk.manager.output().contains("trapeze.toml"), "{}", desk.manager.output());
    Ok(())
}

#[test]
fn a_program_that_sets_the_background_does_not_kill_the_session() -> Result<()> {
    let mut desk = Desk::start()?;
    desk.wait_painted()?;
    let pixmap = |name: &str| desk.client.numbers(desk.client.root(), name);
    let ours = pixmap("_XROOTPMAP_ID")?.and_then(|ids| ids.first().copied());
    // As Esetroot, feh and hsetroot do: what one program announced under both
    // names was left behind by that program, and killing it frees the pixmap.
    if pixmap("ESETROOT_PMAP_ID")?.and_then(|ids| ids.first().copied()) == ours
        && let Some(ours) = ours
    {
        desk.client.connection().kill_client(ours)?;
        desk.client.sync()?;
    }
    desk.assert_alive()
}

/// The window of Trapeze's own that tells the person of something wrong.
fn notice(desk: &Desk) -> Result<Option<Rectangle>> {
    let client = &desk.client;
    let kind = client.atom("_NET_WM_WINDOW_TYPE_NOTIFICATION")?;
    for window in client.children(client.root())? {
        let kinds = client.numbers(window, "_NET_WM_WINDOW_TYPE")?;
        if kinds.is_some_and(|kinds| kinds.contains(&kind)) && client.is_viewable(window)? {
            return client.geometry(window).map(Some);
        }
    }
    Ok(None)
}

fn wait_notice(desk: &Desk) -> Result<Rectangle> {
    desk.client.wait_until("a notice", || notice(desk))
}

fn wait_no_notice(desk: &Desk) -> Result<()> {
    desk.client.wait_true("no notice", || Ok(notice(desk)?.is_none()))
}

#[test]
fn a_wrong_configuration_is_shown_on_the_screen_until_it_is_read_or_mended() -> Result<()> {
    let desk = configured("[workspaces]\ncuont = 3\n")?;
    let place = wait_notice(&desk)?;
    assert!(Rectangle::new(0, 0, 1280, 800).contains_rectangle(place), "{place:?}");
    // It still is heard of when the manager has taken it in as any window.
    settle(&desk.client)?;
    let (x, y) = place.center();
    input::click(&desk.client, x, y, 1)?;
    wait_no_notice(&desk)?;

    let file = configuration(&desk);
    std::fs::write(&file, "[workspaces]\ncount = 99\n")?;
    wait_notice(&desk)?;
    std::fs::write(&file, "[workspaces]\ncount = 5\n")?;
    ewmh::wait_root_number(&desk.client, "_NET_NUMBER_OF_DESKTOPS", 5)?;
    wait_no_notice(&desk)
}

#[test]
fn a_key_whose_program_is_missing_says_so() -> Result<()> {
    let desk = configured("[keys]\n\"Super+x\" = { spawn = \"trapeze-has-no-such-program\" }\n")?;
    input::chord(&desk.client, &[keysym::SUPER, u32::from('x')])?;
    let place = wait_notice(&desk)?;
    let (x, y) = place.center();
    input::click(&desk.client, x, y, 1)?;
    wait_no_notice(&desk)
}

#[test]
fn subscribers_are_told_of_a_wrong_configuration() -> Result<()> {
    let desk = configured("")?;
    let socket = format!("trapeze-{}.sock", desk.server.display().trim_start_matches(':'));
    let mut stream = UnixStream::connect(desk.server.sandbox().runtime().join(socket))?;
    stream.set_read_timeout(Some(Deadline::patient().remaining()))?;
    stream.write_all(b"{\"request\": \"subscribe\"}\n")?;
    let mut lines = BufReader::new(stream).lines();
    let mut wait = |what: &str| -> Result<String> {
        loop {
            let line = lines.next().context("the connection ended")??;
            if line.contains(what) {
                return Ok(line);
            }
        }
    };
    wait("\"state\"")?;
    std::fs::write(configuration(&desk), "[workspaces]\ncuont = 3\n")?;
    let told = wait("config-failed")?;
    ensure!(told.contains("cuont"), "{told}");
    std::fs::write(configuration(&desk), "[workspaces]\ncount = 3\n")?;
    wait("config-reloaded")?;
    Ok(())
}

#[test]
fn check_names_line_and_column() -> Result<()> {
    let server = Server::xvfb().start()?;
    let path = server.sandbox().home().join("check.toml");
    let path = path.to_string_lossy();
    let program = trapeze_program()?;
    let program = program.to_string_lossy();
    std::fs::write(&*path, "[workspaces]\ncount = 3\n")?;
    server.run(&program, &["check", &path])?;
    std::fs::write(&*path, "[workspaces]\ncount = 3\nnonsense = true\n")?;
    let Err(error) = server.run(&program, &["check", &path]) else {
        anyhow::bail!("a wrong file passes");
    };
    let text = format!("{error:#}");
    ensure!(text.contains("nonsense") && text.contains(":3:1"), "{text}");
    Ok(())
}

#[test]
fn messages_are_answered() -> Result<()> {
    let mut desk = Desk::start()?;
    let window = desk.client.window().title("A title to find").placed(200, 100).map()?;
    window.wait_focused()?;
    let program = trapeze_program()?;
    let program = program.to_string_lossy();
    let list = desk.server.run(&program, &["msg", "list"])?;
    assert!(list.contains("A title to find"), "{list}");
    desk.server.run(&program, &["msg", "workspace", "2"])?;
    ewmh::wait_root_number(&desk.client, "_NET_CURRENT_DESKTOP", 1)?;
    desk.server.run(&program, &["msg", "workspace", "1"])?;
    ewmh::wait_root_number(&desk.client, "_NET_CURRENT_DESKTOP", 0)?;
    desk.server.run(&program, &["msg", "action", "toggle-fullscreen"])?;
    window.wait_state("FULLSCREEN", true)?;
    let explanation = desk.server.run(&program, &["msg", "explain-bypass"])?;
    assert!(explanation.contains("covers the monitor"), "{explanation}");
    desk.server.run(&program, &["msg", "quit"])?;
    assert!(desk.manager.wait()?.success());
    Ok(())
}

#[test]
fn a_key_ends_the_session() -> Result<()> {
    let mut desk = Desk::start()?;
    input::chord(&desk.client, &[keysym::SUPER, keysym::SHIFT, u32::from('q')])?;
    assert!(desk.manager.wait()?.success());
    Ok(())
}

#[test]
fn the_root_menu_opens_and_leaves_no_trace() -> Result<()> {
    let desk = Desk::start()?;
    desk.wait_painted()?;
    settle(&desk.client)?;
    let screen = Rectangle::new(0, 0, 1280, 800);
    let before = pixels::of_root(&desk.client, screen)?;
    input::move_to(&desk.client, 500, 300)?;
    input::chord(&desk.client, &[keysym::SUPER, keysym::ESCAPE])?;
    pixels::wait_until(&desk.client, "menu", screen, |image| {
        pixels::Difference::between(image, &before, 0)
            .is_some_and(|difference| difference.bounds.width > 80)
    })?;
    input::chord(&desk.client, &[keysym::ESCAPE])?;
    pixels::wait_same(&desk.client, "no-menu", screen, &before, Tolerance::EXACT)
}

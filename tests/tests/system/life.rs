//! The session's life: asked to end at bad moments, restarted, deserted by its server.

use anyhow::Result;
use rustix::process::Signal;
use trapeze_testkit::input::{self, keysym};
use trapeze_testkit::wm::trapeze_program;
use trapeze_testkit::{Client, Rectangle, Server, Window, WindowManager, ewmh, pixels};
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{ConnectionExt as _, Property};

use crate::desk::{Desk, settle, under_test_with_xrender};

fn window(desk: &Desk) -> Result<Window<'_>> {
    let window = desk.client.window().title("kept").placed(400, 300).size(300, 200).map()?;
    window.wait_managed()?;
    window.wait_focused()?;
    Ok(window)
}

/// Pointer and keyboard are nobody's, and the window is the root's child again.
fn assert_handed_back(desk: &Desk, window: Window<'_>) -> Result<()> {
    let connection = desk.client.connection();
    window.wait_viewable()?;
    assert_eq!(window.top_level()?, window.id(), "without a frame");
    use x11rb::protocol::xproto::{EventMask, GrabMode, GrabStatus};
    let pointer = connection
        .grab_pointer(
            false,
            desk.client.root(),
            EventMask::NO_EVENT,
            GrabMode::ASYNC,
            GrabMode::ASYNC,
            x11rb::NONE,
            x11rb::NONE,
            x11rb::CURRENT_TIME,
        )?
        .reply()?;
    assert_eq!(pointer.status, GrabStatus::SUCCESS);
    let keyboard = connection
        .grab_keyboard(
            false,
            desk.client.root(),
            x11rb::CURRENT_TIME,
            GrabMode::ASYNC,
            GrabMode::ASYNC,
        )?
        .reply()?;
    assert_eq!(keyboard.status, GrabStatus::SUCCESS);
    let names =
        ["_NET_SUPPORTING_WM_CHECK", "_NET_CLIENT_LIST", "_NET_ACTIVE_WINDOW", "_XROOTPMAP_ID"];
    for name in names {
        let value = desk.client.property(desk.client.root(), name)?;
        assert!(value.is_none(), "{name} is left behind");
    }
    Ok(())
}

#[test]
fn it_ends_in_the_middle_of_a_move() -> Result<()> {
    let mut desk = Desk::start()?;
    let id = {
        let window = window(&desk)?;
        let before = window.geometry()?;
        let (x, y) = before.center();
        input::key(&desk.client, keysym::SUPER, true)?;
        input::move_to(&desk.client, x, y)?;
        input::button(&desk.client, 1, true)?;
        // Only once the manager has the pointer does the window follow it.
        let mut step = 0;
        desk.client.wait_true("on the way", || {
            step += 1;
            input::move_to(&desk.client, x + 20 + step % 50, y + 20)?;
            settle(&desk.client)?;
            Ok(window.geometry()?.x > before.x)
        })?;
        window.id()
    };
    assert!(desk.manager.terminate()?.success());
    input::button(&desk.client, 1, false)?;
    input::key(&desk.client, keysym::SUPER, false)?;
    assert_handed_back(&desk, Window::existing(&desk.client, id))
}

#[test]
fn it_ends_with_a_menu_or_the_switcher_open() -> Result<()> {
    for chord in [&[keysym::SUPER, keysym::ESCAPE][..], &[keysym::ALT, keysym::TAB]] {
        let mut desk = Desk::start()?;
        let id = {
            let window = window(&desk)?;
            desk.client
                .window()
                .title("other")
                .placed(100, 100)
                .size(200, 100)
                .map()?
                .wait_focused()?;
            desk.wait_painted()?;
            settle(&desk.client)?;
            let screen = Rectangle::new(0, 0, 1280, 800);
            let before = pixels::of_root(&desk.client, screen)?;
            for &key in chord {
                input::key(&desk.client, key, true)?;
            }
            pixels::wait_until(&desk.client, "open", screen, |image| {
                pixels::Difference::between(image, &before, 0)
                    .is_some_and(|d| d.bounds.width > 80 && d.bounds.height > 60)
            })?;
            window.id()
        };
        assert!(desk.manager.terminate()?.success());
        for &key in chord.iter().rev() {
            input::key(&desk.client, key, false)?;
        }
        assert_handed_back(&desk, Window::existing(&desk.client, id))?;
    }
    Ok(())
}

/// Has it become its own successor.
fn restart(desk: &Desk) -> Result<()> {
    let check = desk.client.atom("_NET_SUPPORTING_WM_CHECK")?;
    let mark = desk.client.mark()?;
    let program = trapeze_program()?;
    desk.server.run(&program.to_string_lossy(), &["msg", "action", "restart"])?;
    for state in [Property::DELETE, Property::NEW_VALUE] {
        desk.client.wait_event(mark, "the check window", |event| match event {
            Event::PropertyNotify(event) if event.atom == check && event.state == state => Some(()),
            _ => None,
        })?;
    }
    Ok(())
}

#[test]
fn a_restart_keeps_windows_where_they_are() -> Result<()> {
    let mut desk = Desk::start()?;
    let first = window(&desk)?.id();
    let hidden = desk.client.window().title("hidden").placed(60, 70).size(200, 150).map()?;
    hidden.wait_focused()?;
    hidden.iconify()?;
    hidden.wait_wm_state(Some(trapeze_testkit::window::ICONIC))?;
    let hidden = hidden.id();
    let kept = Window::existing(&desk.client, first);
    ewmh::send_to_desktop(&desk.client, first, 0)?;
    let place = kept.geometry()?;
    let pid = desk.manager.process_id();
    restart(&desk)?;
    ewmh::wait_listed(&desk.client, first, true)?;
    ewmh::wait_listed(&desk.client, hidden, true)?;
    kept.wait_geometry("in place", |now| now == place)?;
    kept.wait_focused()?;
    let hidden = Window::existing(&desk.client, hidden);
    assert_eq!(hidden.wm_state()?, Some(trapeze_testkit::window::ICONIC));
    assert!(!desk.client.is_viewable(hidden.id())?);
    assert_eq!(desk.manager.process_id(), pid, "the same process");
    desk.assert_alive()
}

#[test]
fn the_workspace_and_the_keyboard_stay_over_a_restart() -> Result<()> {
    let mut desk = Desk::start()?;
    ewmh::show_desktop_number(&desk.client, 2)?;
    ewmh::wait_root_number(&desk.client, "_NET_CURRENT_DESKTOP", 2)?;
    let (working, above) = {
        let working = desk.client.window().placed(60, 70).size(200, 150).map()?;
        working.wait_focused()?;
        // Above it, and younger, but without the keyboard.
        let above = desk.client.window().placed(90, 90).size(200, 150).map()?;
        above.wait_focused()?;
        ewmh::activate(&desk.client, working.id())?;
        working.wait_focused()?;
        ewmh::change_state(&desk.client, above.id(), ewmh::Change::Add, &["ABOVE"])?;
        above.wait_state("ABOVE", true)?;
        (working.id(), above.id())
    };
    restart(&desk)?;
    ewmh::wait_listed(&desk.client, above, true)?;
    Window::existing(&desk.client, working).wait_focused()?;
    ewmh::wait_active(&desk.client, Some(working))?;
    ewmh::wait_root_number(&desk.client, "_NET_CURRENT_DESKTOP", 2)?;
    assert!(Window::existing(&desk.client, above).has_state("ABOVE")?);
    desk.assert_alive()
}

#[test]
fn an_empty_workspace_stays_over_a_restart() -> Result<()> {
    let mut desk = Desk::start()?;
    let elsewhere = window(&desk)?.id();
    ewmh::show_desktop_number(&desk.client, 2)?;
    ewmh::wait_root_number(&desk.client, "_NET_CURRENT_DESKTOP", 2)?;
    restart(&desk)?;
    ewmh::wait_listed(&desk.client, elsewhere, true)?;
    desk.assert_alive()?;
    assert_eq!(ewmh::root_number(&desk.client, "_NET_CURRENT_DESKTOP")?, Some(2));
    assert!(!desk.client.is_viewable(elsewhere)?);
    Ok(())
}

#[test]
fn maximized_shaded_and_sent_away_survive_a_restart() -> Result<()> {
    let mut desk = Desk::start()?;
    let ids = {
        let big = window(&desk)?;
        let before = big.geometry()?;
        let states = ["MAXIMIZED_VERT", "MAXIMIZED_HORZ"];
        ewmh::change_state(&desk.client, big.id(), ewmh::Change::Add, &states)?;
        big.wait_geometry("maximized", |now| now != before)?;
        let away = desk.client.window().placed(60, 70).size(200, 150).map()?;
        away.wait_focused()?;
        ewmh::send_to_desktop(&desk.client, away.id(), 2)?;
        desk.client
            .wait_true("away", || Ok(ewmh::desktop_of(&desk.client, away.id())? == Some(2)))?;
        [big.id(), away.id()]
    };
    let place = desk.client.geometry(ids[0])?;
    restart(&desk)?;
    for id in ids {
        ewmh::wait_listed(&desk.client, id, true)?;
    }
    let [big, away] = ids.map(|id| Window::existing(&desk.client, id));
    big.wait_geometry("as large", |now| now == place)?;
    big.wait_state("MAXIMIZED_VERT", true)?;
    assert_eq!(ewmh::desktop_of(&desk.client, away.id())?, Some(2));
    assert!(!desk.client.is_viewable(away.id())?, "on another workspace");
    desk.assert_alive()
}

/// Where a held window goes back to, across a restart.
#[test]
fn the_way_back_from_maximized_and_tiled_survives_a_restart() -> Result<()> {
    let desk = Desk::start()?;
    let big = window(&desk)?;
    let before = big.geometry()?;
    let states = ["MAXIMIZED_VERT", "MAXIMIZED_HORZ"];
    ewmh::change_state(&desk.client, big.id(), ewmh::Change::Add, &states)?;
    big.wait_geometry("maximized", |now| now != before)?;
    let tiled = desk.client.window().placed(60, 70).size(200, 150).map()?;
    tiled.wait_focused()?;
    let free = tiled.geometry()?;
    input::chord(&desk.client, &[keysym::SUPER, keysym::LEFT])?;
    let half = tiled.wait_geometry("tiled", |now| now != free)?;
    restart(&desk)?;
    for id in [big.id(), tiled.id()] {
        ewmh::wait_listed(&desk.client, id, true)?;
    }
    tiled.wait_geometry("as tiled as before", |now| now == half)?;
    tiled.wait_focused()?;
    // The same key again lets it go.
    input::chord(&desk.client, &[keysym::SUPER, keysym::LEFT])?;
    ewmh::change_state(&desk.client, tiled.id(), ewmh::Change::Remove, &states)?;
    ewmh::change_state(&desk.client, big.id(), ewmh::Change::Remove, &states)?;
    big.wait_geometry("back", |now| now == before)?;
    desk.client.wait_true("nothing is left on it", || {
        Ok(desk.client.property(big.id(), "_TRAPEZE_RESTORE")?.is_none())
    })
}

#[test]
fn a_way_back_that_makes_no_sense_is_not_taken() -> Result<()> {
    let server = Server::xvfb().start()?;
    let client = Client::connect(&server)?;
    let mut windows = Vec::new();
    for values in [
        &[][..],
        &[0; 8],
        &[u32::MAX; 8],
        &[1, 2, 300, 200, 300, 200, 99, 0],
        &[1, 2, 300, 200],
        &[1 << 30, 2, 300, 200, 300, 200, 0, 0],
    ] {
        let window = client.window().at(200, 100).size(300, 200);
        let window = window.states(&["MAXIMIZED_VERT", "MAXIMIZED_HORZ"]);
        windows.push(window.cardinals("_TRAPEZE_RESTORE", values).map()?);
    }
    client.sync()?;
    let mut manager = under_test_with_xrender(&server).start()?;
    for window in windows {
        ewmh::wait_listed(&client, window.id(), true)?;
        window.wait_state("MAXIMIZED_VERT", true)?;
        let states = ["MAXIMIZED_VERT", "MAXIMIZED_HORZ"];
        ewmh::change_state(&client, window.id(), ewmh::Change::Remove, &states)?;
        let now = window.wait_geometry("restored", |now| (now.width, now.height) == (300, 200))?;
        assert_eq!(now.x, 200, "where it had been");
    }
    assert!(manager.is_running()?);
    Ok(())
}

#[test]
fn when_the_server_dies_it_ends_and_says_so() -> Result<()> {
    let mut desk = Desk::start()?;
    window(&desk)?;
    let server = rustix::process::Pid::from_raw(desk.server.process_id().cast_signed());
    rustix::process::kill_process(server.expect("a process"), Signal::KILL)?;
    let status = desk.manager.wait()?;
    assert_eq!(status.code(), Some(1), "{}", desk.manager.output());
    let output = desk.manager.output();
    assert!(output.contains("X server"), "{output}");
    assert!(!output.contains("panicked"), "{output}");
    Ok(())
}

#[test]
fn without_a_display_it_says_what_is_missing() -> Result<()> {
    let server = Server::xvfb().start()?;
    let program = trapeze_program()?;
    for arguments in [&["--display", ":4711"][..], &["--display", "nonsense"], &["--display", ""]] {
        let mut command = server.command(&program);
        command.args(arguments).env_remove("DISPLAY");
        let mut process = server.spawn("trapeze", command)?;
        let status = process.wait(trapeze_testkit::Deadline::patient())?;
        assert_eq!(status.code(), Some(1), "{arguments:?}");
        let output = process.output();
        assert!(output.contains("display"), "{arguments:?}: {output}");
        assert!(output.lines().count() <= 3, "a message, not a story: {output}");
    }
    Ok(())
}

#[test]
fn xfwm4_takes_over_and_gives_back() -> Result<()> {
    let mut desk = Desk::start()?;
    let bare = desk.client.window().motif_decorations(0).placed(300, 200).size(300, 200).map()?;
    bare.wait_focused()?;
    let place = bare.geometry()?;
    let mut xfwm4 = WindowManager::xfwm4(&desk.server).argument("--replace").start()?;
    let status = desk.manager.wait()?;
    assert!(status.success(), "{status}");
    bare.wait_managed()?;
    ewmh::wait_listed(&desk.client, bare.id(), true)?;
    assert_eq!(bare.geometry()?, place);
    desk.manager = under_test_with_xrender(&desk.server).argument("--replace").start()?;
    xfwm4.wait()?;
    ewmh::wait_listed(&desk.client, bare.id(), true)?;
    bare.wait_managed()?;
    assert_eq!(Window::existing(&desk.client, bare.id()).geometry()?, place);
    assert_eq!(ewmh::window_manager_name(&desk.client)?.as_deref(), Some("Trapeze"));
    Ok(())
}

#[test]
fn it_takes_over_from_openbox_with_picom() -> Result<()> {
    let server = Server::xvfb().start()?;
    let mut openbox = WindowManager::openbox(&server).start()?;
    let mut picom = WindowManager::picom(&server).start()?;
    let client = Client::connect(&server)?;
    let window = client.window().motif_decorations(0).placed(300, 200).size(300, 200);
    let window = window.color(0x0012_8034).map()?;
    window.wait_managed()?;
    let place = window.geometry()?;
    let mut manager = under_test_with_xrender(&server).argument("--replace").start()?;
    openbox.wait()?;
    picom.wait()?;
    ewmh::wait_listed(&client, window.id(), true)?;
    window.wait_managed()?;
    assert_eq!(window.geometry()?, place);
    // It composites: what the window draws is seen.
    let inside = Rectangle::new(place.x + 50, place.y + 50, 20, 20);
    pixels::wait_until(&client, "green", inside, |image| {
        image.is_solid(Rectangle::new(0, 0, 20, 20), 0x0012_8034)
    })?;
    assert!(manager.is_running()?);
    // Another compositor may take only that half.
    let mut picom = WindowManager::picom(&server).spawn()?;
    assert!(!picom.wait()?.success(), "picom does not replace by itself");
    assert!(manager.terminate()?.success());
    assert_eq!(window.geometry()?, place);
    Ok(())
}

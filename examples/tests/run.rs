//! Every example runs, and does what it says.

use std::process::Command;

use trapeze_testkit::{Client, Server};

fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().expect("starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn fill_star_agrees_with_itself() {
    let file = std::env::temp_dir().join(format!("star-{}.png", std::process::id()));
    let text = output(env!("CARGO_BIN_EXE_fill_star"), &[file.to_str().expect("a plain path")]);
    let numbers: Vec<f64> = text.split_whitespace().filter_map(|w| w.parse().ok()).collect();
    let [trapezoids, sampled, exact] = numbers[..] else { panic!("{text}") };
    assert!(trapezoids >= 5.0, "{text}");
    assert!((sampled - exact).abs() < exact / 100.0, "sampling is not that far off: {text}");
    let picture = std::fs::read(&file).expect("written");
    assert!(picture.starts_with(b"\x89PNG"));
    std::fs::remove_file(file).expect("removable");
}

#[test]
fn trace_events_shows_what_follows() {
    let text = output(env!("CARGO_BIN_EXE_trace_events"), &[]);
    let of = |event: &str| {
        let mut lines = text.lines().skip_while(|l| !l.starts_with(event));
        lines.next();
        lines.take_while(|l| l.starts_with(' ')).collect::<Vec<_>>().join("\n")
    };
    assert!(of("{\"Manage\"").contains("SetMapped"), "{text}");
    assert!(of("{\"Property\"").contains("another title"), "{text}");
    assert!(of("\"Quit\"").contains("Exit"), "{text}");
}

#[test]
fn tiny_wm_manages_a_window() -> anyhow::Result<()> {
    let server = Server::xvfb().size(640, 480).start()?;
    let client = Client::connect(&server)?;
    let tiny = server.spawn("tiny_wm", server.command(env!("CARGO_BIN_EXE_tiny_wm")))?;
    let window = client.window().size(200, 100).map()?;
    let parent = || -> anyhow::Result<bool> {
        use x11rb::protocol::xproto::ConnectionExt as _;
        let tree = client.connection().query_tree(window.id())?.reply()?;
        Ok(tree.parent != client.root())
    };
    client.wait_true("the window to be reparented", parent)?;
    drop(tiny);
    Ok(())
}

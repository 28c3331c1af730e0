//! `cargo xtask bench bridge`: a stock X server beside the same with xrender-bridge loaded.
//!
//! Both servers run at once and take turns, test by test and round by round, so that a machine
//! that drifts drifts for both. The tests are x11perf's antialiased trapezoids, and triangles,
//! for which x11perf has none. Told is the server's CPU time for one shape, which does not
//! depend on who else is busy, and the ratio of what x11perf says that it saw.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use trapeze_testkit::{Client, Server, sandbox};
use x11rb::protocol::render::{self, ConnectionExt as _, PictOp, Pointfix, Triangle};
use x11rb::protocol::xproto::ConnectionExt as _;

use super::measure::cpu_of;
use crate::deps::{self, Need};
use crate::run::{cargo, run, say};

/// Families of x11perf's tests; a size in pixels completes each name.
const FAMILIES: [(&str, &str); 7] = [
    ("aatrap", "AddTraps, A8"),
    ("aatrap2x", "AddTraps, A8, wide"),
    ("aa1trap", "AddTraps, A1"),
    ("addaatrapezoid", "Trapezoids, mask A8"),
    ("aatrapezoid", "Trapezoids, no mask"),
    (TRIANGLES, "Triangles, mask A8"),
    (LONELY, "… one each, Over"),
];

/// Families of our own: a thousand triangles in a mask, added; and one in each, drawn over.
const TRIANGLES: &str = "aatriangle";
const LONELY: &str = "overtriangle";

/// Sizes in pixels, and how many thousands of shapes of each are drawn at a time: about half a
/// second of a stock server.
const SIZES: [(u32, u32); 4] = [(1, 2500), (10, 400), (100, 40), (300, 12)];

/// The two servers that are compared.
const STOCK: usize = 0;
const LOADED: usize = 1;

/// One turn of one server.
#[derive(Clone, Copy, Debug)]
struct Turn {
    /// The server's CPU time for a shape, in ns.
    cpu: f64,
    /// Time that passed for a shape, as the client saw it, in ns.
    wall: f64,
}

/// Measures and prints a table for each kind of server.
pub(crate) fn main(arguments: &[String]) -> Result<()> {
    let (mut rounds, mut families) = (3, FAMILIES.to_vec());
    let mut rest = arguments.iter();
    while let Some(option) = rest.next() {
        let value = rest.next().with_context(|| format!("{option} needs a value"))?;
        match option.as_str() {
            "--rounds" => rounds = value.parse::<usize>()?.max(1),
            "--only" => {
                families.retain(|(family, _)| value.split(',').any(|name| name == *family));
            }
            _ => bail!("cargo xtask bench bridge [--rounds N] [--only FAMILY,…]"),
        }
    }
    deps::ensure(Need::Bench)?;
    run(cargo().args(["build", "--release", "--package", "xrender-bridge-preload"]))?;
    let object = sandbox::target_directory().join("release/libxrender_bridge_preload.so");
    for (name, options) in [("Xvfb", Server::xvfb as fn() -> _), ("Xorg, dummy", Server::xorg)] {
        let stock = options().size(1280, 800).start()?;
        let loaded = options().size(1280, 800).environment("LD_PRELOAD", &object).start()?;
        check_loaded(&loaded, &object)?;
        say(&compare(name, &[stock, loaded], &families, rounds)?);
    }
    Ok(())
}

/// Fails unless the object is in the server's memory.
fn check_loaded(server: &Server, object: &Path) -> Result<()> {
    let maps = std::fs::read_to_string(format!("/proc/{}/maps", server.process_id()))?;
    let name = object.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if !maps.contains(&name) {
        bail!("the server did not load {}", object.display());
    }
    Ok(())
}

fn compare(
    name: &str,
    servers: &[Server; 2],
    families: &[(&str, &str)],
    rounds: usize,
) -> Result<String> {
    let mut text = format!(
        "\n{name}\n{:<20}{:<22}{:>12}{:>12}{:>9}{:>18}{:>9}\n",
        "test", "requests", "stock ns", "loaded ns", "CPU", "least–most", "x11perf"
    );
    for &(family, requests) in families {
        for (size, thousands) in SIZES {
            let mut turns: [Vec<Turn>; 2] = [Vec::new(), Vec::new()];
            for _ in 0..rounds {
                for which in [STOCK, LOADED] {
                    turns[which].push(turn(&servers[which], family, size, thousands)?);
                }
            }
            let test = format!("{family}{size}");
            say(&format!("{name}: {test}"));
            text.push_str(&row(&test, requests, &turns));
        }
    }
    text.push_str(
        "CPU of the server for a shape, medians of the rounds; stock over loaded, more being\n\
         better: of the CPU with the least and the most of the rounds, and of the client's time.",
    );
    Ok(text)
}

/// A line of the table.
fn row(test: &str, requests: &str, turns: &[Vec<Turn>; 2]) -> String {
    let [stock, loaded] = [STOCK, LOADED].map(|which| median(&turns[which], |turn| turn.cpu));
    let ratios =
        turns[STOCK].iter().zip(&turns[LOADED]).map(|(stock, loaded)| stock.cpu / loaded.cpu);
    let (least, most) = ratios
        .fold((f64::INFINITY, 0.0_f64), |(least, most), ratio| (least.min(ratio), most.max(ratio)));
    let wall = median(&turns[STOCK], |turn| turn.wall) / median(&turns[LOADED], |turn| turn.wall);
    let mut line = String::new();
    let _ = writeln!(
        line,
        "{test:<20}{requests:<22}{stock:>12.1}{loaded:>12.1}{:>8.2}×{:>18}{wall:>8.2}×",
        stock / loaded,
        format!("{least:.2}–{most:.2}"),
    );
    line
}

fn median(turns: &[Turn], value: impl Fn(&Turn) -> f64) -> f64 {
    let mut values: Vec<f64> = turns.iter().map(value).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Draws `thousands` × 1000 shapes.
fn turn(server: &Server, family: &str, size: u32, thousands: u32) -> Result<Turn> {
    // A request for each shape takes its time, too.
    let thousands = if family == LONELY { thousands.div_ceil(4) } else { thousands };
    let shapes = f64::from(thousands) * 1000.0;
    let before = cpu_of(server.process_id())?;
    let wall = if [TRIANGLES, LONELY].contains(&family) {
        triangles(server, size, thousands, family == LONELY)? / shapes
    } else {
        x11perf(server, &format!("-{family}{size}"), thousands)?
    };
    let cpu = (cpu_of(server.process_id())? - before) * 1e6 / shapes;
    Ok(Turn { cpu, wall })
}

/// What x11perf tells of a test, in ns for each shape.
fn x11perf(server: &Server, test: &str, thousands: u32) -> Result<f64> {
    let reps = thousands.to_string();
    let said = server.run("x11perf", &["-repeat", "1", "-reps", &reps, test])?;
    parse(&said).with_context(|| format!("x11perf {test} said nothing:\n{said}"))
}

/// The time for a shape in ns, of a line such as
/// `12000 reps @   0.0003 msec (3000000.0/sec): Fill 1x1 aa trap`.
fn parse(said: &str) -> Option<f64> {
    let rate = said.lines().find_map(|line| {
        let (_, rest) = line.split_once('(')?;
        rest.split_once("/sec")?.0.trim().parse::<f64>().ok()
    })?;
    Some(1e9 / rate)
}

/// Draws triangles through A8 masks, a thousand in each or one; the time that passed, in ns.
fn triangles(server: &Server, size: u32, thousands: u32, lonely: bool) -> Result<f64> {
    let client = Client::connect(server)?;
    let connection = client.connection();
    let window = client.window().size(600, 600).map()?;
    window.wait_viewable()?;
    let formats = connection.render_query_pict_formats()?.reply()?;
    let direct = |depth: u8, alpha: u16| {
        let mut all = formats.formats.iter();
        all.find(|format| format.depth == depth && format.direct.alpha_mask == alpha)
            .map(|format| format.id)
            .context("a standard format")
    };
    let (a8, rgb) = (direct(8, 0xff)?, direct(24, 0)?);
    let (source, target) = (client.new_id()?, client.new_id()?);
    let color = render::Color { red: 0, green: 0x8000, blue: 0, alpha: 0xffff };
    connection.render_create_solid_fill(source, color)?;
    let plain = render::CreatePictureAux::new();
    connection.render_create_picture(target, window.id(), rgb, &plain)?;

    let shapes: Vec<Triangle> = (0..1000).map(|number| triangle(size, number)).collect();
    client.sync()?;
    let begun = Instant::now();
    for _ in 0..thousands {
        let (operator, together) =
            if lonely { (PictOp::OVER, 1) } else { (PictOp::ADD, shapes.len()) };
        for shapes in shapes.chunks(together) {
            connection.render_triangles(operator, source, target, a8, 0, 0, shapes)?;
        }
    }
    connection.get_input_focus()?.reply()?;
    let passed = begun.elapsed().as_nanos() as f64;
    connection.render_free_picture(source)?;
    connection.render_free_picture(target)?;
    Ok(passed)
}

/// Triangle `number` of a size, somewhere in 600 × 600 pixels, always the same.
fn triangle(size: u32, number: u32) -> Triangle {
    // Steps that share no factor with the room: all places come.
    let room = 600 - size;
    let (x, y) = ((number * 7919 % room) as i32, (number * 104_729 % room) as i32);
    let point = |right: u32, down: u32| Pointfix {
        x: (x << 16) + (size * right) as i32 * 655,
        y: (y << 16) + (size * down) as i32 * 655,
    };
    let turned = number % 100;
    Triangle { p1: point(turned, 0), p2: point(0, 100), p3: point(100, 100 - turned / 2) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read() {
        let said = "Sync time adjustment is 0.0139 msecs.\n\n  \
                    60000000 reps @   0.0002 msec (4000000.0/sec): Fill 1x1 aa trap\n";
        assert_eq!(parse(said), Some(250.0));
        assert_eq!(parse("nothing"), None);
    }

    #[test]
    fn ratios_say_how_much_faster_the_loaded_server_is() {
        let turn = |cpu: f64| Turn { cpu, wall: 2.0 * cpu };
        let turns =
            [vec![turn(90.0), turn(100.0), turn(80.0)], vec![turn(9.0), turn(5.0), turn(10.0)]];
        let row = row("aatrap1", "AddTraps", &turns);
        assert!(row.contains("10.00×") && row.contains("8.00–20.00"), "{row}");
    }

    #[test]
    fn triangles_stay_in_the_window() {
        for (size, _) in SIZES {
            for number in 0..1000 {
                let shape = triangle(size, number);
                for point in [shape.p1, shape.p2, shape.p3] {
                    let inside = 0..=600 << 16;
                    assert!(inside.contains(&point.x) && inside.contains(&point.y), "{shape:?}");
                }
            }
        }
    }

    #[test]
    fn a_server_is_measured() {
        let server = Server::xvfb().start().unwrap();
        for family in ["aatrap", TRIANGLES, LONELY] {
            let turn = turn(&server, family, 10, 3).unwrap();
            assert!(turn.cpu > 0.0 && turn.wall > 0.0, "{turn:?}");
        }
    }
}

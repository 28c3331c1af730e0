//! A stock Xvfb and one with the object loaded must draw the same pixels.

#![allow(clippy::unwrap_used, reason = "helpers of tests, too, end the test")]

#[path = "../../../raster/tests/random/mod.rs"]
#[allow(dead_code, reason = "shared with raster's tests, which use all of it")]
mod random;
#[path = "servers/requests.rs"]
mod requests;
#[path = "../../tests/server/mod.rs"]
mod server;

use std::path::PathBuf;

use random::{Random, setting};
use requests::{HEIGHT, Request, Side, TARGETS, WIDTH};
use server::Server;
use x11rb::connection::Connection as _;
use x11rb::protocol::render::{Linefix, Pointfix, Spanfix, Trap, Trapezoid, Triangle};
use x11rb::protocol::xproto::ConnectionExt as _;

/// The object under test, which cargo builds beside this program.
fn object() -> PathBuf {
    let object = std::env::current_exe().unwrap().with_file_name("libxrender_bridge_preload.so");
    assert!(object.exists(), "{} is not built", object.display());
    object
}

fn loaded(switch: &str) -> Server {
    let object = object();
    Server::start(&[("LD_PRELOAD", object.to_str().unwrap()), ("XRENDER_BRIDGE", switch)])
}

/// How many shapes the object says it drew, and how many calls it forwarded.
fn counts(said: &str) -> Option<(u64, u64)> {
    let line = said.lines().find_map(|line| line.strip_prefix("xrender-bridge: "))?;
    let mut numbers = line.split(' ').filter_map(|word| word.parse().ok());
    Some((numbers.next()?, numbers.next()?))
}

/// What the byte means that colours of depth 24 leave over, no picture says;
/// it is the same all the same.
#[test]
fn a_loaded_server_draws_as_a_stock_one() {
    let (stock, ours) = (Server::start(&[]), loaded("stats"));
    let sides = [Side::new(&stock), Side::new(&ours)];
    let seed = setting("BRIDGE_SEED", 1);
    let mut random = Random::new(seed);
    for round in 0..setting("BRIDGE_CASES", 2500) {
        let request = Request::random(&mut random);
        for side in &sides {
            // Targets fill up and saturate: begin anew now and then.
            if round.is_multiple_of(4) {
                side.clear(request.target);
            }
            side.send(&request);
        }
        let [stock, ours] = [0, 1].map(|k: usize| sides[k].pixels(request.target));
        assert!(stock == ours, "seed {seed}, round {round}: {request:?}");
    }
    for target in 0..TARGETS {
        assert!(sides[0].pixels(target) == sides[1].pixels(target), "target {target}");
    }
    drop(sides);
    let (drawn, forwarded) = counts(&ours.stop()).expect("statistics were asked for");
    assert!(drawn > 10_000 && forwarded < 100, "{drawn} drawn, {forwarded} forwarded");
}

#[test]
fn a_switched_off_object_only_forwards() {
    let server = loaded("off");
    let side = Side::new(&server);
    side.clear(1);
    side.add_traps(&[square()]);
    assert_eq!(side.pixels(1)[0], 255, "the real pixman drew");
    assert_eq!(counts(&server.stop()), None, "nothing is reported");
}

/// Coordinates from one end of the range to the other.
const ENDS: [i32; 6] = [i32::MIN, i32::MIN + 1, -0x4000_0000, 0x4000_0000, i32::MAX - 1, i32::MAX];

#[test]
fn a_loaded_server_survives_hostile_shapes() {
    let server = loaded("stats");
    let side = Side::new(&server);
    let mut random = Random::new(setting("BRIDGE_SEED", 1));
    let mut end = || if random.below(3) == 0 { 0x1_8000 } else { random.pick(&ENDS) };
    // The first kills a stock server.
    let worst = Trap {
        top: Spanfix { l: 0, r: i32::MAX, y: i32::MIN },
        bot: Spanfix { l: i32::MIN, r: 0, y: i32::MAX },
    };
    let mut span = || Spanfix { l: end(), r: end(), y: end() };
    let traps: Vec<_> = (0..300).map(|_| Trap { top: span(), bot: span() }).collect();
    side.add_traps(&[worst; 3]);
    side.add_traps(&traps);
    let mut point = || Pointfix { x: end(), y: end() };
    for with_mask in [false, true] {
        let triangles: Vec<_> =
            (0..100).map(|_| Triangle { p1: point(), p2: point(), p3: point() }).collect();
        triangles.chunks(2).for_each(|shapes| side.triangles(with_mask, shapes));
        let mut line = || Linefix { p1: point(), p2: point() };
        let trapezoids: Vec<_> = (0..100)
            .map(|_| {
                let (left, right) = (line(), line());
                Trapezoid { top: left.p2.x, bottom: right.p2.x, left, right }
            })
            .collect();
        trapezoids.chunks(2).for_each(|shapes| side.trapezoids(with_mask, shapes));
    }
    // Without width, without height, and a million of them.
    let nothing = Trapezoid::default();
    // A request holds fewer than half a million.
    (0..10).for_each(|_| side.trapezoids(true, &vec![nothing; 100_000]));
    side.triangles(true, &[Triangle::default(); 100]);
    let line =
        |x: i32| Linefix { p1: Pointfix { x, y: 0 }, p2: Pointfix { x: x + 0x8000, y: 0x8_0000 } };
    let small =
        |x: i32| Trapezoid { top: 0, bottom: 0x8_0000, left: line(x), right: line(x + 0x9000) };
    let million: Vec<_> = (0..1_000_000).map(|k| small((k % 90) << 16)).collect();
    million.chunks(100_000).for_each(|shapes| side.trapezoids(true, shapes));

    side.clear(1);
    side.add_traps(&[square()]);
    assert_eq!(side.pixels(1)[0], 255, "it lives and draws");
    let reply = side.connection.get_input_focus().unwrap().reply();
    assert!(reply.is_ok(), "it answers");
    drop(side);
    let (drawn, _) = counts(&server.stop()).expect("statistics were asked for");
    assert!(drawn > 2_000_000, "only {drawn} shapes were drawn by the object");
}

/// Memory that shapes need is kept, not gathered.
#[test]
fn a_loaded_server_does_not_grow() {
    let server = loaded("stats");
    let side = Side::new(&server);
    let mut random = Random::new(3);
    let mut work = |rounds: u32| {
        for _ in 0..rounds {
            side.send(&Request::random(&mut random));
        }
        side.connection.flush().unwrap();
        side.pixels(4);
        server.memory()
    };
    // Once for all masks, alpha maps and clips to be made.
    work(1500);
    let before = work(500);
    let after = work(3000);
    let pages = 64;
    assert!(after <= before + pages, "{after} pages after {before}");
}

fn square() -> Trap {
    let span = |y| Spanfix { l: 0, r: i32::from(WIDTH) << 16, y };
    Trap { top: span(0), bot: span(i32::from(HEIGHT) << 16) }
}

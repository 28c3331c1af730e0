//! The law of partial repaints, on real pixels.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use common::{World, compare, steps};
use proptest::prelude::*;
use trapeze_backend::record::Image;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Painting the plan for a buffer of age n over the frame presented n
    /// frames ago gives the pixels of the scene painted from scratch.
    #[test]
    fn a_partial_repaint_equals_a_whole_one(steps in steps(true)) {
        let mut world = World::new();
        let mut frames: Vec<Image> = Vec::new();
        for step in steps {
            for (n, rect) in step.draws {
                world.draw(n, rect);
            }
            let age = if step.age > frames.len() { 0 } else { step.age };
            let plan = world.tracker.plan(&step.scene, age);
            // A buffer of age 0 holds anything.
            let garbage = || {
                let bytes: Vec<u8> = (0..common::SCREEN.area() * 4).map(|i| (i * 7) as u8).collect();
                Image::from_bytes(common::SCREEN, &bytes).unwrap()
            };
            let below = if age == 0 { garbage() } else { frames[frames.len() - age].clone() };
            let frame = world.paint_over(below, &plan);
            world.tracker.commit(step.scene.clone());
            let whole = world.whole(&step.scene);
            compare(&frame, &whole, 0, "painted over an older frame")?;
            frames.push(frame);
        }
    }
}

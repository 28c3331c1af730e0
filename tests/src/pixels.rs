//! What stands on the screen: taken from the server or from Xvfb's file, compared, kept as PNG.
//!
//! Colours are `0x00RRGGBB`: the screen has no alpha. Knows nothing of windows' properties.

mod capture;
mod compare;
mod image;
mod test_card;

pub use capture::{
    FrameBuffer, of_drawable, of_root, of_screen, wait_same, wait_still, wait_until,
};
pub use compare::{Difference, Tolerance, assert_same};
pub use image::{Image, Rectangle};
pub(crate) use test_card::put as put_test_card;
pub use test_card::test_card_pixel;

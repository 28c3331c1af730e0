//! Trapezoids, triangles and paths to coverage, bit-exact with pixman.
//!
//! A coverage mask says how much of each pixel a shape covers; compositing
//! multiplies a colour with it. Two kinds of coverage live here:
//!
//! - **Sampled**, as X's Render extension draws: trapezoids in 16.16
//!   coordinates ([`Fixed`]) counted on pixman's [`grid`]. [`scalar`] is the
//!   specification, identical to libpixman 0.42.2 in every bit of A1, A4 and
//!   A8 masks, including where coordinates wrap. [`Rasterizer`] draws the same,
//!   faster.
//! - **Exact** ([`area`]): the true covered area of each pixel, for shapes
//!   that are our own, such as a frame's rounded corners and its [`shadow`].
//!
//! - **Solid** ([`solid`]): sampled coverage and one colour onto pixels at
//!   once, identical to pixman's `composite_trapezoids`.
//!
//! This crate knows no X and no window.
//!
//! ```
//! use raster::{Fixed, Mask, MaskFormat, Rasterizer, Trapezoid};
//!
//! let mut mask = Mask::new(MaskFormat::A8, 3, 1)?;
//! let [left, top] = [Fixed::from_f64(0.5), Fixed::ZERO];
//! let [right, bottom] = [Fixed::from_f64(2.0), Fixed::ONE];
//! let shape = Trapezoid::rectangle(left, top, right, bottom);
//! Rasterizer::new().rasterize_trapezoid(&mut mask.as_mut(), &shape, 0, 0);
//! assert_eq!(mask.row(0), Some(&[120, 255, 0][..]), "8 of 17 columns, 17, none");
//! # Ok::<(), raster::MaskError>(())
//! ```

#![forbid(unsafe_code)]

pub mod area;
pub mod edge;
pub mod fixed;
pub mod grid;
mod lanes;
pub mod level;
pub mod mask;
pub mod path;
mod rasterizer;
pub mod rows;
pub mod scalar;
pub mod shadow;
#[cfg(feature = "tiny-skia")]
pub mod skia;
pub mod solid;
pub mod trap;
pub mod tri;

pub use edge::Edge;
pub use fixed::Fixed;
pub use grid::Grid;
pub use level::Level;
pub use mask::{Mask, MaskError, MaskFormat, MaskMut};
pub use rasterizer::Rasterizer;
pub use trap::{Line, Point, Span, Trap, Trapezoid};
pub use tri::Triangle;

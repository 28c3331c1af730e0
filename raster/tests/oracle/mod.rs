//! libpixman behind safe functions: the oracle of the differential tests.
//!
//! Owns all `unsafe` of this crate's tests.

use std::marker::PhantomData;

use pixman_sys as pixman;
use raster::solid::{Color, Operator, PixelFormat};
use raster::{Edge, Fixed, Line, MaskFormat, Trap, Trapezoid, Triangle};

// Our shapes are handed over as pixman's: they must be as large.
const _: () = {
    assert!(size_of::<Trapezoid>() == size_of::<pixman::pixman_trapezoid_t>());
    assert!(size_of::<Trap>() == size_of::<pixman::pixman_trap_t>());
    assert!(size_of::<Triangle>() == size_of::<pixman::pixman_triangle_t>());
    assert!(size_of::<Line>() == size_of::<pixman::pixman_line_fixed_t>());
    assert!(size_of::<Edge>() == size_of::<pixman::pixman_edge_t>());
};

/// A pixman image over borrowed bytes.
pub(crate) struct Stock<'a> {
    image: *mut pixman::pixman_image_t,
    bytes: PhantomData<&'a mut [u8]>,
}

impl<'a> Stock<'a> {
    /// An image over `bytes`, whose rows and stride are those of a mask.
    pub(crate) fn new(
        bytes: &'a mut [u8],
        format: MaskFormat,
        width: u32,
        height: u32,
        stride: isize,
    ) -> Self {
        let code = match format {
            MaskFormat::A1 => pixman::pixman_format_code_t_PIXMAN_a1,
            MaskFormat::A4 => pixman::pixman_format_code_t_PIXMAN_a4,
            MaskFormat::A8 => pixman::pixman_format_code_t_PIXMAN_a8,
        };
        assert!(
            bytes.len() >= stride.unsigned_abs() * height as usize,
            "rows outside of the bytes"
        );
        let skip = if stride < 0 && height > 0 {
            (height as usize - 1) * stride.unsigned_abs()
        } else {
            0
        };
        // SAFETY: `bytes` outlives the image by its lifetime, holds all rows
        // (just asserted), and `skip` leads to the row that is stored last.
        let image = unsafe {
            pixman::pixman_image_create_bits_no_clear(
                code,
                width as i32,
                height as i32,
                // Placeholder bits keep pixman from allocating its own.
                bytes.as_mut_ptr().wrapping_add(skip).cast(),
                stride as i32,
            )
        };
        assert!(!image.is_null(), "pixman refused {format:?} {width}×{height}, stride {stride}");
        Self { image, bytes: PhantomData }
    }

    pub(crate) fn rasterize_trapezoid(&self, trapezoid: &Trapezoid, x: i32, y: i32) {
        // SAFETY: the image lives; the layout is the same (asserted above).
        unsafe {
            pixman::pixman_rasterize_trapezoid(
                self.image,
                std::ptr::from_ref(trapezoid).cast(),
                x,
                y,
            );
        }
    }

    pub(crate) fn add_trapezoids(&self, x: i16, y: i32, trapezoids: &[Trapezoid]) {
        let count = trapezoids.len() as i32;
        // SAFETY: as above, and `count` shapes are there.
        unsafe {
            pixman::pixman_add_trapezoids(self.image, x, y, count, trapezoids.as_ptr().cast());
        }
    }

    pub(crate) fn add_triangles(&self, x: i32, y: i32, triangles: &[Triangle]) {
        let count = triangles.len() as i32;
        // SAFETY: as above.
        unsafe {
            pixman::pixman_add_triangles(self.image, x, y, count, triangles.as_ptr().cast());
        }
    }

    pub(crate) fn add_traps(&self, x: i16, y: i16, traps: &[Trap]) {
        let count = traps.len() as i32;
        // SAFETY: as above.
        unsafe {
            pixman::pixman_add_traps(self.image, x, y, count, traps.as_ptr().cast_mut().cast());
        }
    }

    pub(crate) fn rasterize_edges(
        &self,
        left: &mut Edge,
        right: &mut Edge,
        top: Fixed,
        bottom: Fixed,
    ) {
        // SAFETY: as above; the caller's rows lie in the image, or it has none.
        unsafe {
            if pixman::pixman_image_get_height(self.image) > 0 {
                pixman::pixman_rasterize_edges(
                    self.image,
                    std::ptr::from_mut(left).cast(),
                    std::ptr::from_mut(right).cast(),
                    top.bits(),
                    bottom.bits(),
                );
            }
        }
    }
}

impl Drop for Stock<'_> {
    fn drop(&mut self) {
        // SAFETY: made by `new`, released once.
        unsafe {
            pixman::pixman_image_unref(self.image);
        }
    }
}

/// `pixman_composite_trapezoids` with a solid source through A8, clipped to a
/// rectangle of left, top, right and bottom.
#[allow(clippy::too_many_arguments, reason = "pixman's own arguments")]
pub(crate) fn composite_solid(
    bytes: &mut [u8],
    format: PixelFormat,
    (width, height): (u32, u32),
    stride: isize,
    operator: Operator,
    color: Color,
    clip: Option<[i32; 4]>,
    offset: (i32, i32),
    trapezoids: &[Trapezoid],
) {
    let code = match format {
        PixelFormat::A8r8g8b8 => pixman::pixman_format_code_t_PIXMAN_a8r8g8b8,
        PixelFormat::X8r8g8b8 => pixman::pixman_format_code_t_PIXMAN_x8r8g8b8,
        PixelFormat::A8 => pixman::pixman_format_code_t_PIXMAN_a8,
    };
    let operator = match operator {
        Operator::Over => pixman::pixman_op_t_PIXMAN_OP_OVER,
        Operator::Add => pixman::pixman_op_t_PIXMAN_OP_ADD,
        Operator::Src => pixman::pixman_op_t_PIXMAN_OP_SRC,
        Operator::In => pixman::pixman_op_t_PIXMAN_OP_IN,
    };
    assert!(bytes.len() >= stride.unsigned_abs() * height as usize, "rows outside of the bytes");
    let skip = if stride < 0 { (height as usize - 1) * stride.unsigned_abs() } else { 0 };
    let wide = |byte: u8| u16::from(byte) * 257;
    let color = pixman::pixman_color_t {
        red: wide(color.red),
        green: wide(color.green),
        blue: wide(color.blue),
        alpha: wide(color.alpha),
    };
    // SAFETY: the destination lies in `bytes` (just asserted), which outlive
    // it; shapes have pixman's layout, and `count` of them are there. Both
    // images and the region are released.
    unsafe {
        let source = pixman::pixman_image_create_solid_fill(&raw const color);
        let destination = pixman::pixman_image_create_bits_no_clear(
            code,
            width as i32,
            height as i32,
            bytes.as_mut_ptr().wrapping_add(skip).cast(),
            stride as i32,
        );
        assert!(!source.is_null() && !destination.is_null(), "pixman has no memory");
        if let Some([left, top, right, bottom]) = clip {
            let mut region = std::mem::zeroed();
            let size = ((right - left).max(0) as u32, (bottom - top).max(0) as u32);
            pixman::pixman_region32_init_rect(&raw mut region, left, top, size.0, size.1);
            pixman::pixman_image_set_clip_region32(destination, &raw mut region);
            pixman::pixman_region32_fini(&raw mut region);
        }
        pixman::pixman_composite_trapezoids(
            operator,
            source,
            destination,
            pixman::pixman_format_code_t_PIXMAN_a8,
            0,
            0,
            offset.0,
            offset.1,
            trapezoids.len() as i32,
            trapezoids.as_ptr().cast(),
        );
        pixman::pixman_image_unref(destination);
        pixman::pixman_image_unref(source);
    }
}

/// `pixman_line_fixed_edge_init`.
pub(crate) fn edge_along(format: MaskFormat, y: Fixed, line: &Line, x: i32, y_offset: i32) -> Edge {
    let mut edge = Edge::default();
    // SAFETY: both structures have pixman's layout.
    unsafe {
        pixman::pixman_line_fixed_edge_init(
            std::ptr::from_mut(&mut edge).cast(),
            format.bits() as i32,
            y.bits(),
            std::ptr::from_ref(line).cast(),
            x,
            y_offset,
        );
    }
    edge
}

/// `pixman_edge_step`.
pub(crate) fn edge_step(edge: &mut Edge, n: i32) {
    // SAFETY: the structure has pixman's layout; its `dy` is not 0.
    unsafe { pixman::pixman_edge_step(std::ptr::from_mut(edge).cast(), n) }
}

/// `pixman_sample_ceil_y`.
pub(crate) fn sample_ceil_y(format: MaskFormat, y: Fixed) -> Fixed {
    // SAFETY: a function of two numbers.
    Fixed::from_bits(unsafe { pixman::pixman_sample_ceil_y(y.bits(), format.bits() as i32) })
}

/// `pixman_sample_floor_y`.
pub(crate) fn sample_floor_y(format: MaskFormat, y: Fixed) -> Fixed {
    // SAFETY: a function of two numbers.
    Fixed::from_bits(unsafe { pixman::pixman_sample_floor_y(y.bits(), format.bits() as i32) })
}

//! The real pixman: the next object in the search order that has a symbol.
//!
//! Owns the pointers to its functions and the test that it rounds as raster
//! does. It must not decide who draws.

use std::ffi::{CStr, c_int, c_void};

use raster::{Edge, Fixed, Grid, Line, Point, Trap, Trapezoid, Triangle};

use crate::abi::Image;

pub(crate) type RasterizeTrapezoid =
    unsafe extern "C" fn(*mut Image, *const Trapezoid, c_int, c_int);
pub(crate) type AddTrapezoids =
    unsafe extern "C" fn(*mut Image, i16, c_int, c_int, *const Trapezoid);
pub(crate) type AddTriangles = unsafe extern "C" fn(*mut Image, i32, i32, c_int, *const Triangle);
pub(crate) type AddTraps = unsafe extern "C" fn(*mut Image, i16, i16, c_int, *const Trap);
pub(crate) type SetAccessors = unsafe extern "C" fn(*mut Image, *const c_void, *const c_void);
type GetInt = unsafe extern "C" fn(*mut Image) -> c_int;
type GetData = unsafe extern "C" fn(*mut Image) -> *mut u32;
type SampleRow = unsafe extern "C" fn(i32, c_int) -> i32;
type EdgeInit = unsafe extern "C" fn(*mut Edge, c_int, i32, *const Line, c_int, c_int);

/// The functions that stand behind ours; each may be missing.
pub(crate) struct Real {
    pub(crate) rasterize_trapezoid: Option<RasterizeTrapezoid>,
    pub(crate) add_trapezoids: Option<AddTrapezoids>,
    pub(crate) add_triangles: Option<AddTriangles>,
    pub(crate) add_traps: Option<AddTraps>,
    pub(crate) set_accessors: Option<SetAccessors>,
    /// How to ask about images; `None` unless all can be asked.
    pub(crate) ask: Option<Ask>,
}

/// Questions about an image.
#[derive(Clone, Copy)]
pub(crate) struct Ask {
    pub(crate) data: GetData,
    pub(crate) width: GetInt,
    pub(crate) height: GetInt,
    pub(crate) stride: GetInt,
    pub(crate) format: GetInt,
}

impl Real {
    /// Looks all symbols up.
    pub(crate) fn find() -> Self {
        // SAFETY: the types are those of pixman.h, unchanged since 0.16 for
        // all of these functions; a symbol of pixman's names is pixman's.
        unsafe {
            Self {
                rasterize_trapezoid: next(c"pixman_rasterize_trapezoid"),
                add_trapezoids: next(c"pixman_add_trapezoids"),
                add_triangles: next(c"pixman_add_triangles"),
                add_traps: next(c"pixman_add_traps"),
                set_accessors: next(c"pixman_image_set_accessors"),
                ask: Ask::find(),
            }
        }
    }
}

impl Ask {
    /// # Safety
    ///
    /// As [`next`].
    unsafe fn find() -> Option<Self> {
        // SAFETY: passed on to the caller.
        unsafe {
            Some(Self {
                data: next(c"pixman_image_get_data")?,
                width: next(c"pixman_image_get_width")?,
                height: next(c"pixman_image_get_height")?,
                stride: next(c"pixman_image_get_stride")?,
                format: next(c"pixman_image_get_format")?,
            })
        }
    }
}

/// Whether the real pixman rounds as raster does where its versions differ or
/// could: at the ends of the range, and in an edge's start.
///
/// A version number would not do: distributions repair old versions.
pub(crate) fn agrees() -> bool {
    // SAFETY: as in `find`.
    let (ceil, floor, edge_init) = unsafe {
        (
            next::<SampleRow>(c"pixman_sample_ceil_y"),
            next::<SampleRow>(c"pixman_sample_floor_y"),
            next::<EdgeInit>(c"pixman_line_fixed_edge_init"),
        )
    };
    let (Some(ceil), Some(floor), Some(edge_init)) = (ceil, floor, edge_init) else {
        return false;
    };
    [(1, Grid::A1), (4, Grid::A4), (8, Grid::A8)].into_iter().all(|(bits, grid)| {
        let rows = [i32::MIN, i32::MIN + 1, i32::MAX, i32::MAX - 100, -1, 0, 1, 2185, 63351, 63352];
        // SAFETY: functions of two numbers.
        let rows_agree = rows.into_iter().all(|y| unsafe {
            ceil(y, bits) == grid.row_at_or_below(Fixed::from_bits(y)).bits()
                && floor(y, bits) == grid.row_above(Fixed::from_bits(y)).bits()
        });
        rows_agree
            && lines().into_iter().all(|line| {
                let (y, x_offset, y_offset) = (Fixed::from_bits(2185), 3, -2);
                let mut edge = Edge::default();
                // SAFETY: both structures have pixman's layout (see `abi`).
                unsafe {
                    edge_init(&raw mut edge, bits, y.bits(), &raw const line, x_offset, y_offset);
                }
                edge == Edge::along(grid, y, &line, x_offset, y_offset)
            })
    })
}

/// Lines whose edges start with and without a carry, in both directions, and
/// one across half of the range.
fn lines() -> [Line; 5] {
    let line = |x1, y1, x2, y2| {
        let point = |x, y| Point::new(Fixed::from_bits(x), Fixed::from_bits(y));
        Line::new(point(x1, y1), point(x2, y2))
    };
    [
        line(0, 0, 65_536, 200_000),
        line(9_000, 300_000, -123_457, -5),
        line(77, 500_000, 77, 131_072),
        line(i32::MIN, 0, 0, 70_001),
        line(0, 3, i32::MIN, i32::MAX),
    ]
}

/// The function of a name in the objects after this one.
///
/// # Safety
///
/// `Function` must be the type of that function.
unsafe fn next<Function: Copy>(name: &CStr) -> Option<Function> {
    const { assert!(size_of::<Function>() == size_of::<*mut c_void>()) };
    // SAFETY: the name ends with a zero.
    let address = unsafe { libc::dlsym(libc::RTLD_NEXT, name.as_ptr()) };
    if address.is_null() {
        return None;
    }
    // SAFETY: pointers to functions are as large as others (just asserted),
    // and the caller vouches for the type.
    Some(unsafe { std::mem::transmute_copy(&address) })
}

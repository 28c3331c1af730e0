//! The real pixman: the next object in the search order that has a symbol.
//!
//! Owns the pointers to its functions. It must not decide who draws.

use std::ffi::{CStr, c_int, c_void};

use raster::{Edge, Line, Trap, Trapezoid, Triangle};

use crate::abi::{Box32, Color, Image, Region};

pub(crate) type RasterizeTrapezoid =
    unsafe extern "C" fn(*mut Image, *const Trapezoid, c_int, c_int);
pub(crate) type AddTrapezoids =
    unsafe extern "C" fn(*mut Image, i16, c_int, c_int, *const Trapezoid);
pub(crate) type AddTriangles = unsafe extern "C" fn(*mut Image, i32, i32, c_int, *const Triangle);
pub(crate) type AddTraps = unsafe extern "C" fn(*mut Image, i16, i16, c_int, *const Trap);
/// Operator, source, destination, mask format, source offsets, destination
/// offsets, number of shapes, shapes.
pub(crate) type CompositeShapes<Shape> = unsafe extern "C" fn(
    u32,
    *mut Image,
    *mut Image,
    u32,
    c_int,
    c_int,
    c_int,
    c_int,
    c_int,
    *const Shape,
);
/// Operator, source, mask, destination, their three offsets, width, height.
pub(crate) type Composite = unsafe extern "C" fn(
    u32,
    *mut Image,
    *mut Image,
    *mut Image,
    i32,
    i32,
    i32,
    i32,
    i32,
    i32,
    i32,
    i32,
);
type GetInt = unsafe extern "C" fn(*mut Image) -> c_int;
type GetData = unsafe extern "C" fn(*mut Image) -> *mut u32;
type SampleRow = unsafe extern "C" fn(i32, c_int) -> i32;
type EdgeInit = unsafe extern "C" fn(*mut Edge, c_int, i32, *const Line, c_int, c_int);

/// The functions that stand behind the symbols of this object; each may be
/// missing.
pub(crate) struct Behind {
    pub(crate) rasterize_trapezoid: Option<RasterizeTrapezoid>,
    pub(crate) add_trapezoids: Option<AddTrapezoids>,
    pub(crate) add_triangles: Option<AddTriangles>,
    pub(crate) add_traps: Option<AddTraps>,
    pub(crate) composite_trapezoids: Option<CompositeShapes<Trapezoid>>,
    pub(crate) composite_triangles: Option<CompositeShapes<Triangle>>,
}

impl Behind {
    /// Looks the symbols up.
    pub(crate) fn find() -> Self {
        // SAFETY: the types are those of pixman.h, unchanged since 0.16 for
        // all of these functions; a symbol of pixman's names is pixman's.
        unsafe {
            Self {
                rasterize_trapezoid: next(c"pixman_rasterize_trapezoid"),
                add_trapezoids: next(c"pixman_add_trapezoids"),
                add_triangles: next(c"pixman_add_triangles"),
                add_traps: next(c"pixman_add_traps"),
                composite_trapezoids: next(c"pixman_composite_trapezoids"),
                composite_triangles: next(c"pixman_composite_triangles"),
            }
        }
    }
}

/// Declares the table of functions that are called but not replaced.
macro_rules! called {
    ($($name:ident: $type:ty = $symbol:literal),* $(,)?) => {
        /// What is called of the real pixman, under the names that it has
        /// there; all of it is in `pixman.h` since 0.32 or earlier.
        pub(crate) struct Called {
            $(pub(crate) $name: $type,)*
        }

        impl Called {
            /// Looks the symbols up; `None` unless all are there.
            pub(crate) fn find() -> Option<Self> {
                // SAFETY: as in `Behind::find`.
                unsafe { Some(Self { $($name: next($symbol)?,)* }) }
            }
        }
    };
}

called! {
    get_data: GetData = c"pixman_image_get_data",
    get_width: GetInt = c"pixman_image_get_width",
    get_height: GetInt = c"pixman_image_get_height",
    get_stride: GetInt = c"pixman_image_get_stride",
    get_format: GetInt = c"pixman_image_get_format",
    create_bits: unsafe extern "C" fn(u32, c_int, c_int, *mut u32, c_int) -> *mut Image
        = c"pixman_image_create_bits",
    create_solid_fill: unsafe extern "C" fn(*const Color) -> *mut Image
        = c"pixman_image_create_solid_fill",
    unref: unsafe extern "C" fn(*mut Image) -> c_int = c"pixman_image_unref",
    set_clip: unsafe extern "C" fn(*mut Image, *const Region) -> c_int
        = c"pixman_image_set_clip_region32",
    set_transform: unsafe extern "C" fn(*mut Image, *const [[i32; 3]; 3]) -> c_int
        = c"pixman_image_set_transform",
    set_repeat: unsafe extern "C" fn(*mut Image, u32) = c"pixman_image_set_repeat",
    set_filter: unsafe extern "C" fn(*mut Image, u32, *const i32, c_int) -> c_int
        = c"pixman_image_set_filter",
    set_component_alpha: unsafe extern "C" fn(*mut Image, c_int)
        = c"pixman_image_set_component_alpha",
    set_alpha_map: unsafe extern "C" fn(*mut Image, *mut Image, i16, i16)
        = c"pixman_image_set_alpha_map",
    set_accessors: unsafe extern "C" fn(*mut Image, *const c_void, *const c_void)
        = c"pixman_image_set_accessors",
    region_init_rects: unsafe extern "C" fn(*mut Region, *const Box32, c_int) -> c_int
        = c"pixman_region32_init_rects",
    region_fini: unsafe extern "C" fn(*mut Region) = c"pixman_region32_fini",
    composite: Composite = c"pixman_image_composite32",
    sample_ceil: SampleRow = c"pixman_sample_ceil_y",
    sample_floor: SampleRow = c"pixman_sample_floor_y",
    edge_init: EdgeInit = c"pixman_line_fixed_edge_init",
}

/// `pixman_image_set_dither`, which came with 0.40.
pub(crate) fn set_dither() -> Option<unsafe extern "C" fn(*mut Image, u32)> {
    // SAFETY: as in `Behind::find`.
    unsafe { next(c"pixman_image_set_dither") }
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

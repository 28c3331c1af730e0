//! Images of pixman's at random: every kind, format and property.
//!
//! Owns all `unsafe` that makes images. It must not know what is drawn.

use std::ffi::c_void;

use pixman_sys as pixman;

use crate::random::Random;

/// An image and the memory of its pixels.
pub(crate) struct Picture {
    pub(crate) image: *mut pixman::pixman_image_t,
    pub(crate) width: i32,
    pub(crate) height: i32,
    words: Vec<u32>,
    /// Kept for its memory; pixman counts the reference.
    alpha_map: Option<Box<Self>>,
}

impl Drop for Picture {
    fn drop(&mut self) {
        // SAFETY: made below and released once.
        unsafe { pixman::pixman_image_unref(self.image) };
    }
}

/// Formats of pictures as servers have them, and some that they have not.
const FORMATS: [u32; 14] = [
    0x2002_8888, // a8r8g8b8
    0x2002_8888,
    0x2002_0888, // x8r8g8b8
    0x2002_0888,
    0x2003_8888, // a8b8g8r8
    0x2008_8888, // b8g8r8a8
    0x1002_0565, // r5g6b5
    0x1002_4444, // a4r4g4b4
    0x1802_0888, // r8g8b8
    0x2002_2aaa, // a2r10g10b10
    A8,
    A8,
    A4,
    A1,
];

pub(crate) const A1: u32 = 0x0101_1000;
pub(crate) const A4: u32 = 0x0401_4000;
pub(crate) const A8: u32 = 0x0801_8000;

/// Rectangles of a clip around an image.
fn rectangles(random: &mut Random, width: i32, height: i32) -> Vec<pixman::pixman_box32_t> {
    let count = random.pick(&[1, 1, 1, 2, 5, 30]);
    (0..count)
        .map(|_| {
            let mut at = |side: i32| random.below(side as u32 + 20) as i32 - 10;
            let (x1, y1) = (at(width), at(height));
            let (x2, y2) = (x1 + at(width).max(0), y1 + at(height).max(0));
            pixman::pixman_box32_t { x1, y1, x2, y2 }
        })
        .collect()
}

unsafe extern "C" fn read(from: *const c_void, size: i32) -> u32 {
    // SAFETY: pixman reads its own pixels.
    unsafe {
        match size {
            1 => from.cast::<u8>().read().into(),
            2 => from.cast::<u16>().read().into(),
            _ => from.cast::<u32>().read(),
        }
    }
}

/// Turned around, so that writing past this function is noticed.
unsafe extern "C" fn write(to: *mut c_void, value: u32, size: i32) {
    // SAFETY: pixman writes its own pixels.
    unsafe {
        match size {
            1 => to.cast::<u8>().write(!value as u8),
            2 => to.cast::<u16>().write(!value as u16),
            _ => to.cast::<u32>().write(!value),
        }
    }
}

impl Picture {
    /// Bits with pixels at random. Its rows may be stored upside down.
    pub(crate) fn bits(random: &mut Random, format: u32, width: i32, height: i32) -> Self {
        let bits = (format >> 24) as usize;
        let stride = (width as usize * bits).div_ceil(32) + random.below(3) as usize;
        let mut words: Vec<u32> = match random.below(4) {
            0 => vec![0; stride * height as usize],
            1 => vec![!0; stride * height as usize],
            _ => (0..stride * height as usize).map(|_| random.next() as u32).collect(),
        };
        let (skip, sign) =
            if random.below(8) == 0 { ((height as usize - 1) * stride, -1) } else { (0, 1) };
        // SAFETY: the words outlive the image, and hold all its rows.
        let image = unsafe {
            pixman::pixman_image_create_bits(
                format,
                width,
                height,
                words.as_mut_ptr().add(skip),
                sign * 4 * stride as i32,
            )
        };
        assert!(!image.is_null(), "pixman refused {format:x}");
        Self { image, width, height, words, alpha_map: None }
    }

    /// Something to draw on.
    pub(crate) fn destination(random: &mut Random) -> Self {
        let (width, height) = (1 + random.below(90) as i32, 1 + random.below(60) as i32);
        let format = random.pick(&FORMATS);
        let mut picture = Self::bits(random, format, width, height);
        if random.below(4) != 0 {
            picture.clip(random);
        }
        if random.below(10) == 0 {
            picture.set_alpha_map(random);
        }
        // SAFETY: an image and values of its properties.
        unsafe {
            if random.below(10) == 0 {
                pixman::pixman_image_set_accessors(picture.image, Some(read), Some(write));
            }
            if random.below(10) == 0 {
                pixman::pixman_image_set_repeat(picture.image, 1);
            }
            if random.below(10) == 0 {
                pixman::pixman_image_set_component_alpha(picture.image, 1);
            }
            if random.below(20) == 0 {
                picture.set_dither();
            }
        }
        picture
    }

    /// Alpha to add shapes to.
    pub(crate) fn mask(random: &mut Random) -> Self {
        let (width, height) = (1 + random.below(90) as i32, 1 + random.below(60) as i32);
        let format = random.pick(&[A1, A4, A8]);
        let picture = Self::bits(random, format, width, height);
        if random.below(6) == 0 {
            // SAFETY: an image and functions.
            unsafe { pixman::pixman_image_set_accessors(picture.image, Some(read), Some(write)) };
        }
        picture
    }

    /// Something to draw with.
    pub(crate) fn source(random: &mut Random) -> Self {
        let mut picture = match random.below(8) {
            0..=2 => Self::solid(random),
            3 | 4 => {
                let format = random.pick(&FORMATS);
                let picture = Self::bits(random, format, 1, 1);
                // SAFETY: an image.
                unsafe {
                    pixman::pixman_image_set_repeat(picture.image, random.pick(&[1, 1, 0, 2, 3]));
                };
                picture
            }
            5 | 6 => {
                let format = random.pick(&FORMATS);
                let (width, height) = (1 + random.below(40) as i32, 1 + random.below(40) as i32);
                Self::bits(random, format, width, height)
            }
            _ => Self::gradient(random),
        };
        if random.below(3) == 0 {
            picture.decorate(random);
        }
        picture
    }

    fn of(image: *mut pixman::pixman_image_t) -> Self {
        assert!(!image.is_null(), "pixman refused a source");
        Self { image, width: 0, height: 0, words: Vec::new(), alpha_map: None }
    }

    fn color(random: &mut Random) -> pixman::pixman_color_t {
        let alpha = random.pick(&[0xffff, 0xffff, 0x8000, 0x1234, 0xfe7f, 0]);
        let mut channel = || match random.below(4) {
            0 => alpha,
            // Not premultiplied, as clients may send.
            1 => random.next() as u16,
            _ => random.below(u32::from(alpha) + 1) as u16,
        };
        let [red, green, blue] = [(); 3].map(|()| channel());
        pixman::pixman_color_t { red, green, blue, alpha }
    }

    fn solid(random: &mut Random) -> Self {
        let color = Self::color(random);
        // SAFETY: a colour, which is copied.
        Self::of(unsafe { pixman::pixman_image_create_solid_fill(&raw const color) })
    }

    fn gradient(random: &mut Random) -> Self {
        let stops: Vec<_> = (0..4)
            .map(|stop| pixman::pixman_gradient_stop_t {
                x: stop * 0x5555,
                color: Self::color(random),
            })
            .collect();
        let mut point = || pixman::pixman_point_fixed_t {
            x: random.below(60 << 16) as i32,
            y: random.below(50 << 16) as i32,
        };
        let (a, b) = (point(), point());
        let horizontal = pixman::pixman_point_fixed_t { x: b.x, y: a.y };
        // SAFETY: points and stops, which are copied.
        Self::of(unsafe {
            match random.below(4) {
                0 => pixman::pixman_image_create_linear_gradient(&a, &b, stops.as_ptr(), 4),
                1 => {
                    pixman::pixman_image_create_linear_gradient(&a, &horizontal, stops.as_ptr(), 4)
                }
                2 => pixman::pixman_image_create_radial_gradient(
                    &a,
                    &b,
                    1 << 16,
                    20 << 16,
                    stops.as_ptr(),
                    4,
                ),
                _ => pixman::pixman_image_create_conical_gradient(&a, 30 << 16, stops.as_ptr(), 4),
            }
        })
    }

    /// Properties of a source: repeat, transform, filter, alpha map, clip.
    fn decorate(&mut self, random: &mut Random) {
        let image = self.image;
        // SAFETY: an image and values of its properties, which are copied.
        unsafe {
            if random.below(2) == 0 {
                pixman::pixman_image_set_repeat(image, random.below(4));
            }
            if random.below(3) == 0 {
                let mut cell = || (random.below(3 << 16) as i32) - (1 << 16);
                let mut matrix =
                    [[cell(), cell(), cell()], [cell(), cell(), cell()], [0, 0, 1 << 16]];
                match random.below(3) {
                    0 => {
                        matrix[0] = [1 << 16, 0, 3 << 16];
                        matrix[1] = [0, 1 << 16, 2 << 16];
                    }
                    1 => matrix[2] = [600, 300, 1 << 16],
                    _ => {}
                }
                let transform = pixman::pixman_transform_t { matrix };
                pixman::pixman_image_set_transform(image, &raw const transform);
            }
            match random.below(4) {
                0 => drop(pixman::pixman_image_set_filter(image, 3, std::ptr::null(), 0)),
                1 => drop(pixman::pixman_image_set_filter(image, 4, std::ptr::null(), 0)),
                2 => {
                    // A blur of three pixels.
                    let values = [3 << 16, 1 << 16, 0x5555, 0x5555, 0x5555];
                    pixman::pixman_image_set_filter(image, 5, values.as_ptr(), 5);
                }
                _ => {}
            }
            if random.below(3) == 0 {
                pixman::pixman_image_set_component_alpha(image, 1);
            }
            if self.width > 0 && random.below(4) == 0 {
                self.set_alpha_map(random);
            }
            if self.width > 0 && random.below(4) == 0 {
                self.clip(random);
                pixman::pixman_image_set_has_client_clip(image, random.below(2) as i32);
                pixman::pixman_image_set_source_clipping(image, random.below(2) as i32);
            }
            if self.width > 0 && random.below(6) == 0 {
                pixman::pixman_image_set_accessors(image, Some(read), None);
            }
        }
    }

    fn clip(&mut self, random: &mut Random) {
        let rectangles = rectangles(random, self.width, self.height);
        let mut region =
            pixman::pixman_region32_t { extents: rectangles[0], data: std::ptr::null_mut() };
        // SAFETY: the region is written first, then copied, then freed.
        unsafe {
            let count = rectangles.len() as i32;
            pixman::pixman_region32_init_rects(&raw mut region, rectangles.as_ptr(), count);
            pixman::pixman_image_set_clip_region32(self.image, &raw mut region);
            pixman::pixman_region32_fini(&raw mut region);
        }
    }

    fn set_alpha_map(&mut self, random: &mut Random) {
        let mut at = || random.below(9) as i16 - 4;
        let origin = (at(), at());
        let map = Box::new(Self::bits(random, A8, self.width, self.height));
        // SAFETY: two images of bits.
        unsafe { pixman::pixman_image_set_alpha_map(self.image, map.image, origin.0, origin.1) };
        self.alpha_map = Some(map);
    }

    fn set_dither(&self) {
        // Not in every version, so not to be linked.
        // SAFETY: a name that ends with a zero.
        let function =
            unsafe { libc::dlsym(libc::RTLD_DEFAULT, c"pixman_image_set_dither".as_ptr()) };
        if !function.is_null() {
            type SetDither = unsafe extern "C" fn(*mut pixman::pixman_image_t, u32);
            // SAFETY: that is its type, and 3 is PIXMAN_DITHER_ORDERED_BAYER_8.
            unsafe { std::mem::transmute::<*mut c_void, SetDither>(function)(self.image, 3) };
        }
    }

    /// A digest of all memory of the image: pixels, padding, alpha map
    /// (FNV-1a).
    pub(crate) fn digest(&self) -> u64 {
        let own = self.words.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, &word| {
            (hash ^ u64::from(word)).wrapping_mul(0x0100_0000_01b3)
        });
        own ^ self.alpha_map.as_ref().map_or(0, |map| map.digest().rotate_left(7))
    }
}

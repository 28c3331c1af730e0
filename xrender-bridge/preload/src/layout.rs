//! Whether the loaded pixman's images are what `abi` says.
//!
//! Owns the experiments: images are made through pixman's public functions,
//! one property at a time is set, and the words that changed must be exactly
//! the expected ones, with the expected values. A version number would not do:
//! the structures are private, and distributions change what they like. It
//! must not decide what follows from the answer.

use std::ffi::c_void;
use std::mem::offset_of;
use std::ops::Range;

use crate::abi::{Box32, COLOR, Color, Common, Image, Region, filter, format, kind, repeat};
use crate::forward::{Called, set_dither};

/// Where the fields lie that are not in [`Common`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    /// Offset of an image of bits' two pointers to accessors, in bytes.
    pub(crate) accessors: usize,
    /// Offset of its dithering, in bytes, where there is dithering.
    pub(crate) dither: Option<usize>,
}

/// No image of any known version is larger, in bytes.
const LARGEST: usize = 320;

const WORD: usize = size_of::<u32>();
const POINTER: usize = size_of::<*const c_void>();

impl Layout {
    /// Makes all experiments; `None` if one comes out differently.
    pub(crate) fn find(pixman: &Called) -> Option<Self> {
        solid_fills(pixman)?;
        let subject = Subject::bits(pixman, 5, 3)?;
        if subject
            .common(|common| (common.kind, common.have_clip, common.repeat, common.component_alpha))
            != (kind::BITS, 0, repeat::NONE, 0)
            || !subject.common(|common| common.transform.is_null() && common.alpha_map.is_null())
        {
            return None;
        }
        properties(pixman, &subject)?;
        alpha_map(pixman, &subject)?;
        clips(pixman, &subject)?;
        Some(Self { accessors: accessors(pixman, &subject)?, dither: dither(&subject)? })
    }
}

/// An image that is experimented with.
struct Subject<'a> {
    pixman: &'a Called,
    image: *mut Image,
    /// Words of it that may be read.
    words: usize,
}

impl<'a> Subject<'a> {
    fn bits(pixman: &'a Called, width: i32, height: i32) -> Option<Self> {
        // SAFETY: a format, a size, and no memory: pixman takes its own.
        Self::of(pixman, unsafe {
            (pixman.create_bits)(format::A8R8G8B8, width, height, std::ptr::null_mut(), 0)
        })
    }

    fn solid(pixman: &'a Called, color: Color) -> Option<Self> {
        // SAFETY: a colour, which is copied.
        Self::of(pixman, unsafe { (pixman.create_solid_fill)(&raw const color) })
    }

    fn of(pixman: &'a Called, image: *mut Image) -> Option<Self> {
        if image.is_null() || !image.cast::<Common>().is_aligned() {
            return None;
        }
        // SAFETY: pixman's images come from `malloc`.
        let usable = unsafe { libc::malloc_usable_size(image.cast()) };
        let subject = Self { pixman, image, words: usable.min(LARGEST) / WORD };
        (usable >= COLOR + size_of::<Color>()).then_some(subject)
    }

    /// Reads fields of the part that all images have.
    fn common<T>(&self, read: impl FnOnce(&Common) -> T) -> T {
        // SAFETY: the memory is large enough, aligned (tested in `of`) and
        // numbers and pointers of any value; nothing writes it meanwhile.
        read(unsafe { &*self.image.cast::<Common>() })
    }

    fn snapshot(&self) -> Vec<u32> {
        let start: *const u32 = self.image.cast();
        // SAFETY: within the block (`words`). Volatile, for the block's end
        // may never have been written.
        (0..self.words).map(|word| unsafe { start.add(word).read_volatile() }).collect()
    }

    /// The bytes from the first word to the last that `change` changes; empty
    /// if it changes nothing.
    fn changed(&self, change: impl FnOnce(*mut Image)) -> Range<usize> {
        let before = self.snapshot();
        change(self.image);
        let after = self.snapshot();
        let mut words = (0..self.words).filter(|&word| before[word] != after[word]);
        let Some(first) = words.next() else { return 0..0 };
        let last = words.next_back().unwrap_or(first);
        first * WORD..(last + 1) * WORD
    }

    /// Whether `change` changes something, and nothing outside of `field`.
    fn changes_only(&self, field: Range<usize>, change: impl FnOnce(*mut Image)) -> Option<()> {
        let changed = self.changed(change);
        (!changed.is_empty() && field.start <= changed.start && changed.end <= field.end)
            .then_some(())
    }
}

impl Drop for Subject<'_> {
    fn drop(&mut self) {
        // SAFETY: made by `of`'s caller, and nobody else's.
        unsafe { (self.pixman.unref)(self.image) };
    }
}

/// The bytes of a field of [`Common`].
macro_rules! field {
    ($field:ident) => {{
        const START: usize = offset_of!(Common, $field);
        // The next field of any type begins no earlier than its size allows.
        const fn size<T>(_: fn(&Common) -> &T) -> usize {
            size_of::<T>()
        }
        START..START + size(|common| &common.$field)
    }};
}

fn solid_fills(pixman: &Called) -> Option<()> {
    let colors = [
        Color { red: 0x1234, green: 0x5678, blue: 0x9abc, alpha: 0xdef0 },
        Color { red: 0xffff, green: 0, blue: 0x8001, alpha: 0xffff },
    ];
    colors
        .into_iter()
        .all(|color| {
            Subject::solid(pixman, color).is_some_and(|subject| {
                // SAFETY: `of` has tested the size.
                let found =
                    unsafe { subject.image.byte_add(COLOR).cast::<Color>().read_unaligned() };
                found == color
                    && subject.common(|common| (common.kind, common.have_clip)) == (kind::SOLID, 0)
            })
        })
        .then_some(())
}

fn properties(pixman: &Called, subject: &Subject<'_>) -> Option<()> {
    // SAFETY: an image, and a value of the property; here and below.
    let set_repeat = |value| move |image| unsafe { (pixman.set_repeat)(image, value) };
    let set_filter = |value| {
        move |image| {
            // SAFETY: as before, without parameters.
            unsafe { (pixman.set_filter)(image, value, std::ptr::null(), 0) };
        }
    };
    let set_component_alpha =
        // SAFETY: as before.
        |value| move |image| unsafe { (pixman.set_component_alpha)(image, value) };

    subject.changes_only(field!(repeat), set_repeat(repeat::NORMAL))?;
    let normal = subject.common(|common| common.repeat);
    subject.changes_only(field!(repeat), set_repeat(repeat::NONE))?;
    subject.changes_only(field!(filter), set_filter(filter::BILINEAR))?;
    let bilinear = subject.common(|common| common.filter);
    subject.changes_only(field!(component_alpha), set_component_alpha(1))?;
    let component = subject.common(|common| common.component_alpha);
    subject.changes_only(field!(component_alpha), set_component_alpha(0))?;

    let turned = [[0, 1 << 16, 0], [-1 << 16, 0, 0], [0, 0, 1 << 16]];
    subject.changes_only(field!(transform), |image| {
        // SAFETY: a matrix, which is copied.
        unsafe { (pixman.set_transform)(image, &raw const turned) };
    })?;
    let transformed = subject.common(|common| !common.transform.is_null());
    subject.changes_only(field!(transform), |image| {
        // SAFETY: null takes the transformation away.
        unsafe { (pixman.set_transform)(image, std::ptr::null()) };
    })?;
    let plain = subject.common(|common| common.transform.is_null());
    (normal == repeat::NORMAL
        && bilinear == filter::BILINEAR
        && component == 1
        && transformed
        && plain)
        .then_some(())
}

fn alpha_map(pixman: &Called, subject: &Subject<'_>) -> Option<()> {
    let map = Subject::bits(pixman, 2, 2)?;
    // Pointer, 32 bits or 64, and origin follow each other.
    let fields = offset_of!(Common, alpha_map)..offset_of!(Common, component_alpha);
    subject.changes_only(fields.clone(), |image| {
        // SAFETY: two images of bits.
        unsafe { (pixman.set_alpha_map)(image, map.image, 7, -9) };
    })?;
    let set = subject.common(|common| (common.alpha_map, common.alpha_origin));
    subject.changes_only(fields, |image| {
        // SAFETY: null takes the map away.
        unsafe { (pixman.set_alpha_map)(image, std::ptr::null_mut(), 0, 0) };
    })?;
    (set == (map.image.cast_const().cast(), [7, -9])
        && subject.common(|common| common.alpha_map.is_null()))
    .then_some(())
}

fn clips(pixman: &Called, subject: &Subject<'_>) -> Option<()> {
    let one = [Box32 { x1: -3, y1: 1, x2: 4, y2: 2 }];
    let two = [Box32 { x1: 0, y1: 0, x2: 2, y2: 1 }, Box32 { x1: 3, y1: 1, x2: 5, y2: 7 }];
    let fields = offset_of!(Common, clip)..offset_of!(Common, client_clip);
    let counts = [(&one[..], one[0]), (&two[..], Box32 { x1: 0, y1: 0, x2: 5, y2: 7 })];
    for (rectangles, extents) in counts {
        let mut region = Region { extents: Box32::default(), data: std::ptr::null() };
        subject.changes_only(fields.clone(), |image| {
            // SAFETY: the region is written first, then copied, then freed.
            unsafe {
                let count = rectangles.len() as i32;
                (pixman.region_init_rects)(&raw mut region, rectangles.as_ptr(), count);
                (pixman.set_clip)(image, &raw const region);
                (pixman.region_fini)(&raw mut region);
            }
        })?;
        let (have, clip) = subject.common(|common| (common.have_clip, common.clip));
        // SAFETY: the image's own region, of the public layout.
        let found = unsafe { crate::image::rectangles(&clip) };
        if have == 0 || clip.extents != extents || found != rectangles {
            return None;
        }
    }
    subject.changes_only(field!(have_clip), |image| {
        // SAFETY: null takes the clip away.
        unsafe { (pixman.set_clip)(image, std::ptr::null()) };
    })?;
    (subject.common(|common| common.have_clip) == 0).then_some(())
}

fn accessors(pixman: &Called, subject: &Subject<'_>) -> Option<usize> {
    // Never called: nothing is drawn with this image.
    let marks = [8, 16].map(std::ptr::without_provenance::<c_void>);
    let changed = subject.changed(|image| {
        // SAFETY: pointers that are only stored.
        unsafe { (pixman.set_accessors)(image, marks[0], marks[1]) };
    });
    let start = changed.start / POINTER * POINTER;
    if start < size_of::<Common>() || start + 2 * POINTER > subject.words * WORD {
        return None;
    }
    // SAFETY: within the block (just tested).
    let stored = unsafe { subject.image.byte_add(start).cast::<[*const c_void; 2]>().read() };
    let cleared = subject.changed(|image| {
        // SAFETY: null takes them away.
        unsafe { (pixman.set_accessors)(image, std::ptr::null(), std::ptr::null()) };
    });
    (stored == marks && changed.end <= start + 2 * POINTER && cleared == changed).then_some(start)
}

/// The offset of an image's dithering; the inner `None` where pixman has none.
#[expect(clippy::option_option, reason = "no dithering is not a failed experiment")]
fn dither(subject: &Subject<'_>) -> Option<Option<usize>> {
    let Some(set_dither) = set_dither() else { return Some(None) };
    let changed = subject.changed(|image| {
        // SAFETY: an image of bits and PIXMAN_DITHER_FAST.
        unsafe { set_dither(image, 1) };
    });
    // SAFETY: as before, and PIXMAN_DITHER_NONE.
    let cleared = subject.changed(|image| unsafe { set_dither(image, 0) });
    (changed.len() == WORD && changed.start >= size_of::<Common>() && cleared == changed)
        .then_some(Some(changed.start))
}

//! The OpenGL functions in use, safe to call.
//!
//! Owns the calls into the driver. Each is safe because a [`Gl`] exists only
//! inside a context that was made current on the session's one thread and is
//! never made otherwise, because every buffer is a slice whose length is
//! checked against what GL will read, and because an unknown name or a wrong
//! enumerant is a GL error and not undefined. Must not know plans.
#![allow(unsafe_code, reason = "the foreign interface to OpenGL; see above for why it is sound")]

use glow::HasContext as _;
use glow::{NativeBuffer, NativeProgram, NativeTexture, NativeUniformLocation};

/// GL_ALPHA8 of the compatibility profile: one channel, read as alpha.
const ALPHA8: i32 = 0x803C;

/// The functions of the current context.
#[derive(Debug)]
pub(super) struct Gl {
    raw: glow::Context,
}

/// A vertex: position in pixels from the top left, then the coordinates in
/// the picture and in the mask, 0 to 1.
pub(super) type Vertex = [f32; 6];

/// A linked program.
#[derive(Debug, Clone, Copy)]
pub(super) struct Program {
    program: NativeProgram,
    /// Set by [`Gl::apply`].
    scale: Option<NativeUniformLocation>,
    factor: Option<NativeUniformLocation>,
}

impl Gl {
    /// # Safety
    ///
    /// The context that `raw` was loaded from must be current, and stay so
    /// until the value is dropped.
    pub(super) const unsafe fn new(raw: glow::Context) -> Self {
        Self { raw }
    }

    /// GL_RENDERER.
    pub(super) fn renderer(&self) -> String {
        // SAFETY: see the module's documentation; so for every block below.
        unsafe { self.raw.get_parameter_string(glow::RENDERER) }
    }

    /// The first error since the last call; 0 for none.
    pub(super) fn error(&self) -> u32 {
        // SAFETY: as above.
        unsafe { self.raw.get_error() }
    }

    /// The largest side of a texture in pixels.
    pub(super) fn largest_texture(&self) -> i32 {
        // SAFETY: as above.
        unsafe { self.raw.get_parameter_i32(glow::MAX_TEXTURE_SIZE) }
    }

    /// A new texture name with clamped edges and nearest filtering.
    pub(super) fn texture(&self) -> Option<NativeTexture> {
        // SAFETY: as above.
        unsafe {
            let texture = self.raw.create_texture().ok()?;
            self.raw.bind_texture(glow::TEXTURE_2D, Some(texture));
            for (name, value) in [
                (glow::TEXTURE_MIN_FILTER, glow::NEAREST),
                (glow::TEXTURE_MAG_FILTER, glow::NEAREST),
                (glow::TEXTURE_WRAP_S, glow::CLAMP_TO_EDGE),
                (glow::TEXTURE_WRAP_T, glow::CLAMP_TO_EDGE),
            ] {
                self.raw.tex_parameter_i32(glow::TEXTURE_2D, name, value as i32);
            }
            Some(texture)
        }
    }

    /// Binds `texture` to unit 0.
    pub(super) fn bind(&self, texture: NativeTexture) {
        // SAFETY: as above.
        unsafe { self.raw.bind_texture(glow::TEXTURE_2D, Some(texture)) };
    }

    /// Binds `texture` to unit 1.
    pub(super) fn bind_mask(&self, texture: NativeTexture) {
        // SAFETY: as above.
        unsafe {
            self.raw.active_texture(glow::TEXTURE1);
            self.raw.bind_texture(glow::TEXTURE_2D, Some(texture));
            self.raw.active_texture(glow::TEXTURE0);
        }
    }

    /// How the texture bound to unit 0 is sampled.
    pub(super) fn sampling(&self, linear: bool, repeat: bool) {
        let filter = if linear { glow::LINEAR } else { glow::NEAREST };
        let wrap = if repeat { glow::REPEAT } else { glow::CLAMP_TO_EDGE };
        // SAFETY: as above.
        unsafe {
            for (name, value) in [
                (glow::TEXTURE_MIN_FILTER, filter),
                (glow::TEXTURE_MAG_FILTER, filter),
                (glow::TEXTURE_WRAP_S, wrap),
                (glow::TEXTURE_WRAP_T, wrap),
            ] {
                self.raw.tex_parameter_i32(glow::TEXTURE_2D, name, value as i32);
            }
        }
    }

    /// Gives the texture bound to unit 0 storage for B, G, R, A pixels. The
    /// unsized format lets Mesa store them in this order; GL_RGBA8 would have
    /// every upload converted.
    pub(super) fn allocate(&self, width: i32, height: i32) {
        // SAFETY: as above; no pixels are read.
        unsafe {
            self.raw.tex_image_2d(
                glow::TEXTURE_2D,
                0,
                glow::RGBA as i32,
                width,
                height,
                0,
                glow::BGRA,
                glow::UNSIGNED_INT_8_8_8_8_REV,
                glow::PixelUnpackData::Slice(None),
            );
        }
    }

    /// Writes B, G, R, A pixels without padding into the texture bound to
    /// unit 0. Too few bytes write nothing.
    pub(super) fn write(&self, x: i32, y: i32, width: i32, height: i32, bytes: &[u8]) {
        if bytes.len() < area(width, height, 4) {
            return;
        }
        // SAFETY: as above; the bytes suffice for the rows read, whose
        // alignment of 4 their pixels have.
        unsafe {
            self.raw.tex_sub_image_2d(
                glow::TEXTURE_2D,
                0,
                x,
                y,
                width,
                height,
                glow::BGRA,
                glow::UNSIGNED_INT_8_8_8_8_REV,
                glow::PixelUnpackData::Slice(Some(bytes)),
            );
        }
    }

    /// Fills the texture bound to unit 0 with coverage, `stride` bytes per
    /// row, a multiple of 4 less than 4 more than `width`.
    pub(super) fn coverage(&self, width: i32, height: i32, stride: usize, bytes: &[u8]) {
        let rows = usize::try_from(height).unwrap_or(0);
        let padded = usize::try_from(width).unwrap_or(0).next_multiple_of(4);
        if stride != padded || bytes.len() < rows * stride {
            return;
        }
        // SAFETY: as above; GL's default row alignment of 4 makes its rows
        // `stride` bytes.
        unsafe {
            self.raw.tex_image_2d(
                glow::TEXTURE_2D,
                0,
                ALPHA8,
                width,
                height,
                0,
                glow::ALPHA,
                glow::UNSIGNED_BYTE,
                glow::PixelUnpackData::Slice(Some(bytes)),
            );
        }
    }

    /// Frees a texture.
    pub(super) fn free(&self, texture: NativeTexture) {
        // SAFETY: as above.
        unsafe { self.raw.delete_texture(texture) };
    }

    /// Compiles and links. The error is the driver's text.
    pub(super) fn program(&self, vertex: &str, fragment: &str) -> Result<Program, String> {
        // SAFETY: as above; the texts are passed with their lengths.
        unsafe {
            let program = self.raw.create_program()?;
            let stages = [(glow::VERTEX_SHADER, vertex), (glow::FRAGMENT_SHADER, fragment)];
            for (stage, text) in stages {
                let shader = self.raw.create_shader(stage)?;
                self.raw.shader_source(shader, text);
                self.raw.compile_shader(shader);
                if !self.raw.get_shader_compile_status(shader) {
                    return Err(self.raw.get_shader_info_log(shader));
                }
                self.raw.attach_shader(program, shader);
                // Kept by the program.
                self.raw.delete_shader(shader);
            }
            for (index, name) in ["position", "coordinate", "cover"].into_iter().enumerate() {
                self.raw.bind_attrib_location(program, index as u32, name);
            }
            self.raw.link_program(program);
            if !self.raw.get_program_link_status(program) {
                return Err(self.raw.get_program_info_log(program));
            }
            self.raw.use_program(Some(program));
            for (name, unit) in [("picture", 0), ("mask", 1)] {
                if let Some(location) = self.raw.get_uniform_location(program, name) {
                    self.raw.uniform_1_i32(Some(&location), unit);
                }
            }
            Ok(Program {
                program,
                scale: self.raw.get_uniform_location(program, "scale"),
                factor: self.raw.get_uniform_location(program, "factor"),
            })
        }
    }

    /// Uses `program` for a surface of `width` × `height` pixels, everything
    /// multiplied by `factor` (R, G, B, A).
    pub(super) fn apply(&self, program: &Program, width: i32, height: i32, factor: [f32; 4]) {
        let [r, g, b, a] = factor;
        // SAFETY: as above.
        unsafe {
            self.raw.use_program(Some(program.program));
            let scale = (2.0 / width.max(1) as f32, -2.0 / height.max(1) as f32);
            self.raw.uniform_2_f32(program.scale.as_ref(), scale.0, scale.1);
            self.raw.uniform_4_f32(program.factor.as_ref(), r, g, b, a);
        }
    }

    /// Premultiplied Over, or replace.
    pub(super) fn blend(&self, over: bool) {
        // SAFETY: as above.
        unsafe {
            if over {
                self.raw.enable(glow::BLEND);
                self.raw.blend_func(glow::ONE, glow::ONE_MINUS_SRC_ALPHA);
            } else {
                self.raw.disable(glow::BLEND);
            }
        }
    }

    /// State that never changes afterwards, and the buffer for vertices.
    pub(super) fn prepare(&self) -> Option<NativeBuffer> {
        // SAFETY: as above; offsets lie inside a vertex.
        unsafe {
            for off in [glow::DITHER, glow::DEPTH_TEST, glow::STENCIL_TEST, glow::CULL_FACE] {
                self.raw.disable(off);
            }
            let buffer = self.raw.create_buffer().ok()?;
            self.raw.bind_buffer(glow::ARRAY_BUFFER, Some(buffer));
            let stride = size_of::<Vertex>() as i32;
            for index in 0..3 {
                let offset = index as i32 * 8;
                self.raw.vertex_attrib_pointer_f32(index, 2, glow::FLOAT, false, stride, offset);
                self.raw.enable_vertex_attrib_array(index);
            }
            Some(buffer)
        }
    }

    /// Draws all of a surface's pixels, of which `height` rows are.
    pub(super) fn viewport(&self, width: i32, height: i32) {
        // SAFETY: as above.
        unsafe { self.raw.viewport(0, 0, width, height) };
    }

    /// Replaces the content of the vertex buffer.
    pub(super) fn vertices(&self, vertices: &[Vertex]) {
        let bytes: Vec<u8> =
            vertices.as_flattened().iter().flat_map(|value| value.to_ne_bytes()).collect();
        // SAFETY: as above.
        unsafe {
            self.raw.buffer_data_u8_slice(glow::ARRAY_BUFFER, &bytes, glow::STREAM_DRAW);
        }
    }

    /// Draws triangles of the vertex buffer; the caller has put
    /// `first + count` vertices there.
    pub(super) fn triangles(&self, first: usize, count: usize) {
        // SAFETY: as above. Vertices beyond the buffer would be a GL error or
        // zeros with the drivers' own bounds checks; none are asked for.
        unsafe { self.raw.draw_arrays(glow::TRIANGLES, first as i32, count as i32) };
    }

    /// Waits until everything is drawn.
    pub(super) fn finish(&self) {
        // SAFETY: as above.
        unsafe { self.raw.finish() };
    }
}

fn area(width: i32, height: i32, bytes: usize) -> usize {
    match (usize::try_from(width), usize::try_from(height)) {
        (Ok(width), Ok(height)) => width.saturating_mul(height).saturating_mul(bytes),
        _ => usize::MAX,
    }
}

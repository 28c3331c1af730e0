//! The seven programs.
//!
//! Owns their texts. The one for plain pictures does nothing but sample:
//! Mesa's software renderer draws such a one several times faster than any
//! other, and a uniform that is always 1 already loses that. Must not know
//! what is drawn.

use super::gl::{Gl, Program};
use crate::Error;

/// Linked programs. `opaque` ones read the fourth byte of a pixel as 255:
/// pictures of depth 24 hold anything there.
#[derive(Debug)]
pub(super) struct Programs {
    /// Picture.
    pub(super) plain: Program,
    /// Picture · factor.
    pub(super) picture: Program,
    /// Picture · factor.
    pub(super) opaque: Program,
    /// Picture · factor · coverage.
    pub(super) masked: Program,
    /// Picture · factor · coverage.
    pub(super) opaque_masked: Program,
    /// Factor.
    pub(super) fill: Program,
    /// Factor · coverage.
    pub(super) shadow: Program,
}

const VERTEX: &str = "#version 120
attribute vec2 position;
attribute vec2 coordinate;
attribute vec2 cover;
uniform vec2 scale;
varying vec2 at;
varying vec2 over;
void main() {
    at = coordinate;
    over = cover;
    gl_Position = vec4(position * scale + vec2(-1.0, 1.0), 0.0, 1.0);
}
";

const PICTURE_VERTEX: &str = "#version 120
attribute vec2 position;
attribute vec2 coordinate;
uniform vec2 scale;
varying vec2 at;
void main() {
    at = coordinate;
    gl_Position = vec4(position * scale + vec2(-1.0, 1.0), 0.0, 1.0);
}
";

const SAMPLE: &str = "texture2D(picture, at)";
const SAMPLE_OPAQUE: &str = "vec4(texture2D(picture, at).rgb, 1.0)";
const COVERAGE: &str = "texture2D(mask, over).a";

impl Programs {
    pub(super) fn new(gl: &Gl) -> Result<Self, Error> {
        let program = |vertex: &str, terms: &[&str]| {
            let fragment = format!(
                "#version 120
uniform sampler2D picture;
uniform sampler2D mask;
uniform vec4 factor;
varying vec2 at;
{}
void main() {{ gl_FragColor = {}; }}
",
                if terms.contains(&COVERAGE) { "varying vec2 over;" } else { "" },
                terms.join(" * ")
            );
            gl.program(vertex, &fragment)
                .map_err(|log| Error::Unsupported(format!("a shader does not compile: {log}")))
        };
        Ok(Self {
            plain: program(PICTURE_VERTEX, &[SAMPLE])?,
            picture: program(PICTURE_VERTEX, &[SAMPLE, "factor"])?,
            opaque: program(PICTURE_VERTEX, &[SAMPLE_OPAQUE, "factor"])?,
            masked: program(VERTEX, &[SAMPLE, "factor", COVERAGE])?,
            opaque_masked: program(VERTEX, &[SAMPLE_OPAQUE, "factor", COVERAGE])?,
            fill: program(PICTURE_VERTEX, &["factor"])?,
            shadow: program(VERTEX, &["factor", COVERAGE])?,
        })
    }
}

//! Which instructions the processor has, and which of them are used.
//!
//! Owns the choice, which is made once for each [`Rasterizer`](crate::Rasterizer),
//! and the environment variable that overrides it. It must not know what is
//! computed with them: coverage is the same at every level, to the bit.

use std::fmt;
use std::str::FromStr;
use std::sync::OnceLock;

use thiserror::Error;

/// A set of vector instructions. All draw the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// None: one pixel row at a time, in plain integers
    /// ([`rows`](crate::rows)). Works everywhere, and is what every other
    /// level falls back to for shapes at the ends of 16.16.
    Portable,
    /// SSE2, which every x86-64 has.
    Sse2,
    /// SSE4.2, x86-64-v2.
    Sse42,
    /// AVX2 with FMA and BMI, x86-64-v3.
    Avx2,
    /// AVX-512 as of Ice Lake (F, BW, DQ, VL, VBMI and more).
    Avx512,
    /// NEON, which every 64-bit ARM has.
    Neon,
}

/// No level has that name.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("no level is named {0:?}: portable, sse2, sse4.2, avx2, avx512 or neon")]
pub struct UnknownLevel(String);

impl Level {
    /// All levels, on any processor.
    pub const ALL: [Self; 6] =
        [Self::Portable, Self::Sse2, Self::Sse42, Self::Avx2, Self::Avx512, Self::Neon];

    /// The environment variable that names the level to use, for reports of
    /// bugs and for benchmarks: `RASTER_LEVEL=portable` and so on. It is read
    /// once. A level that is unknown, or that this processor lacks, is ignored.
    pub const VARIABLE: &str = "RASTER_LEVEL";

    /// The level that [`VARIABLE`](Self::VARIABLE) names, or else the best.
    #[must_use]
    pub fn chosen() -> Self {
        static CHOSEN: OnceLock<Level> = OnceLock::new();
        *CHOSEN.get_or_init(|| {
            std::env::var(Self::VARIABLE)
                .ok()
                .and_then(|name| name.parse::<Self>().ok())
                .filter(|level| level.is_available())
                .unwrap_or_else(Self::best)
        })
    }

    /// The best level that this processor has.
    #[must_use]
    pub fn best() -> Self {
        Self::ALL.into_iter().rfind(|level| level.is_available()).unwrap_or(Self::Portable)
    }

    /// Whether this processor has it.
    #[must_use]
    pub fn is_available(self) -> bool {
        self == Self::Portable || self.token().is_some()
    }

    /// The proof that the processor has these instructions; `None` if it lacks
    /// them, and for [`Portable`](Self::Portable), which needs none.
    pub(crate) fn token(self) -> Option<fearless_simd::Level> {
        use fearless_simd::Level as Token;
        let best = Token::new();
        match self {
            #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
            Self::Sse2 => best.as_sse2().map(Token::Sse2),
            #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
            Self::Sse42 => best.as_sse4_2().map(Token::Sse4_2),
            #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
            Self::Avx2 => best.as_avx2().map(Token::Avx2),
            #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
            Self::Avx512 => best.as_avx512().map(Token::Avx512),
            #[cfg(target_arch = "aarch64")]
            Self::Neon => best.as_neon().map(Token::Neon),
            _ => None,
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Portable => "portable",
            Self::Sse2 => "sse2",
            Self::Sse42 => "sse4.2",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
            Self::Neon => "neon",
        })
    }
}

impl FromStr for Level {
    type Err = UnknownLevel;

    fn from_str(name: &str) -> Result<Self, UnknownLevel> {
        Self::ALL
            .into_iter()
            .find(|level| level.to_string() == name)
            .ok_or_else(|| UnknownLevel(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back() {
        for level in Level::ALL {
            assert_eq!(level.to_string().parse(), Ok(level));
        }
        assert!("sse9".parse::<Level>().is_err());
    }

    #[test]
    fn the_best_is_available() {
        assert!(Level::best().is_available());
        assert!(Level::Portable.is_available());
        let foreign = if cfg!(target_arch = "aarch64") { Level::Avx2 } else { Level::Neon };
        assert!(!foreign.is_available());
    }
}

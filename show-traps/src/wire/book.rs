//! What has been heard, in the order of a capture.
//!
//! Owns the numbers of pictures and glyphs and how much is kept. It must not
//! know messages.

use std::collections::HashMap;
use std::mem;

use super::resources::Glyph;
use crate::capture::{Picture, PictureId, Record, Set};

#[derive(Debug)]
pub(super) struct Book {
    /// Not yet taken.
    records: Vec<Record>,
    pictures: HashMap<Picture, PictureId>,
    glyphs: usize,
    /// How much more is kept: shapes, each request counting as one, too.
    room: usize,
    dropped: u64,
}

impl Book {
    pub(super) fn new(room: usize) -> Self {
        Self { records: Vec::new(), pictures: HashMap::new(), glyphs: 0, room, dropped: 0 }
    }

    /// Whether a request with so many shapes is kept; counts it if not.
    pub(super) fn has_room(&mut self, shapes: usize) -> bool {
        let Some(room) = self.room.checked_sub(shapes.saturating_add(1)) else {
            // What comes later would fit, but a capture with holes misleads.
            self.room = 0;
            self.dropped += 1;
            return false;
        };
        self.room = room;
        true
    }

    /// The number of a picture, which is recorded if it is new.
    pub(super) fn picture(&mut self, picture: Picture) -> PictureId {
        let next = PictureId(self.pictures.len());
        *self.pictures.entry(picture).or_insert_with_key(|picture| {
            self.records.push(Record::Picture(picture.clone()));
            next
        })
    }

    /// The number of a glyph, which is recorded if it is new and there is room.
    pub(super) fn glyph(&mut self, glyph: &mut Glyph) -> Option<usize> {
        if glyph.recorded.is_none() {
            if self.room == 0 {
                return None;
            }
            glyph.recorded = Some(self.glyphs);
            self.glyphs += 1;
            self.records.push(Record::Glyph(glyph.image.clone()));
        }
        glyph.recorded
    }

    pub(super) fn set(&mut self, set: Set) {
        self.records.push(Record::Set(set));
    }

    pub(super) fn take(&mut self) -> Vec<Record> {
        mem::take(&mut self.records)
    }

    /// How many requests were not kept.
    pub(super) fn dropped(&self) -> u64 {
        self.dropped
    }
}

//! The pure window manager model: events in, requests and a scene out; no X, no GL, no clock.

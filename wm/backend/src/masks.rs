//! Corner masks and shadow slices.

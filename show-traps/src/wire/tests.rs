//! What is heard of streams, whole, cut, damaged and made up.

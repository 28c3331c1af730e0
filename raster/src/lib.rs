//! Trapezoids, triangles and paths to coverage, bit-exact with pixman.

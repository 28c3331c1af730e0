//! Which trapezoids does a drawing, or a live X client, really send?

fn main() {}

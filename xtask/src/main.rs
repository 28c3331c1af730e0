//! The project's own tasks: session, test, bench, tidy.

fn main() {}

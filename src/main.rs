//! Kneadsafe.
fn main() {}

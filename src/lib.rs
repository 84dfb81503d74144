//! Kneadsafe.

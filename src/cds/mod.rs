//! EHR words and ours: hooks, what is booked, cards.
//!
//! Owns the reading of what an EHR sends and the writing of what it shows. Knows nothing of HTTP handlers, and has no rule of
//! screening of its own.

pub mod hooks;
pub mod raw;

//! The EHR door, from outside the crate: records in, requests and verdicts out.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that gets no answer fails")]

mod record;
mod report;

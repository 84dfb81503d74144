//! The EHR door, from outside: records in and verdicts out, an EHR that calls, FHIR servers that answer it or do worse, and
//! tokens good and forged.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that gets no answer fails")]

mod calls;
mod conformance;
mod cross_origin;
mod discovery;
mod feedback;
mod oracle;
mod record;
mod report;
mod security;
mod support;

//! An EHR's words and ours: FHIR R4 in, a screening request out, and the answer as FHIR again.
//!
//! Owns what a health record says about a client and how sure that is. Has no rule of its own: what a fact means for a
//! massage is for the ruleset to say. Knows nothing of HTTP.

mod bundle;
pub mod date;
pub mod fhir;
pub mod prefetch;
pub mod record;
pub mod report;

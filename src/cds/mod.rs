//! An EHR's words and ours: FHIR R4 in, a screening request out, and the answer as cards or as FHIR again.
//!
//! Owns what a health record says about a client and how sure that is, what is booked, and what the EHR shows. Has no rule of
//! its own: what a fact means for a massage is for the ruleset to say. Knows nothing of HTTP.

pub mod booked;
mod bundle;
pub mod cards;
pub mod date;
pub mod feedback;
pub mod fetch;
pub mod fhir;
pub mod hooks;
pub mod outcome;
pub mod prefetch;
pub mod raw;
pub mod record;
pub mod report;
pub mod terminology;
mod times;

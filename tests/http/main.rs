//! The HTTP layer, from outside: a real server on a free port, and a client that knows no more than the API document.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that gets no answer fails")]

mod assessments;
mod batch;
mod bodies;
mod calendar;
mod decisions;
mod documents;
mod fhir;
mod languages;
mod methods;
mod pins;
mod privacy;
mod questionnaire;
mod resources;
mod screenings;
mod stopping;
mod support;

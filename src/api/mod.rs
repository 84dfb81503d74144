//! HTTP: wire types and handlers, and no rule of screening.
//!
//! Owns addresses, headers, statuses, problem documents and the OpenAPI document. What a screening comes to is the core's.

mod alone;
mod assessments;
mod batch;
mod body;
mod calendar;
mod cds_services;
mod cross_origin;
mod document;
mod examples;
mod fhir;
mod guard;
mod language;
mod many;
mod observe;
mod operations;
mod outcome;
mod pages;
mod parameters;
mod pin;
mod problem;
mod questionnaire;
mod questionnaire_answers;
mod questionnaire_posted;
mod questionnaire_response;
mod routes;
mod rulesets;
mod schema;
mod screenings;
mod server;
mod tokens;
mod turns;

pub use alone::{LINE_LIMIT_BYTES, LineScreener, ScreenedLine};
pub use body::{RequestBody, Shape, read_record, read_request};
pub use document::openapi;
pub use server::{ServeError, Server, StopHandle, bind, serve};

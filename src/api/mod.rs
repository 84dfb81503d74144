//! HTTP: wire types and handlers, and no rule of screening.
//!
//! Owns addresses, headers, statuses, problem documents and the OpenAPI document. What a screening comes to is the core's.

mod assessments;
mod body;
mod document;
mod examples;
mod fhir;
mod guard;
mod observe;
mod operations;
mod pages;
mod parameters;
mod pin;
mod problem;
mod routes;
mod rulesets;
mod schema;
mod screenings;
mod server;

pub use body::{RequestBody, Shape, read_record, read_request};
pub use document::openapi;
pub use server::{ServeError, Server, StopHandle, bind, serve};

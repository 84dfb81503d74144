//! Kneadsafe screens a client's conditions against a massage before a booking is confirmed.
pub mod api;
pub mod assessment;
pub mod cds;
pub mod cli;
pub mod config;
pub mod model;
pub mod outbound;
pub mod ruleset;
pub mod screening;
pub mod telemetry;

//! Servers and callers that mean harm.

mod callbacks;
mod hostile;
mod service;
mod tokens;

//! The HTTP layer, from outside: a real server on a free port, and a client that knows no more than the API document.

mod bodies;
mod documents;
mod methods;
mod pins;
mod privacy;
mod resources;
mod screenings;
mod stopping;
mod support;

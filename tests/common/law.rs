//! How the laws are tried.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// How often a law is tried. The same requests in every run, so that a change is judged by what it changes; others with
/// `PROPTEST_RNG_SEED`, more with `PROPTEST_CASES`.
pub(crate) fn law(cases: u32) -> ProptestConfig {
    let told = ProptestConfig::default();
    let rng_seed = if told.rng_seed == RngSeed::Random { RngSeed::Fixed(1) } else { told.rng_seed };
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { told.cases } else { cases };
    ProptestConfig { cases, rng_seed, failure_persistence: None, ..told }
}

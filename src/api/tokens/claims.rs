//! What a token says of itself, and whether that may be: pure, with the time as an argument.

use std::fmt;

use jsonwebtoken::Header;
use serde::{Deserialize, Deserializer};

use crate::config::Signature;

/// Why a token is refused. The caller hears none of it; the log and the figures do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum TokenFault {
    /// There is none.
    Missing,
    /// It is no token of the right form, or lacks a claim.
    Malformed,
    /// Nobody knows its issuer.
    Issuer,
    /// It is for somebody else.
    Audience,
    /// It is not valid any more.
    Expired,
    /// It is not valid yet.
    Early,
    /// It lives longer than it may.
    Life,
    /// Its tenant is not one of the client's.
    Tenant,
    /// It is signed in a way that the client's tokens are not.
    Algorithm,
    /// It names another key set than the client's.
    KeySet,
    /// The client's keys cannot be had now.
    NoKeys,
    /// None of the client's keys made its signature.
    Signature,
    /// It was used before.
    Replayed,
    /// So many tokens are remembered that a replay of it could not be told.
    Full,
}

impl TokenFault {
    /// Its name in the log and among the figures.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Malformed => "malformed",
            Self::Issuer => "issuer",
            Self::Audience => "audience",
            Self::Expired => "expired",
            Self::Early => "early",
            Self::Life => "life",
            Self::Tenant => "tenant",
            Self::Algorithm => "algorithm",
            Self::KeySet => "key-set",
            Self::NoKeys => "no-keys",
            Self::Signature => "signature",
            Self::Replayed => "replayed",
            Self::Full => "full",
        }
    }
}

/// The claims of a CDS Hooks client (CDS Hooks 2.0, "Trusting CDS Clients").
#[derive(Clone, Deserialize)]
pub(super) struct Claims {
    /// Who issued it.
    pub(super) iss: String,
    /// Whom it is for.
    aud: Audience,
    /// When it ends, in seconds since 1970.
    #[serde(deserialize_with = "seconds")]
    exp: u64,
    /// When it was issued.
    #[serde(deserialize_with = "seconds")]
    iat: u64,
    /// When it begins, if it says so.
    #[serde(default, deserialize_with = "some_seconds")]
    nbf: Option<u64>,
    /// Its own name.
    pub(super) jti: String,
    /// For which of the issuer's customers.
    tenant: Option<String>,
}

impl fmt::Debug for Claims {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Claims")
    }
}

#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Audience {
    fn names(&self, wanted: &str) -> bool {
        match self {
            Self::One(audience) => audience == wanted,
            Self::Many(audiences) => audiences.iter().any(|audience| audience == wanted),
        }
    }
}

/// A `NumericDate` (RFC 7519, section 2): seconds, perhaps with a fraction, which is cut off.
fn seconds<'d, D: Deserializer<'d>>(deserializer: D) -> Result<u64, D::Error> {
    let number = serde_json::Number::deserialize(deserializer)?;
    let whole = number.as_u64().or_else(|| {
        let number = number.as_f64().filter(|number| (0.0..LATEST_SECONDS).contains(number))?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it lies between 0 and the year 9999"
        )]
        Some(number as u64)
    });
    whole.ok_or_else(|| serde::de::Error::custom("no time"))
}

fn some_seconds<'d, D: Deserializer<'d>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    seconds(deserializer).map(Some)
}

/// The end of the year 9999.
const LATEST_SECONDS: f64 = 253_402_300_800.0;

/// What a client's tokens must say.
#[derive(Debug)]
pub(super) struct Expected<'c> {
    /// One of these, exactly.
    pub(super) audiences: &'c [String],
    /// One of these, where there are any.
    pub(super) tenants: Option<&'c [String]>,
    /// The most seconds from `iat` to `exp`.
    pub(super) max_life_seconds: u64,
    /// By how many seconds clocks may differ.
    pub(super) leeway_seconds: u64,
}

impl Claims {
    /// Whether they may be, at the time `now`, in seconds since 1970; in the order of CDS Hooks' best practices.
    pub(super) fn check(&self, expected: &Expected<'_>, now: u64) -> Result<(), TokenFault> {
        let leeway = expected.leeway_seconds;
        if !expected.audiences.iter().any(|audience| self.aud.names(audience)) {
            return Err(TokenFault::Audience);
        }
        if now >= self.exp.saturating_add(leeway) {
            return Err(TokenFault::Expired);
        }
        let begins = self.nbf.map_or(self.iat, |nbf| nbf.max(self.iat));
        if begins > now.saturating_add(leeway) {
            return Err(TokenFault::Early);
        }
        if self.exp <= self.iat || self.exp - self.iat > expected.max_life_seconds {
            return Err(TokenFault::Life);
        }
        let known_tenant = |tenants: &[String]| self.tenant.as_ref().is_some_and(|tenant| tenants.contains(tenant));
        if !expected.tenants.is_none_or(known_tenant) {
            return Err(TokenFault::Tenant);
        }
        if self.jti.is_empty() { Err(TokenFault::Malformed) } else { Ok(()) }
    }

    /// Until when a replay would be taken for good.
    pub(super) fn until(&self, leeway_seconds: u64) -> u64 {
        self.exp.saturating_add(leeway_seconds)
    }
}

/// How a token says that it is signed, where a client's tokens may be signed so.
///
/// What a header says of keys is not followed: keys come from the configuration.
pub(super) fn signature(header: &Header, algorithms: &[Signature], jku: Option<&str>) -> Result<Signature, TokenFault> {
    let is_jwt = header.typ.as_deref().is_none_or(|kind| kind.eq_ignore_ascii_case("JWT"));
    if !is_jwt || header.crit.is_some() {
        return Err(TokenFault::Malformed);
    }
    if header.jku.is_some() && header.jku.as_deref() != jku {
        return Err(TokenFault::KeySet);
    }
    let signature = Signature::of(header.alg).ok_or(TokenFault::Algorithm)?;
    if algorithms.contains(&signature) { Ok(signature) } else { Err(TokenFault::Algorithm) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jsonwebtoken::Algorithm;
    use serde_json::{Value, json};

    const NOW: u64 = 1_800_000_000;
    const URL: &str = "https://cds.example/cds-services";

    fn claims() -> Value {
        json!({ "iss": "https://ehr.example", "aud": URL, "exp": NOW + 300, "iat": NOW, "jti": "1", "tenant": "a" })
    }

    fn check(claims: &Value) -> Result<(), TokenFault> {
        let claims: Claims = serde_json::from_value(claims.clone()).map_err(|_| TokenFault::Malformed)?;
        let (audiences, tenants) = ([URL.to_owned()], ["a".to_owned()]);
        let expected =
            Expected { audiences: &audiences, tenants: Some(&tenants), max_life_seconds: 300, leeway_seconds: 60 };
        claims.check(&expected, NOW)
    }

    fn with(name: &str, value: Value) -> Result<(), TokenFault> {
        let mut claims = claims();
        claims[name] = value;
        check(&claims)
    }

    #[test]
    fn good_claims_are_taken_with_one_audience_or_many_and_times_with_a_fraction() {
        assert_eq!(check(&claims()), Ok(()));
        assert_eq!(with("aud", json!(["https://other.example", URL])), Ok(()));
        assert_eq!(with("exp", json!(1_800_000_299.5)), Ok(()));
        assert_eq!(with("more", json!({ "of": "its own" })), Ok(()));
    }

    #[test]
    fn each_claim_that_is_missing_or_of_another_type_makes_a_token_malformed() {
        for name in ["iss", "aud", "exp", "iat", "jti"] {
            let mut claims = claims();
            claims.as_object_mut().unwrap().remove(name);
            assert_eq!(check(&claims), Err(TokenFault::Malformed), "{name}");
            assert_eq!(with(name, json!({})), Err(TokenFault::Malformed), "{name}");
        }
        for odd in [json!("1800000300"), json!(-1), json!(1e300), json!(null)] {
            assert_eq!(with("exp", odd.clone()), Err(TokenFault::Malformed), "{odd}");
        }
        assert_eq!(with("jti", json!("")), Err(TokenFault::Malformed));
    }

    #[test]
    fn an_audience_is_the_exact_address() {
        for other in
            ["https://cds.example/cds-services/", "https://cds.example", "HTTPS://cds.example/cds-services", ""]
        {
            assert_eq!(with("aud", json!(other)), Err(TokenFault::Audience), "{other}");
        }
        assert_eq!(with("aud", json!([])), Err(TokenFault::Audience));
    }

    #[test]
    fn times_are_held_to_the_second() {
        assert_eq!(with("exp", json!(NOW - 60)), Err(TokenFault::Expired));
        assert_eq!(with("iat", json!(NOW + 61)), Err(TokenFault::Early));
        assert_eq!(with("nbf", json!(NOW + 61)), Err(TokenFault::Early));
        assert_eq!(with("nbf", json!(NOW + 60)), Ok(()));
        assert_eq!(with("exp", json!(NOW + 301)), Err(TokenFault::Life));
        assert_eq!(with("exp", json!(u64::MAX)), Err(TokenFault::Life));
        let backwards = json!({ "iss": "i", "aud": URL, "exp": NOW - 10, "iat": NOW, "jti": "1", "tenant": "a" });
        assert_eq!(check(&backwards), Err(TokenFault::Life));
        let just_expired =
            json!({ "iss": "i", "aud": URL, "exp": NOW - 59, "iat": NOW - 300, "jti": "1", "tenant": "a" });
        assert_eq!(check(&just_expired), Ok(()));
    }

    #[test]
    fn a_tenant_is_one_of_the_clients() {
        assert_eq!(with("tenant", json!("b")), Err(TokenFault::Tenant));
        let mut none = claims();
        none.as_object_mut().unwrap().remove("tenant");
        assert_eq!(check(&none), Err(TokenFault::Tenant));
    }

    #[test]
    fn a_header_chooses_neither_the_algorithm_nor_the_keys() {
        let both = [Signature::Es384, Signature::Rs384];
        let ours = Some("https://ehr.example/jwks.json");
        let mut header = Header::new(Algorithm::ES384);
        assert_eq!(signature(&header, &both, None), Ok(Signature::Es384));
        header.jku = ours.map(str::to_owned);
        assert_eq!(signature(&header, &both, ours), Ok(Signature::Es384));
        assert_eq!(signature(&header, &both, None), Err(TokenFault::KeySet));
        header.jku = Some("https://evil.example/jwks.json".to_owned());
        assert_eq!(signature(&header, &both, ours), Err(TokenFault::KeySet));
        for other in [Algorithm::HS256, Algorithm::HS384, Algorithm::ES256, Algorithm::RS256] {
            assert_eq!(signature(&Header::new(other), &both, None), Err(TokenFault::Algorithm), "{other:?}");
        }
        let mut critical = Header::new(Algorithm::ES384);
        critical.crit = Some(vec!["b64".to_owned()]);
        assert_eq!(signature(&critical, &both, None), Err(TokenFault::Malformed));
        let mut other = Header::new(Algorithm::ES384);
        other.typ = Some("at+jwt".to_owned());
        assert_eq!(signature(&other, &both, None), Err(TokenFault::Malformed));
    }
}

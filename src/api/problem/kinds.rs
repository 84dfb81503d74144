//! The kinds of failure: each with a status, a slug of its own and the page that explains it.

/// What kind of failure it is: something that a caller can tell apart and act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProblemType {
    MalformedJson,
    InvalidUtf8,
    TooDeep,
    IncompleteBody,
    InvalidParameter,
    InvalidHeader,
    ConflictingPin,
    Unauthenticated,
    NotFound,
    UnknownRulesetVersion,
    NotInRuleset,
    MethodNotAllowed,
    NotAcceptable,
    RequestTimeout,
    RulesetChanged,
    BodyTooLarge,
    UnsupportedMediaType,
    InvalidRequest,
    Internal,
    Stopping,
}

/// What is said about a type of problem.
pub(crate) struct Entry {
    pub(crate) status: u16,
    pub(crate) slug: &'static str,
    pub(crate) title: &'static str,
    pub(crate) help: &'static str,
}

const fn entry(status: u16, slug: &'static str, title: &'static str, help: &'static str) -> Entry {
    Entry { status, slug, title, help }
}

impl ProblemType {
    /// Every type, by status.
    pub(crate) const ALL: [Self; 20] = [
        Self::MalformedJson,
        Self::InvalidUtf8,
        Self::TooDeep,
        Self::IncompleteBody,
        Self::InvalidParameter,
        Self::InvalidHeader,
        Self::ConflictingPin,
        Self::Unauthenticated,
        Self::NotFound,
        Self::UnknownRulesetVersion,
        Self::NotInRuleset,
        Self::MethodNotAllowed,
        Self::NotAcceptable,
        Self::RequestTimeout,
        Self::RulesetChanged,
        Self::BodyTooLarge,
        Self::UnsupportedMediaType,
        Self::InvalidRequest,
        Self::Internal,
        Self::Stopping,
    ];

    /// What is said about it.
    #[expect(clippy::too_many_lines, reason = "a table")]
    pub(crate) const fn entry(self) -> Entry {
        match self {
            Self::MalformedJson => entry(
                400,
                "malformed-json",
                "The body is not JSON",
                "The detail names the line and column at which reading stopped. Send one JSON value and nothing after it.",
            ),
            Self::InvalidUtf8 => entry(
                400,
                "invalid-utf-8",
                "The body is not UTF-8",
                "JSON is sent as UTF-8 (RFC 8259, section 8.1). The detail names the first byte that is not.",
            ),
            Self::TooDeep => entry(
                400,
                "too-deep",
                "The body is nested too deeply",
                "No request needs more than 127 levels of arrays and objects; a screening needs four.",
            ),
            Self::IncompleteBody => entry(
                400,
                "incomplete-body",
                "The body did not arrive whole",
                "The connection ended, or the body was framed or encoded in a way that could not be read. Send it again.",
            ),
            Self::InvalidParameter => entry(
                400,
                "invalid-parameter",
                "A query parameter cannot be used",
                "`errors` lists each parameter that is unknown, given twice or of a value that it cannot take.",
            ),
            Self::InvalidHeader => entry(
                400,
                "invalid-header",
                "A request header cannot be used",
                "`errors` names the header. Entity tags stand in double quotes: If-Match: \"sha256:...\".",
            ),
            Self::ConflictingPin => entry(
                400,
                "conflicting-pin",
                "Two ruleset versions were asked for",
                "The query parameter `ruleset` and the header `Ruleset-Version` name different versions. Send one of them.",
            ),
            Self::Unauthenticated => entry(
                401,
                "unauthenticated",
                "A key is needed",
                "Send one of the service's keys: Authorization: Bearer KEY. A CDS Hooks client sends a token that it signed.",
            ),
            Self::NotFound => {
                entry(404, "not-found", "There is nothing at this address", "/openapi.json lists every address.")
            }
            Self::UnknownRulesetVersion => entry(
                404,
                "unknown-ruleset-version",
                "This ruleset version is not loaded",
                "GET /v1/rulesets lists the versions in service; `latest` is the newest of them.",
            ),
            Self::NotInRuleset => entry(
                404,
                "not-in-ruleset",
                "The ruleset has nothing of this id",
                "The list without the id shows what there is. Ids of another version may differ.",
            ),
            Self::MethodNotAllowed => entry(
                405,
                "method-not-allowed",
                "The address does not take this method",
                "The header `Allow` lists the methods that it takes.",
            ),
            Self::NotAcceptable => entry(
                406,
                "not-acceptable",
                "Only JSON can be had",
                "The header `Accept` excludes application/json. Leave it out, or let it include JSON.",
            ),
            Self::RequestTimeout => entry(
                408,
                "request-timeout",
                "The body took too long to arrive",
                "The connection is closed. Send the request again, faster.",
            ),
            Self::RulesetChanged => entry(
                412,
                "ruleset-changed",
                "The ruleset is not the one that was expected",
                "`If-Match` names another digest than the ruleset in service has. Look at what changed, then expect the new one.",
            ),
            Self::BodyTooLarge => entry(
                413,
                "body-too-large",
                "The body is too large",
                "The detail names the limit. A screening of an ordinary client takes about a kilobyte.",
            ),
            Self::UnsupportedMediaType => entry(
                415,
                "unsupported-media-type",
                "The body must be JSON",
                "Send Content-Type: application/json, in UTF-8 and without a content encoding.",
            ),
            Self::InvalidRequest => entry(
                422,
                "invalid-request",
                "The request has faults",
                "`errors` lists all of them: where (a JSON Pointer, RFC 6901), what, and what may have been meant.",
            ),
            Self::Internal => entry(
                500,
                "internal",
                "The service failed",
                "The fault is ours. Treat the booking as held; the request id in `X-Request-Id` finds the log line.",
            ),
            Self::Stopping => entry(
                503,
                "stopping",
                "The service is stopping",
                "It finishes what it has accepted. Send new requests to another replica, or try again in a moment.",
            ),
        }
    }

    pub(super) fn of_status(status: u16) -> Self {
        Self::ALL.into_iter().find(|kind| kind.entry().status == status).unwrap_or(match status {
            404 => Self::NotFound,
            400..500 => Self::IncompleteBody,
            _ => Self::Internal,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_has_a_slug_of_its_own_and_a_failing_status() {
        let mut slugs: Vec<&str> = ProblemType::ALL.iter().map(|kind| kind.entry().slug).collect();
        slugs.sort_unstable();
        slugs.dedup();
        assert_eq!(slugs.len(), ProblemType::ALL.len());
        assert!(ProblemType::ALL.iter().all(|kind| (400..600).contains(&kind.entry().status)));
    }
}

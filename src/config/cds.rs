//! Settings of CDS Hooks: which version is spoken, and to which sites' browsers.

use std::str::FromStr;

use url::Url;

/// Which version of CDS Hooks the service speaks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum CdsHooksVersion {
    /// 2.0.1.
    #[default]
    V2_0,
    /// 3.0.0-ballot: says its version, and every failure is an `OperationOutcome`.
    V3_0,
}

/// The origin of a site: scheme, host and port, as browsers write it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin(String);

/// A text that is no origin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no origin; write scheme, host and perhaps port: https://ehr.example.org")]
pub struct OriginError(String);

impl Origin {
    /// The origin as browsers send it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Origin {
    type Err = OriginError;
    fn from_str(text: &str) -> Result<Self, OriginError> {
        let refused = || OriginError(text.to_owned());
        let url = Url::parse(text).map_err(|_| refused())?;
        let bare = text.trim_end_matches('/').eq_ignore_ascii_case(&url.origin().ascii_serialization());
        if matches!(url.scheme(), "https" | "http") && bare {
            Ok(Self(url.origin().ascii_serialization()))
        } else {
            Err(refused())
        }
    }
}

/// Checks an address at which callers reach the service: links of cards begin with it.
///
/// # Errors
/// A sentence about what is wrong with it.
pub fn public_url(text: &str) -> Result<String, String> {
    let url = Url::parse(text).map_err(|_| "is no absolute address".to_owned())?;
    let plain =
        url.query().is_none() && url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
    if matches!(url.scheme(), "https" | "http") && url.has_host() && plain {
        Ok(text.trim_end_matches('/').to_owned())
    } else {
        Err("must be http or https, without user, query and fragment".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_scheme_host_and_port_and_nothing_else() {
        for good in
            ["https://ehr.example.org", "http://localhost:8080", "https://ehr.example.org/", "HTTPS://EHR.example.org"]
        {
            assert!(good.parse::<Origin>().is_ok(), "{good}");
        }
        assert_eq!("https://ehr.example.org:443".parse::<Origin>().map(|it| it.0).ok(), None);
        for bad in [
            "*",
            "null",
            "ehr.example.org",
            "https://ehr.example.org/app",
            "https://u@ehr.example.org",
            "file:///x",
            "",
        ] {
            assert!(bad.parse::<Origin>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_public_address_is_absolute_and_plain() {
        assert_eq!(public_url("https://cds.example.org/massage/").unwrap(), "https://cds.example.org/massage");
        for bad in [
            "cds.example.org",
            "ftp://cds.example.org",
            "https://cds.example.org/?a=b",
            "javascript:alert(1)",
            "https://u:p@h",
        ] {
            assert!(public_url(bad).is_err(), "{bad}");
        }
    }
}

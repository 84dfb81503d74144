//! In which language an answer is written: `Accept-Language` in, `Content-Language` out.

use std::convert::Infallible;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::{FromRequest, HttpRequest};
use utoipa::IntoParams;

use crate::model::Language;
use crate::ruleset::Ruleset;

/// The language of the answer, as it is documented.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "documents what `Accepted` reads from the request itself")]
pub(crate) struct LanguageHeader {
    /// The languages in which the prose of the answer is welcome, with their weights (RFC 9110, section 12.5.4): `en`, `ru`, or a
    /// region's kind of them. English where none of these is asked for, or the ruleset does not speak it; `Content-Language`
    /// says which it is. Ids, codes and field names are the same in all.
    #[param(rename = "Accept-Language", required = false, example = "ru, en;q=0.5")]
    accept_language: String,
}

/// The languages that the caller accepts, each with its weight in thousandths, in the order of the header.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Accepted(Vec<(Range, u16)>);

/// What one part of the header is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Range {
    /// A language that answers are written in, of any region.
    Of(Language),
    /// Every language that is not named.
    Any,
}

impl FromRequest for Accepted {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let lines = request.headers().get_all(header::ACCEPT_LANGUAGE).filter_map(|line| line.to_str().ok());
        ready(Ok(Self::read(lines)))
    }
}

impl Accepted {
    /// Reads the header's lines. A part that cannot be read asks for nothing, and so does a language that there is not.
    fn read<'l>(lines: impl Iterator<Item = &'l str>) -> Self {
        Self(lines.flat_map(|line| line.split(',')).filter_map(part).collect())
    }

    /// The language in which this ruleset is to answer: the one of the greatest weight, of several the one named first, and
    /// English where none is accepted.
    pub(crate) fn choose(&self, ruleset: &Ruleset) -> Language {
        let mut best = (Language::default(), 0);
        for language in self.order(ruleset) {
            let weight = self.weight(language);
            if weight > best.1 {
                best = (language, weight);
            }
        }
        best.0
    }

    /// The ruleset's languages: those that are named, in the order of the header, then the others.
    fn order(&self, ruleset: &Ruleset) -> Vec<Language> {
        let known: Vec<Language> = ruleset.languages().collect();
        let named = self.0.iter().filter_map(|(range, _)| match range {
            Range::Of(language) => known.contains(language).then_some(*language),
            Range::Any => None,
        });
        named.chain(known.iter().copied()).collect()
    }

    fn weight(&self, language: Language) -> u16 {
        let of =
            |wanted: Range| self.0.iter().filter(move |(range, _)| *range == wanted).map(|(_, weight)| *weight).max();
        of(Range::Of(language)).or_else(|| of(Range::Any)).unwrap_or_default()
    }
}

/// One part of the header: a range and, after a semicolon, its weight.
fn part(part: &str) -> Option<(Range, u16)> {
    let (range, weight) = match part.split_once(';') {
        Some((range, parameter)) => {
            let (name, value) = parameter.split_once('=')?;
            (range, name.trim().eq_ignore_ascii_case("q").then(|| thousandths(value.trim()))??)
        }
        None => (part, 1000),
    };
    match range.trim() {
        "*" => Some((Range::Any, weight)),
        tag => Language::of_tag(tag).map(|language| (Range::Of(language), weight)),
    }
}

/// A weight: 0 to 1, with three decimals at most (RFC 9110, section 12.4.2).
fn thousandths(text: &str) -> Option<u16> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    if !matches!(whole, "0" | "1") || decimals.len() > 3 || !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let weight: u16 = format!("{whole}{decimals:0<3}").parse().ok()?;
    (weight <= 1000).then_some(weight)
}

/// Says in which language the answer is, and that another may be had.
pub(crate) fn name_language(headers: &mut HeaderMap, language: Language) {
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.as_str()));
    headers.append(header::VARY, HeaderValue::from_static("Accept-Language"));
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use crate::ruleset::Rulesets;

    use super::*;

    static RULESETS: LazyLock<Rulesets> = LazyLock::new(|| Rulesets::embedded().unwrap());

    fn chosen(version: &str, header: &str) -> Language {
        Accepted::read([header].into_iter()).choose(RULESETS.find(version).unwrap())
    }

    #[test]
    fn the_weightiest_language_that_the_ruleset_speaks_is_chosen() {
        for (header, language) in [
            ("ru", Language::Ru),
            ("RU-ru", Language::Ru),
            ("de, ru;q=0.2", Language::Ru),
            ("en;q=0.3, ru;q=0.301", Language::Ru),
            ("ru;q=0.5, en;q=0.5", Language::Ru),
            ("*, en;q=0", Language::Ru),
            ("ru-*", Language::Ru),
            ("en;q=0, *;q=0.1", Language::Ru),
            ("", Language::En),
            ("*", Language::En),
            ("en-*", Language::En),
            ("en-GB, ru;q=0.9", Language::En),
            ("ru;q=0", Language::En),
            ("ru;q=0, *", Language::En),
            ("de, fr;q=0.8", Language::En),
            ("en;q=0", Language::En),
        ] {
            assert_eq!(chosen("latest", header), language, "{header}");
        }
    }

    #[test]
    fn a_ruleset_that_does_not_speak_the_language_answers_in_english() {
        assert_eq!(chosen("1.0.0", "ru"), Language::En);
    }

    #[test]
    fn what_cannot_be_read_asks_for_nothing() {
        for bad in ["ru;q=2", "ru;q=1.001", "ru;q=0.1234", "ru;q=x", "ru;q", "ru;level=1", ",,;", "ru;q=.5", "ru;q=-1"]
        {
            assert_eq!(Accepted::read([bad].into_iter()), Accepted::default(), "{bad}");
        }
        assert_eq!(chosen("latest", "ru ; q=0.5 ,, en;q=0.1"), Language::Ru);
    }
}

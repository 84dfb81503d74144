//! Query parameters and pages: what is unknown, given twice or out of range is refused, all of it at once.

use std::borrow::Cow;
use std::fmt;
use std::future::{Ready, ready};
use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::web::Query;
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::openapi::path::ParameterIn;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use crate::ruleset::Ruleset;

use super::problem::{FaultResponse, Problem, ProblemType};
use super::schema::like;

/// The query parameters of one operation: those that its documentation lists, and no others.
#[derive(Debug)]
pub(crate) struct Parameters<T>(T);

impl<T> Deref for Parameters<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: IntoParams + DeserializeOwned> FromRequest for Parameters<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(read(request.query_string()).map(Self))
    }
}

/// Reads a query string.
///
/// # Errors
/// A 400 that lists every parameter that cannot be used.
pub(crate) fn read<T: IntoParams + DeserializeOwned>(query: &str) -> Result<T, Problem> {
    let mut known: Option<Vec<String>> = None;
    let mut seen: Vec<String> = Vec::new();
    let mut faults = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let Ok(decoded) = Query::<Vec<(String, String)>>::from_query(pair) else { continue };
        let Some((name, _)) = decoded.into_inner().into_iter().next() else { continue };
        let known = known.get_or_insert_with(|| names::<T>());
        if !known.contains(&name) {
            let listed = if known.is_empty() { "none".to_owned() } else { format!("`{}`", known.join("`, `")) };
            let guesses = like(&name, known.iter().map(String::as_str));
            let detail = format!("is not known here; known: {listed}");
            faults.push(FaultResponse::of_parameter(&name, "unknown-parameter", detail).guessing(guesses));
        } else if seen.contains(&name) {
            faults.push(FaultResponse::of_parameter(&name, "duplicate-parameter", "is given more than once"));
        } else if Query::<T>::from_query(pair).is_err() {
            faults.push(FaultResponse::of_parameter(&name, "unusable-value", "has a value that it cannot take"));
        }
        seen.push(name);
    }
    if !faults.is_empty() {
        return Err(refused(faults));
    }
    Query::<T>::from_query(query).map(Query::into_inner).map_err(|_| refused(Vec::new()))
}

fn names<T: IntoParams>() -> Vec<String> {
    T::into_params(|| Some(ParameterIn::Query)).into_iter().map(|parameter| parameter.name).collect()
}

fn refused(faults: Vec<FaultResponse>) -> Problem {
    Problem::new(ProblemType::InvalidParameter, "A query parameter cannot be used.").with_errors(faults)
}

/// The problem of a parameter that is well formed and names nothing.
pub(crate) fn meaningless(fault: FaultResponse) -> Problem {
    Problem::new(ProblemType::InvalidRequest, "The request has one fault.").with_errors(vec![fault])
}

/// No query parameters.
#[derive(Debug, Deserialize, IntoParams)]
pub(crate) struct NoQuery {}

/// The form of a cursor.
pub(crate) const CURSOR: &str = "^[0-9a-f]{16}$";

/// Which page of a list.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// The most items of a page; 50 when not given.
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200, example = 50)]
    pub(crate) limit: Option<Limit>,
    /// Where the page begins: `nextCursor` of the page before.
    #[param(value_type = Option<String>, pattern = "^[0-9a-f]{16}$")]
    pub(crate) cursor: Option<Cursor>,
}

/// The most items of a page.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "u16")]
pub(crate) struct Limit(u16);

impl Default for Limit {
    fn default() -> Self {
        Self(50)
    }
}

impl TryFrom<u16> for Limit {
    type Error = &'static str;
    fn try_from(number: u16) -> Result<Self, Self::Error> {
        if matches!(number, 1..=200) { Ok(Self(number)) } else { Err("from 1 to 200") }
    }
}

/// Where a page begins, in one ruleset: eight digits of the place, eight of the digest.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Cursor {
    offset: u32,
    ruleset: String,
}

impl TryFrom<String> for Cursor {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let digits = |part: &str| part.len() == 8 && part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let (offset, ruleset) = text.split_at_checked(8).ok_or("no cursor")?;
        if !digits(offset) || !digits(ruleset) {
            return Err("no cursor");
        }
        let offset = u32::from_str_radix(offset, 16).map_err(|_| "no cursor")?;
        Ok(Self { offset, ruleset: ruleset.to_owned() })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:08x}{}", self.offset, self.ruleset)
    }
}

/// One page of a list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Page<T> {
    /// The items of this page.
    pub(crate) items: Vec<T>,
    /// Where the next page begins; not given on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_cursor: Option<String>,
    /// How many items the whole list has.
    pub(crate) total: usize,
}

impl<T: ToSchema> PartialSchema for Page<T> {
    fn schema() -> RefOr<Schema> {
        let text = || ObjectBuilder::new().schema_type(SchemaType::Type(Type::String));
        let number = || ObjectBuilder::new().schema_type(SchemaType::Type(Type::Integer));
        let items =
            ArrayBuilder::new().items(Ref::from_schema_name(T::name())).description(Some("The items of this page."));
        let cursor =
            text().pattern(Some(CURSOR)).description(Some("Where the next page begins; not given on the last page."));
        let total = number().minimum(Some(0)).description(Some("How many items the whole list has."));
        let page = ObjectBuilder::new()
            .description(Some("One page of a list."))
            .property("items", items)
            .property("nextCursor", cursor)
            .property("total", total)
            .required("items")
            .required("total");
        page.into()
    }
}

impl<T: ToSchema> ToSchema for Page<T> {
    fn name() -> Cow<'static, str> {
        let item = T::name();
        let bare = item.strip_suffix("Response").or_else(|| item.strip_suffix("Document")).unwrap_or(&item);
        format!("{bare}PageResponse").into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(schemas);
    }
}

impl PageQuery {
    /// The page of these items that was asked for, each as `show` shows it.
    ///
    /// # Errors
    /// A 422 for a cursor that another ruleset has given.
    pub(crate) fn page<I, T>(
        &self,
        ruleset: &Ruleset,
        items: Vec<I>,
        show: impl Fn(I) -> T,
    ) -> Result<Page<T>, Problem> {
        page(ruleset, self.limit, self.cursor.as_ref(), items, show)
    }
}

/// As [`PageQuery::page`], for parameters that stand among others.
pub(crate) fn page<I, T>(
    ruleset: &Ruleset,
    limit: Option<Limit>,
    cursor: Option<&Cursor>,
    items: Vec<I>,
    show: impl Fn(I) -> T,
) -> Result<Page<T>, Problem> {
    let mark: String = ruleset.digest().chars().skip("sha256:".len()).take(8).collect();
    if cursor.is_some_and(|cursor| cursor.ruleset != mark) {
        let fault =
            FaultResponse::of_parameter("cursor", "stale-cursor", "comes from another ruleset; begin again without it");
        return Err(meaningless(fault));
    }
    let offset = cursor.map_or(0, |cursor| cursor.offset);
    let limit = u32::from(limit.unwrap_or_default().0);
    let total = items.len();
    let next = offset.saturating_add(limit);
    let more = usize::try_from(next).is_ok_and(|next| next < total);
    let shown =
        items.into_iter().skip(usize::try_from(offset).unwrap_or(usize::MAX)).take(limit as usize).map(show).collect();
    Ok(Page { items: shown, next_cursor: more.then(|| Cursor { offset: next, ruleset: mark }.to_string()), total })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_of_a_query_is_told_at_once() {
        let problem = read::<PageQuery>("limit=0&cursor=x&limt=3&limit=4").unwrap_err();
        let document: serde_json::Value = serde_json::to_value(problem.response()).unwrap();
        let codes: Vec<&str> =
            document["errors"].as_array().unwrap().iter().map(|fault| fault["code"].as_str().unwrap()).collect();
        assert_eq!(codes, ["unusable-value", "unusable-value", "unknown-parameter", "duplicate-parameter"]);
        assert_eq!(document["errors"][2]["didYouMean"][0], "limit");
    }

    #[test]
    fn a_cursor_reads_as_it_is_written() {
        let cursor = Cursor { offset: 50, ruleset: "0123abcd".to_owned() };
        assert_eq!(Cursor::try_from(cursor.to_string()), Ok(cursor));
        for bad in ["", "zz", "000000320123abcdef", "0000003z0123abcd", "+00000320123abcd"] {
            assert!(Cursor::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }
}

//! Yes, no, or nobody knows.

/// An answer to one part of a rule; `None` is unknown.
pub(crate) type Truth = Option<bool>;

/// As true as its least true part.
pub(crate) fn all(parts: &[Truth]) -> Truth {
    if parts.contains(&Some(false)) {
        Some(false)
    } else if parts.contains(&None) {
        None
    } else {
        Some(true)
    }
}

/// As true as its truest part.
pub(crate) fn any(parts: &[Truth]) -> Truth {
    if parts.contains(&Some(true)) {
        Some(true)
    } else if parts.contains(&None) {
        None
    } else {
        Some(false)
    }
}

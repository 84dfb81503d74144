//! Sets of categories of conditions.

/// A set of categories of conditions, one bit a category.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct CategorySet(u64);

impl CategorySet {
    /// How many categories a ruleset can have.
    pub const MOST: usize = 64;
    /// Every category.
    pub const ALL: Self = Self(u64::MAX);

    /// The set of one category by its number in the ruleset, below [`CategorySet::MOST`].
    pub(super) fn single(number: usize) -> Self {
        Self(1 << number)
    }

    /// The categories of either set.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The categories of this set that are not in the other.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether every category of this set is in the other.
    #[must_use]
    pub fn within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// Whether it holds no category.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

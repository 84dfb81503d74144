//! Sets of body regions.

/// A set of body regions, one bit a region; a region's set holds itself and everything that belongs to it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct RegionSet(u128);

impl RegionSet {
    /// How many regions a ruleset can have.
    pub const MOST: usize = 128;

    /// The set of one region by its number in the ruleset, below [`RegionSet::MOST`].
    pub(super) fn single(number: usize) -> Self {
        Self(1 << number)
    }

    /// The regions of either set.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether every region of this set is in the other.
    #[must_use]
    pub fn within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// Whether the two have a region in common.
    #[must_use]
    pub fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

//! How well an item is supported, from a claim in a document to a signature.

use std::fmt;

use serde::{Serialize, Serializer};

/// How much evidence there is, in ascending order; `Refuted` is below `Nothing`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grade {
    /// A file shows the opposite.
    Refuted,
    /// Nothing was found.
    Nothing,
    /// A document claims it, but nothing shows it.
    Said,
    /// A setting, a script or a resource does it.
    SetUp,
    /// What is set up is in use: something deploys or schedules it.
    Wired,
    /// A dated result shows that it worked.
    Exercised,
    /// A person has signed it.
    Signed,
}

impl Grade {
    /// All grades, in ascending order.
    pub const ALL: [Self; 7] = [
        Self::Refuted,
        Self::Nothing,
        Self::Said,
        Self::SetUp,
        Self::Wired,
        Self::Exercised,
        Self::Signed,
    ];

    /// Returns the word for it in standards and in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Refuted => "refuted",
            Self::Nothing => "nothing",
            Self::Said => "said",
            Self::SetUp => "set up",
            Self::Wired => "wired",
            Self::Exercised => "exercised",
            Self::Signed => "signed",
        }
    }

    /// Returns the grade that `word` names, if any.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grade| grade.as_str() == word)
    }
}

impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Grade {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grades_are_ordered_and_have_words() {
        assert!(Grade::ALL.is_sorted());
        for grade in Grade::ALL {
            assert_eq!(Grade::from_word(grade.as_str()), Some(grade));
        }
        assert_eq!(Grade::from_word("done"), None);
    }
}

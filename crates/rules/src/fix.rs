//! What a fix is.

use deferlint_semantics::Name;
use deferlint_text::TextEdit;
use serde::{Deserialize, Serialize};

/// A rewrite offered for a finding, or as a refactoring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as it reads in an editor's menu.
    pub title: String,
    /// Whether the program does the same afterwards.
    pub safety: Safety,
    /// The rewrite, in bytes from the declaration's start.
    pub edit: TextEdit,
    /// The packages that the new text needs imported.
    pub imports: Vec<ImportRequest>,
}

impl Fix {
    /// A fix after which the program behaves the same.
    pub fn safe(title: impl Into<String>, edit: TextEdit) -> Self {
        Self {
            title: title.into(),
            safety: Safety::Safe,
            edit,
            imports: Vec::new(),
        }
    }

    /// A fix that changes what the program does.
    pub fn unsafe_(title: impl Into<String>, edit: TextEdit) -> Self {
        Self {
            title: title.into(),
            safety: Safety::Unsafe,
            edit,
            imports: Vec::new(),
        }
    }

    /// Asks for imports that the new text needs.
    pub fn importing(mut self, imports: impl IntoIterator<Item = ImportRequest>) -> Self {
        self.imports.extend(imports);
        self
    }
}

/// What applying a fix means for the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Safety {
    /// The program behaves the same by construction.
    Safe,
    /// The program does something else, on purpose: that is the repair.
    Unsafe,
}

impl Safety {
    /// The name in output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Unsafe => "unsafe",
        }
    }
}

/// A package that a fix needs in the file's import declarations. A file that imports it already has no need of one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ImportRequest {
    /// The import path.
    pub path: Name,
}

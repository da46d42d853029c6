//! Packages, settings, facts on demand, and the session that owns open documents.
//!
//! The invariant of this crate: it is the only floor that reads the file system below the command line, and what it
//! can't read makes rules quieter, never wrong.

mod analyze;
mod build_constraints;
mod check;
mod diagnostic;
mod directory;
mod discover;
mod disk_cache;
mod environment;
mod facts_archive;
mod file;
mod file_text;
mod findings_cache;
mod fix;
mod helpers;
mod import_scope;
mod imports;
mod largest_first;
mod materialize;
mod module;
mod outline_record;
mod outlined_file;
mod packages;
mod packed_facts;
mod regular_file;
mod session;
mod settings;
mod standard_library;
mod suppression;

pub use build_constraints::BuildTarget;
pub use check::Checker;
pub use diagnostic::{Diagnostic, FileFix, FileReport, RelatedPlace, Report};
pub use directory::{DirectoryFacts, MAX_FILE_LENGTH, read_text};
pub use discover::{
    ArgumentError, Discovery, DiscoveryOptions, PathError, discover, is_go_file, is_test_file,
};
pub use disk_cache::DiskCache;
pub use environment::{GoEnvironment, WorkspaceFile};
pub use facts_archive::{DamagedArchive, FactsArchive, encode_archive};
pub use fix::{FixOptions, Fixed, FixedFile, MAX_ROUNDS, applicable, fix, fix_round};
pub use packages::{PackageIndex, VisiblePackages};
pub use packed_facts::PackedFacts;
pub use session::{Analysis, Changes, DocumentId, EditError, Job, Outcome, PARSE_BUDGET, Session};
pub use settings::{
    SETTINGS_FILE, Selector, Settings, SettingsLayer, SettingsProblem, SettingsSources, UnknownSelector,
    nearest_name, parse_settings,
};
pub use standard_library::StandardLibrary;

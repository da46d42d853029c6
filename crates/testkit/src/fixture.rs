//! A Go module in a temporary directory whose files are open in a session.

use std::path::PathBuf;
use std::sync::Arc;

use deferlint_rules::Rule;
use deferlint_text::ByteRange;
use deferlint_workspace::{Diagnostic, DocumentId, FileFix, Selector, Session, Settings};
use tempfile::TempDir;

use crate::page::{Block, MODULE_PATH};

/// The files of a block, open in a session that runs chosen rules.
pub struct Fixture {
    /// The session.
    pub session: Session,
    /// The files' names in the module, with the documents that they are.
    pub files: Vec<(String, DocumentId)>,
    directory: TempDir,
}

impl Fixture {
    /// Opens the files of a block, each changed by `rewrite` first.
    ///
    /// # Panics
    /// When a temporary directory can't be written: the test can't go on.
    pub fn open(block: &Block, settings: Settings, rewrite: impl Fn(&str) -> String) -> Self {
        let texts = block
            .files
            .iter()
            .map(|file| (file.name.clone(), rewrite(&file.text)));
        Self::new(&block.go_version, texts, settings)
    }

    /// Opens files, by their names in the module.
    ///
    /// # Panics
    /// When a temporary directory can't be written: the test can't go on.
    pub fn new(
        go_version: &str,
        texts: impl IntoIterator<Item = (String, String)>,
        settings: Settings,
    ) -> Self {
        let directory = TempDir::new().expect("a temporary directory");
        let module = format!("module {MODULE_PATH}\n\ngo {go_version}\n");
        std::fs::write(directory.path().join("go.mod"), module).expect("the module file is written");
        let mut fixture = Self {
            session: Session::new(settings),
            files: Vec::new(),
            directory,
        };
        for (name, text) in texts {
            let id: DocumentId = Arc::from(name.as_str());
            let path = fixture.path(&name);
            std::fs::create_dir_all(path.parent().expect("a file lies in a directory")).expect("a directory");
            std::fs::write(&path, &text).expect("the file is written");
            let changes = fixture
                .session
                .open(Arc::clone(&id), Some(path), 1, &text)
                .expect("a small file");
            assert!(changes.reports.is_empty(), "{:?}", changes.reports);
            fixture.session.settle(changes);
            fixture.files.push((name, id));
        }
        fixture
    }

    /// Where a file of the module lies.
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// The text of a file.
    ///
    /// # Panics
    /// When there is no such file.
    pub fn text(&self, id: &DocumentId) -> String {
        self.session.text(id).expect("an open file").0.to_string()
    }

    /// The findings of a file.
    ///
    /// # Panics
    /// When there is no such file.
    pub fn diagnostics(&self, id: &DocumentId) -> &[Diagnostic] {
        &self.session.analysis(id).expect("an open file").diagnostics
    }

    /// The first fix or refactoring of that title, and the file that it changes.
    pub fn fix(&self, title: &str) -> Option<(DocumentId, FileFix)> {
        self.files.iter().find_map(|(_, id)| {
            let offered = self
                .diagnostics(id)
                .iter()
                .flat_map(|diagnostic| diagnostic.fixes.iter().cloned());
            let whole = ByteRange::new(0, self.session.text(id)?.0.len());
            let refactorings = self.session.refactorings(id, whole);
            let fix = offered.chain(refactorings).find(|fix| fix.title == title)?;
            Some((Arc::clone(id), fix))
        })
    }
}

/// Settings under which one rule runs alone.
pub fn only(rule: &'static Rule) -> Settings {
    Settings {
        select: Some(vec![Selector::Rule(rule.name)]),
        ..Settings::default()
    }
}

//! Where settings come from, and which count for a directory.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use dashmap::DashMap;

use super::file::{SETTINGS_FILE, SettingsProblem, read_file};
use super::{Settings, SettingsLayer};

/// The sources of settings, asked by many threads. Files are read once, until [`SettingsSources::forget_files`].
#[derive(Debug)]
pub struct SettingsSources {
    files: Files,
    /// What counts more than a file: the client's configuration, or the command line.
    above: SettingsLayer,
    /// The settings where no file counts.
    without_file: Arc<Settings>,
    /// The settings by directory: those of the nearest file in it or above it.
    known: DashMap<PathBuf, Arc<Settings>>,
    problems: Mutex<Vec<SettingsProblem>>,
}

/// Which settings file counts.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Files {
    /// None.
    None,
    /// The nearest one.
    Nearest,
    /// This one, for every directory.
    One(PathBuf),
}

impl SettingsSources {
    /// The nearest settings file, or the one at `file` for every directory, with `above` on top.
    pub fn new(file: Option<PathBuf>, above: SettingsLayer) -> Self {
        Self {
            files: file.map_or(Files::Nearest, Files::One),
            without_file: Arc::new(Settings::layered([&above])),
            above,
            known: DashMap::new(),
            problems: Mutex::default(),
        }
    }

    /// The settings for the Go files of a directory. `None` stands for a text that isn't a file.
    pub fn of(&self, directory: Option<&Path>) -> Arc<Settings> {
        match (&self.files, directory) {
            (Files::None, _) | (Files::Nearest, None) => Arc::clone(&self.without_file),
            (Files::One(_), _) => self.read_once(Path::new("")),
            (Files::Nearest, Some(directory)) => self.nearest(directory),
        }
    }

    /// Whether these sources say the same as others, when the files do.
    pub fn is_same(&self, other: &Self) -> bool {
        self.files == other.files && self.above == other.above && self.without_file == other.without_file
    }

    /// Reads the files again when they are needed next.
    pub fn forget_files(&self) {
        self.known.clear();
    }

    /// What couldn't be understood in the files that were read since the last call.
    pub fn take_problems(&self) -> Vec<SettingsProblem> {
        let mut problems = self.problems.lock().unwrap_or_else(PoisonError::into_inner);
        let mut problems = std::mem::take(&mut *problems);
        problems.sort_unstable();
        problems.dedup();
        problems
    }

    fn nearest(&self, directory: &Path) -> Arc<Settings> {
        if let Some(known) = self.known.get(directory) {
            return Arc::clone(&known);
        }
        // The directory of `a.go` is the working directory.
        let named = if directory == Path::new("") {
            Path::new(".")
        } else {
            directory
        };
        let Ok(absolute) = std::path::absolute(named) else {
            return Arc::clone(&self.without_file);
        };
        let settings = if absolute.join(SETTINGS_FILE).is_file() {
            self.read(&directory.join(SETTINGS_FILE))
        } else {
            match absolute.parent() {
                Some(parent) => self.nearest(parent),
                None => Arc::clone(&self.without_file),
            }
        };
        self.known.insert(directory.to_owned(), Arc::clone(&settings));
        settings
    }

    fn read_once(&self, key: &Path) -> Arc<Settings> {
        if let Some(known) = self.known.get(key) {
            return Arc::clone(&known);
        }
        let settings = match &self.files {
            Files::One(path) => self.read(path),
            Files::None | Files::Nearest => Arc::clone(&self.without_file),
        };
        self.known.insert(key.to_owned(), Arc::clone(&settings));
        settings
    }

    fn read(&self, path: &Path) -> Arc<Settings> {
        let (layer, problems) = read_file(path);
        let mut all = self.problems.lock().unwrap_or_else(PoisonError::into_inner);
        all.extend(problems);
        Arc::new(Settings::layered([&layer, &self.above]))
    }
}

impl From<Settings> for SettingsSources {
    /// These settings for every directory, whatever files say.
    fn from(settings: Settings) -> Self {
        Self {
            files: Files::None,
            above: SettingsLayer::default(),
            without_file: Arc::new(settings),
            known: DashMap::new(),
            problems: Mutex::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generated(sources: &SettingsSources, directory: &Path) -> bool {
        sources.of(Some(directory)).generated
    }

    #[test]
    fn the_nearest_file_counts() {
        let root = tempfile::tempdir().expect("a temporary directory");
        let (near, far) = (root.path().join("a/b/c"), root.path().join("d"));
        std::fs::create_dir_all(&near).expect("directories");
        std::fs::write(root.path().join("a").join(SETTINGS_FILE), "generated = true\n").expect("a file");
        std::fs::write(root.path().join(SETTINGS_FILE), "generated = 1\n").expect("a file");
        let sources = SettingsSources::new(None, SettingsLayer::default());
        assert!(generated(&sources, &near));
        assert!(!generated(&sources, &far), "of a directory that isn't there, too");
        let problems = sources.take_problems();
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert_eq!(sources.take_problems(), []);

        std::fs::write(root.path().join("a").join(SETTINGS_FILE), "").expect("a file");
        assert!(generated(&sources, &near));
        sources.forget_files();
        assert!(!generated(&sources, &near));
        assert!(!sources.of(None).generated);
    }

    #[test]
    fn one_file_for_all() {
        let root = tempfile::tempdir().expect("a temporary directory");
        std::fs::write(root.path().join(SETTINGS_FILE), "").expect("a file");
        std::fs::write(root.path().join("own.toml"), "generated = true\n").expect("a file");
        let own = Some(root.path().join("own.toml"));
        assert!(generated(
            &SettingsSources::new(own.clone(), SettingsLayer::default()),
            root.path()
        ));
        let above = SettingsLayer {
            generated: Some(false),
            ..SettingsLayer::default()
        };
        assert!(!generated(&SettingsSources::new(own, above), root.path()));
        let missing = SettingsSources::new(Some(root.path().join("none.toml")), SettingsLayer::default());
        assert!(!generated(&missing, root.path()));
        assert_eq!(missing.take_problems().len(), 1);
    }
}

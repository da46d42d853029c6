//! Where Go keeps things on this machine, as far as it can be told without running the go command.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use deferlint_semantics::Name;

use crate::build_constraints::BuildTarget;
use crate::regular_file::read_description;

/// What `go env` would say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoEnvironment {
    /// What is built: GOOS, GOARCH, `CGO_ENABLED` and the tags of GOFLAGS.
    pub target: BuildTarget,
    /// The toolchain's directory: GOROOT, or that of the `go` on the path.
    pub goroot: Option<PathBuf>,
    /// The directories of GOPATH.
    pub gopath: Vec<PathBuf>,
    /// The module cache: GOMODCACHE.
    pub module_cache: Option<PathBuf>,
    /// Which `go.work` counts: GOWORK.
    pub workspace: WorkspaceFile,
}

/// Which `go.work` counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum WorkspaceFile {
    /// The nearest one in a directory or above it.
    #[default]
    Nearest,
    /// This one.
    At(PathBuf),
    /// None.
    Off,
}

/// That of the process.
impl Default for GoEnvironment {
    fn default() -> Self {
        Self::from_variables(&|name| std::env::var_os(name))
    }
}

impl GoEnvironment {
    /// The environment of a machine without Go and without a home directory.
    pub fn bare(target: BuildTarget) -> Self {
        Self {
            target,
            goroot: None,
            gopath: Vec::new(),
            module_cache: None,
            workspace: WorkspaceFile::default(),
        }
    }

    /// The environment that these variables make, and the settings of `go env -w` in the file that they lead to.
    pub fn from_variables(variable: &dyn Fn(&str) -> Option<OsString>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let home = set("HOME").or_else(|| set("USERPROFILE")).map(PathBuf::from);
        let saved = saved_settings(&set, home.as_deref());
        let get = |name: &str| {
            let saved = || {
                saved
                    .lines()
                    .find_map(|line| line.strip_prefix(name)?.strip_prefix('='))
            };
            set(name).or_else(|| saved().filter(|value| !value.is_empty()).map(OsString::from))
        };
        let mut gopath: Vec<PathBuf> = get("GOPATH")
            .map(|list| std::env::split_paths(&list).collect())
            .unwrap_or_default();
        gopath.retain(|path| path.is_absolute());
        if gopath.is_empty() {
            gopath.extend(home.map(|home| home.join("go")));
        }
        let module_cache = get("GOMODCACHE")
            .map(PathBuf::from)
            .or_else(|| Some(gopath.first()?.join("pkg").join("mod")));
        Self {
            target: build_target(&get),
            goroot: get("GOROOT").map(PathBuf::from).or_else(|| goroot_on_path(&set)),
            gopath,
            module_cache,
            workspace: match get("GOWORK") {
                None => WorkspaceFile::Nearest,
                Some(off) if off == "off" => WorkspaceFile::Off,
                Some(path) => WorkspaceFile::At(path.into()),
            },
        }
    }
}

fn build_target(get: &dyn Fn(&str) -> Option<OsString>) -> BuildTarget {
    let text = |name: &str| get(name).and_then(|value| value.into_string().ok());
    let mut target = BuildTarget::default();
    if let Some(operating_system) = text("GOOS") {
        target.operating_system = operating_system.into();
    }
    if let Some(architecture) = text("GOARCH") {
        target.architecture = architecture.into();
    }
    target.cgo = text("CGO_ENABLED").is_none_or(|enabled| enabled != "0");
    let flags = text("GOFLAGS").unwrap_or_default();
    let tags = flags
        .split_whitespace()
        .filter_map(|flag| flag.trim_start_matches('-').strip_prefix("tags="));
    target.tags = tags
        .flat_map(|tags| tags.split(','))
        .filter(|tag| !tag.is_empty())
        .map(Name::new)
        .collect();
    target
}

/// The file that `go env -w` writes (`go help environment`, GOENV).
fn saved_settings(set: &dyn Fn(&str) -> Option<OsString>, home: Option<&Path>) -> String {
    let path = set("GOENV").map(PathBuf::from).or_else(|| {
        let configuration = if cfg!(windows) {
            set("AppData").map(PathBuf::from)
        } else if cfg!(target_os = "macos") {
            home.map(|home| home.join("Library").join("Application Support"))
        } else {
            set("XDG_CONFIG_HOME")
                .map(PathBuf::from)
                .or_else(|| home.map(|home| home.join(".config")))
        };
        Some(configuration?.join("go").join("env"))
    });
    path.and_then(|path| read_description(&path).ok())
        .unwrap_or_default()
}

/// The go command lies in the `bin` of its GOROOT; what is on the path may be a link to it.
fn goroot_on_path(set: &dyn Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let command = format!("go{}", std::env::consts::EXE_SUFFIX);
    let path = set("PATH")?;
    let found = std::env::split_paths(&path)
        .map(|directory| directory.join(&command))
        .find(|command| command.is_file())?;
    let goroot = found.canonicalize().ok()?.parent()?.parent()?.to_owned();
    goroot.join("src").is_dir().then_some(goroot)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(variables: &[(&str, &str)]) -> GoEnvironment {
        GoEnvironment::from_variables(&|name| {
            let found = variables.iter().find(|(found, _)| *found == name);
            found.map(|(_, value)| OsString::from(value))
        })
    }

    #[test]
    fn nothing_set_is_a_bare_machine() {
        assert_eq!(environment(&[]), GoEnvironment::bare(BuildTarget::default()));
    }

    #[test]
    fn the_home_directory_holds_gopath_and_the_module_cache() {
        let found = environment(&[("HOME", "/home/gopher")]);
        assert_eq!(found.gopath, [Path::new("/home/gopher/go")]);
        assert_eq!(
            found.module_cache.as_deref(),
            Some(Path::new("/home/gopher/go/pkg/mod"))
        );
    }

    #[test]
    fn variables_decide() {
        let found = environment(&[
            ("HOME", "/home/gopher"),
            ("GOMODCACHE", "/cache"),
            ("GOOS", "windows"),
            ("GOARCH", "arm64"),
            ("CGO_ENABLED", "0"),
            ("GOFLAGS", "-mod=mod -tags=a,b"),
            ("GOWORK", "off"),
            ("GOROOT", "/go"),
        ]);
        assert_eq!(found.module_cache.as_deref(), Some(Path::new("/cache")));
        assert_eq!(found.goroot.as_deref(), Some(Path::new("/go")));
        assert_eq!(found.workspace, WorkspaceFile::Off);
        let mut target = BuildTarget::new("windows", "arm64", false);
        target.tags = ["a".into(), "b".into()].into();
        assert_eq!(found.target, target);
    }

    #[test]
    fn saved_settings_count_where_no_variable_is_set() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let file = directory.path().join("env");
        std::fs::write(&file, "GOPATH=/saved\nGOARCH=386\nGOOS=\n").expect("written");
        let file = file.to_string_lossy();
        let found = environment(&[("GOENV", &file), ("GOARCH", "arm")]);
        assert_eq!(found.gopath, [Path::new("/saved")]);
        assert_eq!(found.target.architecture, "arm");
        assert_eq!(
            found.target.operating_system,
            BuildTarget::default().operating_system
        );
    }

    #[test]
    fn the_go_command_on_the_path_leads_to_its_source() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let goroot = directory.path().canonicalize().expect("a path");
        let command = goroot
            .join("bin")
            .join(format!("go{}", std::env::consts::EXE_SUFFIX));
        for created in ["bin", "src"] {
            std::fs::create_dir(goroot.join(created)).expect("created");
        }
        std::fs::write(&command, "").expect("written");
        let bin = goroot.join("bin");
        assert_eq!(
            environment(&[("PATH", &bin.to_string_lossy())]).goroot,
            Some(goroot)
        );
        assert_eq!(environment(&[("PATH", "/nowhere")]).goroot, None);
    }
}

//! Go's own packages as the go command lists them, with the compiled packages that they import.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::toolchain::Toolchain;

/// A package as `go list -json` prints it.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Package {
    pub(super) import_path: String,
    name: String,
    dir: PathBuf,
    /// The names of its files, without tests.
    #[serde(default)]
    go_files: Vec<PathBuf>,
    /// Where the package lies that is imported under another path: vendored ones.
    #[serde(default)]
    import_map: BTreeMap<String, String>,
    /// The compiled package.
    export: Option<PathBuf>,
    /// True when the package wasn't asked for, but is imported by one that was.
    #[serde(default)]
    dep_only: bool,
}

impl Package {
    /// The paths of its files.
    pub(super) fn files(&self) -> impl Iterator<Item = PathBuf> {
        self.go_files.iter().map(|name| self.dir.join(name))
    }
}

/// The packages that were asked for, and how to compile each of them alone.
pub(super) struct Packages<'a> {
    toolchain: &'a Toolchain,
    /// A directory for what the compiler is given.
    scratch: &'a Path,
    pub(super) list: Vec<Package>,
    /// The compiled packages, in the words of the compiler's `-importcfg`.
    compiled: String,
}

impl<'a> Packages<'a> {
    /// Lists and compiles the packages that the patterns name.
    pub(super) fn list(toolchain: &'a Toolchain, scratch: &'a Path, patterns: &[String]) -> Result<Self> {
        let mut arguments = vec![
            "list",
            "-export",
            "-deps",
            "-json=ImportPath,Name,Dir,GoFiles,ImportMap,Export,DepOnly",
        ];
        arguments.extend(patterns.iter().map(String::as_str));
        let listed = toolchain.run(scratch, &arguments)?;
        ensure!(listed.success, "go list: {}", listed.stderr);
        let packages = serde_json::Deserializer::from_str(&listed.stdout).into_iter::<Package>();
        let mut list = packages.collect::<Result<Vec<_>, _>>().context("go list")?;
        let compiled = list.iter().filter_map(|package| {
            let export = package.export.as_ref()?;
            Some(format!(
                "packagefile {}={}\n",
                package.import_path,
                export.display()
            ))
        });
        let compiled = compiled.collect();
        list.retain(|package| !package.dep_only);
        Ok(Self {
            toolchain,
            scratch,
            list,
            compiled,
        })
    }

    /// Compiles a package with another file in the place of one of its own: the complaints, or nothing.
    pub(super) fn complaints(
        &self,
        package: &Package,
        replaced: Option<(&Path, &str)>,
    ) -> Result<Option<String>> {
        let directory = tempfile::tempdir_in(self.scratch)?;
        let imports = directory.path().join("importcfg");
        let mapped = package.import_map.iter();
        let mapped: String = mapped
            .map(|(from, to)| format!("importmap {from}={to}\n"))
            .collect();
        std::fs::write(&imports, mapped + &self.compiled)?;
        let mut arguments = ["tool", "compile", "-std", "-importcfg"]
            .map(String::from)
            .to_vec();
        arguments.push(imports.display().to_string());
        // The compiler removes its output when it fails: it must be a file of our own.
        arguments.extend([
            "-o".to_owned(),
            directory.path().join("out.a").display().to_string(),
        ]);
        let path = if package.name == "main" {
            "main"
        } else {
            &package.import_path
        };
        arguments.extend(["-p".to_owned(), path.to_owned()]);
        for file in package.files() {
            match replaced {
                Some((path, text)) if path == file => {
                    let written = directory.path().join(file.file_name().unwrap_or_default());
                    std::fs::write(&written, text)?;
                    arguments.push(written.display().to_string());
                }
                _ => arguments.push(file.display().to_string()),
            }
        }
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        let compiled = self.toolchain.run(directory.path(), &arguments)?;
        Ok((!compiled.success).then(|| compiled.stdout + &compiled.stderr))
    }
}

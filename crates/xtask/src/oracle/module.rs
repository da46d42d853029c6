//! Go modules made of blocks: `go` starts slowly, so that the blocks of one Go version share a module, each a
//! package in a directory of its own. A block of several packages gets a module to itself, because its imports name
//! the module.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use deferlint_testkit::page::{Block, BlockFile, BlockKind, MODULE_PATH, Run};

use super::NamedPage;
use super::output::{Complaint, parse_complaints};
use super::program::check_program;
use crate::toolchain::Toolchain;

/// Where `go build` puts the programs, relative to the module.
const PROGRAM_DIRECTORY: &str = "bin/";

/// A module on its way through the checks.
pub(super) struct Module<'pages> {
    directory: PathBuf,
    go_version: &'pages str,
    members: Vec<Member<'pages>>,
}

/// What the checks say of one block.
pub(super) struct Outcome<'pages> {
    /// The path of the block's page.
    pub(super) page: &'pages str,
    pub(super) block: &'pages Block,
    /// What is wrong with it, each with the page and the line in front; empty when all is well.
    pub(super) failures: Vec<String>,
}

/// A block in a module.
struct Member<'pages> {
    page: &'pages str,
    block: &'pages Block,
    /// The block's directory in the module, ended by `/`; empty when the module is the block's own.
    prefix: String,
    failures: Vec<String>,
}

impl<'pages> Module<'pages> {
    /// Deals the pages' blocks out to modules below `directory`.
    pub(super) fn group(pages: &'pages [NamedPage], directory: &Path) -> Vec<Self> {
        let mut shared: BTreeMap<&str, Self> = BTreeMap::new();
        let mut own = Vec::new();
        let blocks = pages
            .iter()
            .flat_map(|page| page.page.blocks.iter().map(|block| (page.path.as_str(), block)));
        for (index, (page, block)) in blocks.enumerate() {
            let go_version = block.go_version.as_str();
            let member = |prefix| Member {
                page,
                block,
                prefix,
                failures: Vec::new(),
            };
            if block.files.iter().any(|file| file.name.contains('/')) {
                let directory = directory.join(format!("own{index}"));
                own.push(Self {
                    directory,
                    go_version,
                    members: vec![member(String::new())],
                });
            } else {
                let module = shared.entry(go_version).or_insert_with(|| Self {
                    directory: directory.join(format!("go{go_version}")),
                    go_version,
                    members: Vec::new(),
                });
                module.members.push(member(format!("b{index}/")));
            }
        }
        shared.into_values().chain(own).collect()
    }

    /// Writes, builds, vets and runs the blocks.
    pub(super) fn check(mut self, toolchain: &Toolchain) -> Result<Vec<Outcome<'pages>>> {
        self.write()?;
        self.build(toolchain)?;
        self.vet(toolchain)?;
        self.run_programs()?;
        let outcome = |Member {
                           page,
                           block,
                           failures,
                           ..
                       }| Outcome {
            page,
            block,
            failures,
        };
        Ok(self.members.into_iter().map(outcome).collect())
    }

    fn write(&self) -> Result<()> {
        let write = |path: PathBuf, text: &str| -> Result<()> {
            let parent = path.parent().unwrap_or(&path);
            std::fs::create_dir_all(parent)
                .and_then(|()| std::fs::write(&path, text))
                .with_context(|| path.display().to_string())
        };
        let module = format!("module {MODULE_PATH}\n\ngo {}\n", self.go_version);
        write(self.directory.join("go.mod"), &module)?;
        for member in &self.members {
            for file in &member.block.files {
                write(self.directory.join(&member.prefix).join(&file.name), &file.text)?;
            }
        }
        Ok(())
    }

    /// Builds every package, and the programs that are run into [`PROGRAM_DIRECTORY`]. With a directory for the
    /// programs, `go build` leaves out the packages that are none, so that these are built on their own.
    fn build(&mut self, toolchain: &Toolchain) -> Result<()> {
        let is_program = |member: &&Member| member.block.run().is_some();
        let programs: Vec<String> = self
            .members
            .iter()
            .filter(is_program)
            .filter_map(Member::program_package)
            .collect();
        let packages = self
            .members
            .iter()
            .filter(|member| member.prefix.is_empty() || !is_program(member));
        let packages: Vec<String> = packages.map(Member::pattern).collect();
        self.build_packages(toolchain, &["build"], &packages)?;
        self.build_packages(toolchain, &["build", "-o", PROGRAM_DIRECTORY], &programs)
    }

    fn build_packages(&mut self, toolchain: &Toolchain, command: &[&str], packages: &[String]) -> Result<()> {
        for (place, complaint) in self.ask(toolchain, command, packages)? {
            self.members[place].fail(&complaint, "doesn't build");
        }
        Ok(())
    }

    /// Vets the blocks that build, and compares what vet says with what the page says.
    fn vet(&mut self, toolchain: &Toolchain) -> Result<()> {
        let packages: Vec<String> = self
            .members
            .iter()
            .filter(|member| member.failures.is_empty())
            .map(Member::pattern)
            .collect();
        let mut complaints: Vec<Vec<Complaint>> = vec![Vec::new(); self.members.len()];
        for (place, complaint) in self.ask(toolchain, &["vet"], &packages)? {
            complaints[place].push(complaint);
        }
        for (member, complaints) in self.members.iter_mut().zip(complaints) {
            member.compare_vet(&complaints);
        }
        Ok(())
    }

    /// Asks `go` about packages. Gives its complaints with the indices of the members they are about; what is about
    /// no member fails all of them.
    fn ask(
        &mut self,
        toolchain: &Toolchain,
        command: &[&str],
        packages: &[String],
    ) -> Result<Vec<(usize, Complaint)>> {
        if packages.is_empty() {
            return Ok(Vec::new());
        }
        let arguments: Vec<&str> = command
            .iter()
            .copied()
            .chain(packages.iter().map(String::as_str))
            .collect();
        let result = toolchain.run(&self.directory, &arguments)?;
        let (complaints, mut others) = parse_complaints(&result.stderr);
        let mut placed = Vec::new();
        for complaint in complaints {
            match self
                .members
                .iter()
                .position(|member| complaint.path.starts_with(&member.prefix))
            {
                Some(place) => placed.push((place, complaint)),
                None => others.push(complaint.display("")),
            }
        }
        if !result.success && placed.is_empty() && others.is_empty() {
            others.push("failed and said nothing".to_owned());
        }
        if !result.success {
            let command = command.join(" ");
            for member in &mut self.members {
                let place = format!("{}:{}", member.page, member.block.line);
                member.failures.extend(
                    others
                        .iter()
                        .map(|other| format!("{place}: go {command}: {other}")),
                );
            }
        }
        Ok(placed)
    }

    /// Runs the programs of the blocks that have no failure yet.
    fn run_programs(&mut self) -> Result<()> {
        for member in self
            .members
            .iter_mut()
            .filter(|member| member.failures.is_empty())
        {
            let Some((file, run)) = member.block.run() else {
                continue;
            };
            let program = self
                .directory
                .join(PROGRAM_DIRECTORY)
                .join(member.program_name(file));
            member.run_program(&program, file, run)?;
        }
        Ok(())
    }
}

impl Member<'_> {
    /// The pattern of the block's packages for `go`.
    fn pattern(&self) -> String {
        if self.prefix.is_empty() {
            "./...".to_owned()
        } else {
            format!("./{}", self.prefix)
        }
    }

    /// The package of the program that is run, for `go`.
    fn program_package(&self) -> Option<String> {
        let (file, _) = self.block.run()?;
        Some(format!(
            "./{}{}",
            self.prefix,
            file.name.rsplit_once('/').map_or("", |(directory, _)| directory)
        ))
    }

    /// The name that `go build` gives to the program of `file`: the last part of its package's path.
    fn program_name(&self, file: &BlockFile) -> String {
        let path = format!("{MODULE_PATH}/{}{}", self.prefix, file.name);
        let name = path.rsplit('/').nth(1).unwrap_or_default();
        format!("{name}{}", std::env::consts::EXE_SUFFIX)
    }

    /// Fails the block for a complaint, at the line of the page that it is about.
    fn fail(&mut self, complaint: &Complaint, what: &str) {
        let shown = complaint.display(&self.prefix);
        let name = complaint
            .path
            .strip_prefix(&self.prefix)
            .unwrap_or(&complaint.path);
        let file = self.block.files.iter().find(|file| file.name == name);
        let line = file.map_or(self.block.line, |file| file.line + complaint.line - 1);
        self.failures
            .push(format!("{}:{line}: {what}: {shown}", self.page));
    }

    /// Fails the block when vet didn't say what the page says it says.
    fn compare_vet(&mut self, complaints: &[Complaint]) {
        let BlockKind::Bad { vet } = &self.block.kind else {
            for complaint in complaints {
                self.fail(complaint, "vet");
            }
            return;
        };
        let said: Vec<String> = complaints
            .iter()
            .map(|complaint| complaint.display(&self.prefix))
            .collect();
        let mut said: Vec<&str> = said.iter().flat_map(|complaint| complaint.lines()).collect();
        let mut recorded: Vec<&str> = vet.lines().filter(|line| !line.trim().is_empty()).collect();
        said.sort_unstable();
        recorded.sort_unstable();
        if self.failures.is_empty() && said != recorded {
            let (said, recorded) = (said.join("\n"), recorded.join("\n"));
            let place = format!("{}:{}", self.page, self.block.line);
            self.failures.push(format!(
                "{place}: vet says\n{said}\nbut the page records\n{recorded}"
            ));
        }
    }

    /// Runs the block's program and fails the block when it doesn't do what `run` says.
    fn run_program(&mut self, program: &Path, file: &BlockFile, run: &Run) -> Result<()> {
        let place = format!("{}:{}", self.page, file.line);
        if !program.is_file() {
            self.failures.push(format!(
                "{place}: not built, because an error elsewhere stopped `go build`"
            ));
            return Ok(());
        }
        let differences = check_program(program, run)?;
        self.failures.extend(
            differences
                .into_iter()
                .map(|difference| format!("{place}: {difference}")),
        );
        Ok(())
    }
}

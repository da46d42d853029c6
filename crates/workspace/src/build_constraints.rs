//! Which files of a package belong to a build: `//go:build` lines and the suffixes of file names (`go help
//! buildconstraint`).

mod expression;
mod systems;

use std::collections::BTreeSet;

use deferlint_semantics::Name;
use deferlint_semantics::context::GoVersion;
use deferlint_semantics::facts::FileFacts;

use self::expression::Expression;
use self::systems::{ARCHITECTURES, OPERATING_SYSTEMS, UNIX_SYSTEMS};

/// What a build is for, as far as it decides which files belong to it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BuildTarget {
    /// The operating system: GOOS.
    pub operating_system: Name,
    /// The architecture: GOARCH.
    pub architecture: Name,
    /// True when files that import "C" belong to the build: `CGO_ENABLED`.
    pub cgo: bool,
    /// Further tags that are satisfied, as `go build -tags` takes them.
    pub tags: BTreeSet<Name>,
}

/// The machine that the program runs on.
impl Default for BuildTarget {
    fn default() -> Self {
        Self::new(
            systems::host_operating_system(),
            systems::host_architecture(),
            true,
        )
    }
}

impl BuildTarget {
    /// A target without further tags.
    pub fn new(operating_system: &str, architecture: &str, cgo: bool) -> Self {
        Self {
            operating_system: operating_system.into(),
            architecture: architecture.into(),
            cgo,
            tags: BTreeSet::new(),
        }
    }

    /// True when the file belongs to the build. A constraint that can't be read excludes nothing.
    pub fn matches(&self, file_name: &str, facts: &FileFacts) -> bool {
        Constraint::of(file_name, facts).is_met_by(self)
    }

    /// False when the file doesn't belong to the build by its name.
    pub(crate) fn matches_name(&self, file_name: &str) -> bool {
        suffixes(file_name).iter().all(|suffix| self.satisfies(suffix))
    }

    /// False when the file doesn't belong to the build by its `//go:build` expression.
    pub(crate) fn matches_expression(&self, expression: Option<&str>) -> bool {
        let expression = expression.and_then(Expression::parse);
        expression.is_none_or(|expression| expression.is_met(&|tag| self.satisfies(tag)))
    }

    /// A target whose build the file belongs to, as near to this one as can be; `None` when there is none.
    pub fn nearest_matching(&self, file_name: &str, facts: &FileFacts) -> Option<Self> {
        let constraint = Constraint::of(file_name, facts);
        let tags = constraint.free_tags();
        let others = OPERATING_SYSTEMS.iter().flat_map(|system| {
            ARCHITECTURES
                .iter()
                .map(move |architecture| (*system, *architecture))
        });
        let own_architecture = OPERATING_SYSTEMS
            .iter()
            .map(|system| (*system, self.architecture.as_str()));
        let systems = std::iter::once((self.operating_system.as_str(), self.architecture.as_str()))
            .chain(own_architecture)
            .chain(others);
        for (operating_system, architecture) in systems {
            let plain = Self {
                operating_system: operating_system.into(),
                architecture: architecture.into(),
                ..self.clone()
            };
            let mut tagged = plain.clone();
            tagged.tags.extend(tags.iter().cloned());
            let mut without_cgo = plain.clone();
            without_cgo.cgo = !self.cgo;
            let found = [plain, tagged, without_cgo]
                .into_iter()
                .find(|target| constraint.is_met_by(target));
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// True when the tag is satisfied.
    fn satisfies(&self, tag: &str) -> bool {
        if tag == self.operating_system || tag == self.architecture || self.tags.contains(tag) {
            return true;
        }
        match tag {
            "gc" => true,
            "cgo" => self.cgo,
            "unix" => UNIX_SYSTEMS.contains(&self.operating_system.as_str()),
            "linux" => self.operating_system == "android",
            "solaris" => self.operating_system == "illumos",
            "darwin" => self.operating_system == "ios",
            _ => is_released(tag) || systems::is_set_by_default(tag, &self.architecture),
        }
    }
}

/// True for `go1.1` up to the language version that is read by default.
fn is_released(tag: &str) -> bool {
    let newest = GoVersion::default();
    let minor = tag.strip_prefix("go1.").and_then(|minor| minor.parse().ok());
    minor.is_some_and(|minor: u32| (1..=newest.minor).contains(&minor))
}

/// All that one file asks of a build.
struct Constraint<'a> {
    expression: Option<Expression>,
    suffixes: Vec<&'a str>,
    imports_c: bool,
}

impl<'a> Constraint<'a> {
    fn of(file_name: &'a str, facts: &FileFacts) -> Self {
        Self {
            expression: facts.build_constraint.as_deref().and_then(Expression::parse),
            suffixes: suffixes(file_name),
            imports_c: facts.imports.iter().any(|import| import.path == "C"),
        }
    }

    fn is_met_by(&self, target: &BuildTarget) -> bool {
        let satisfies = |tag: &str| target.satisfies(tag);
        (target.cgo || !self.imports_c)
            && self.suffixes.iter().all(|suffix| satisfies(suffix))
            && self
                .expression
                .as_ref()
                .is_none_or(|expression| expression.is_met(&satisfies))
    }

    /// The tags that only `-tags` sets.
    fn free_tags(&self) -> Vec<Name> {
        let mut tags = Vec::new();
        if let Some(expression) = &self.expression {
            expression.for_each_tag(&mut |tag| {
                if !systems::is_system(tag) && !is_released(tag) && tag != "cgo" {
                    tags.push(tag.clone());
                }
            });
        }
        tags
    }
}

/// The operating system and the architecture that a file's name asks for: `_linux`, `_amd64`, `_linux_amd64`, each
/// perhaps with `_test` behind it. What stands before the first underscore never counts.
fn suffixes(file_name: &str) -> Vec<&str> {
    let stem = file_name.split('.').next().unwrap_or_default();
    let mut words: Vec<_> = stem.split('_').skip(1).collect();
    if words.last() == Some(&"test") {
        words.pop();
    }
    match words[..] {
        [.., system, architecture]
            if OPERATING_SYSTEMS.contains(&system) && ARCHITECTURES.contains(&architecture) =>
        {
            vec![system, architecture]
        }
        [.., last] if OPERATING_SYSTEMS.contains(&last) || ARCHITECTURES.contains(&last) => vec![last],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests;

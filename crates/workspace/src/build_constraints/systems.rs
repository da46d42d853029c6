//! The operating systems and architectures that Go knows (`internal/syslist` of Go's source), and the tags that a plain
//! toolchain sets.

/// Every GOOS that a file's name may end in.
pub(super) const OPERATING_SYSTEMS: [&str; 18] = [
    "linux",
    "darwin",
    "windows",
    "freebsd",
    "netbsd",
    "openbsd",
    "android",
    "ios",
    "aix",
    "dragonfly",
    "hurd",
    "illumos",
    "js",
    "nacl",
    "plan9",
    "solaris",
    "wasip1",
    "zos",
];

/// Every GOARCH that a file's name may end in.
pub(super) const ARCHITECTURES: [&str; 24] = [
    "amd64",
    "arm64",
    "386",
    "arm",
    "riscv64",
    "wasm",
    "amd64p32",
    "arm64be",
    "armbe",
    "loong64",
    "mips",
    "mips64",
    "mips64le",
    "mips64p32",
    "mips64p32le",
    "mipsle",
    "ppc",
    "ppc64",
    "ppc64le",
    "riscv",
    "s390",
    "s390x",
    "sparc",
    "sparc64",
];

/// The systems for which the tag `unix` is satisfied.
pub(super) const UNIX_SYSTEMS: [&str; 12] = [
    "aix",
    "android",
    "darwin",
    "dragonfly",
    "freebsd",
    "hurd",
    "illumos",
    "ios",
    "linux",
    "netbsd",
    "openbsd",
    "solaris",
];

/// The experiments that Go 1.27 has switched on.
const EXPERIMENTS: [&str; 7] = [
    "dwarf5",
    "greenteagc",
    "jsonv2",
    "randomizedheapbase64",
    "regabiargs",
    "regabiwrappers",
    "sizespecializedmalloc",
];

/// The feature tags of the lowest level of each architecture, which is Go's default.
const FEATURES: [&str; 12] = [
    "386.sse2",
    "amd64.v1",
    "arm.5",
    "arm.6",
    "arm.7",
    "arm64.v8.0",
    "mips.hardfloat",
    "mips64.hardfloat",
    "mips64le.hardfloat",
    "mipsle.hardfloat",
    "ppc64le.power8",
    "riscv64.rva20u64",
];

/// True for a tag that names a system, or a family of systems.
pub(super) fn is_system(tag: &str) -> bool {
    tag == "unix" || OPERATING_SYSTEMS.contains(&tag) || ARCHITECTURES.contains(&tag)
}

/// True for a tag that a plain toolchain sets for the architecture.
pub(super) fn is_set_by_default(tag: &str, architecture: &str) -> bool {
    match tag.split_once('.') {
        Some(("goexperiment", experiment)) => EXPERIMENTS.contains(&experiment),
        Some((prefix, _)) => prefix == architecture && FEATURES.contains(&tag),
        None => false,
    }
}

/// Go's name of the system that the program runs on.
pub(super) fn host_operating_system() -> &'static str {
    match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    }
}

/// Go's name of the architecture that the program runs on.
pub(super) fn host_architecture() -> &'static str {
    let is_little_endian = cfg!(target_endian = "little");
    match std::env::consts::ARCH {
        "x86" => "386",
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "loongarch64" => "loong64",
        "mips" if is_little_endian => "mipsle",
        "mips64" if is_little_endian => "mips64le",
        "powerpc64" if is_little_endian => "ppc64le",
        "powerpc64" => "ppc64",
        "wasm32" => "wasm",
        other => other,
    }
}

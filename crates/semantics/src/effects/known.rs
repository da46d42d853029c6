//! What is known of the standard library without its facts: which functions never return, and which packages hold
//! functions that do nothing but return, as far as rules about panics and maps ask.

use crate::facts::Ending;

/// How a call of a standard function ends that never returns (`go doc`: "Exit causes the current program to exit",
/// "Fatal is equivalent to Print followed by a call to os.Exit(1)", "Goexit terminates the goroutine that calls it").
pub(crate) fn ending_of_function(package: &str, name: &str) -> Option<Ending> {
    match (package, name) {
        ("os" | "syscall", "Exit") | ("log", "Fatal" | "Fatalf" | "Fatalln") => Some(Ending::ProcessExit),
        ("log", "Panic" | "Panicf" | "Panicln") => Some(Ending::Panic),
        ("runtime", "Goexit") => Some(Ending::GoroutineExit),
        _ => None,
    }
}

/// How a call of a standard method ends that never returns. The methods of `testing.T` and the like end the goroutine.
pub(crate) fn ending_of_method(package: &str, type_name: &str, name: &str) -> Option<Ending> {
    match (package, type_name, name) {
        ("log", "Logger", _) => ending_of_function("log", name),
        (
            "testing",
            "T" | "B" | "F" | "common",
            "FailNow" | "Fatal" | "Fatalf" | "Skip" | "SkipNow" | "Skipf",
        ) => Some(Ending::GoroutineExit),
        _ => None,
    }
}

/// True for the functions of these standard packages that come back to their caller.
pub(crate) fn returns(package: &str, name: &str) -> bool {
    const PACKAGES: [&str; 10] = [
        "errors",
        "fmt",
        "log",
        "log/slog",
        "os",
        "runtime/debug",
        "strconv",
        "strings",
        "time",
        "unicode/utf8",
    ];
    PACKAGES.contains(&package) && ending_of_function(package, name).is_none()
}

/// True for the functions of those packages that keep nothing they are given, and write nothing through it.
pub(crate) fn is_harmless(package: &str, name: &str) -> bool {
    returns(package, name) && !keeps_or_writes(package, name)
}

fn keeps_or_writes(package: &str, name: &str) -> bool {
    match package {
        "fmt" => name.contains("can") || name.starts_with("Append") || name.starts_with("Fprint"),
        "errors" => matches!(name, "As" | "Join"),
        "log" | "log/slog" => name.starts_with("Set") || name.starts_with("New") || name == "With",
        "strconv" => name.starts_with("Append"),
        "time" => name == "AfterFunc",
        "os" => matches!(name, "StartProcess" | "Expand"),
        "strings" => {
            matches!(name, "Map" | "NewReplacer") || name.ends_with("Func") || name.ends_with("FuncSeq")
        }
        _ => false,
    }
}

/// True for methods of package sync that return and don't call what they are given.
pub(crate) fn is_harmless_method(package: &str, type_name: &str, name: &str) -> bool {
    match (package, type_name) {
        ("sync", "Mutex" | "RWMutex" | "Locker") => true,
        ("sync", "WaitGroup") => name != "Go",
        _ => false,
    }
}

/// True for the names of predeclared types whose values hold no pointer of the caller's after a conversion.
pub(crate) fn is_basic_type(name: &str) -> bool {
    const TYPES: [&str; 19] = [
        "bool",
        "byte",
        "complex128",
        "complex64",
        "float32",
        "float64",
        "int",
        "int16",
        "int32",
        "int64",
        "int8",
        "rune",
        "string",
        "uint",
        "uint16",
        "uint32",
        "uint64",
        "uint8",
        "uintptr",
    ];
    TYPES.contains(&name)
}

/// True for the packages whose functions a summary recognises by the name of the package alone.
pub(crate) fn is_assumed_package(name: &str) -> bool {
    matches!(name, "log" | "os" | "runtime" | "syscall")
}

/// The predeclared functions. A summary takes a call of such a name for a call of the predeclared one.
pub const PREDECLARED_FUNCTIONS: [&str; 18] = [
    "append", "cap", "clear", "close", "complex", "copy", "delete", "imag", "len", "make", "max", "min",
    "new", "panic", "print", "println", "real", "recover",
];

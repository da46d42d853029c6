#![expect(
    clippy::redundant_closure_for_method_calls,
    reason = "a path to a method of a context isn't general enough in the context's lifetime"
)]

use deferlint_semantics::body::{ExpressionId, ExpressionKind};
use deferlint_semantics::context::{Callee, Context, GoVersion};
use deferlint_semantics::control_flow::CallOutcome;
use deferlint_semantics::facts::Packages;
use deferlint_semantics::types::{Certainty, Type};
use deferlint_syntax::Parser;
use deferlint_text::Document;

use super::*;
use crate::file::SourceFile;

struct Standard;

impl Packages for Standard {
    fn package(&self, path: &str) -> Option<Arc<PackageFacts>> {
        StandardLibrary::package(path)
    }
}

/// Asks about the outermost call of a function `f` with these parameters in a file with that import.
fn ask<T>(
    path: &str,
    parameters: &str,
    call: &str,
    question: impl FnOnce(&Context<'_>, ExpressionId) -> T,
) -> T {
    let text = format!("package p\nimport \"{path}\"\nfunc f({parameters}) {{ {call} }}\n");
    let document = Document::new(&text).expect("a small text");
    let tree = Parser::new().parse(&document);
    let file = SourceFile::new(document, &tree);
    let package = PackageFacts::new("p", vec![Arc::clone(&file.facts)]);
    let body = &file.declarations[0].body;
    let context = Context::new(body, &file.facts, &package, &Standard, GoVersion::default());
    let calls = body
        .expression_ids()
        .filter(|id| matches!(body[*id].kind, ExpressionKind::Call { .. }));
    let outermost = calls.max_by_key(|id| body[*id].span.end - body[*id].span.start);
    question(&context, outermost.expect("a call"))
}

#[track_caller]
fn check_outcome(path: &str, parameters: &str, call: &str, expected: CallOutcome) {
    assert_eq!(
        ask(path, parameters, call, |context, call| context.outcome(call)),
        expected,
        "{call}"
    );
}

#[track_caller]
fn check_type(path: &str, parameters: &str, call: &str, is: impl FnOnce(&Context<'_>, &Type) -> bool) {
    ask(path, parameters, call, |context, outermost| {
        let type_ = context.type_of(outermost);
        assert!(is(context, &type_), "{call} has the type {type_:?}");
    });
}

fn is_named(path: &'static str, name: &'static str) -> impl FnOnce(&Context<'_>, &Type) -> bool {
    move |_, type_| type_.is_named(path, name)
}

#[test]
fn every_package_can_be_decoded() {
    let library = STANDARD_LIBRARY.as_ref().expect("an archive");
    assert!(StandardLibrary::go_version().is_some_and(|version| version.starts_with("go1.")));
    assert!(library.archive.paths().len() > 150);
    for path in library.archive.paths() {
        let package = StandardLibrary::package(path).unwrap_or_else(|| panic!("{path}"));
        assert_eq!(package.path, *path);
        assert!(!package.name.is_empty(), "{path}");
    }
}

#[test]
fn knows_only_the_standard_library() {
    assert!(StandardLibrary::contains("net/http"));
    for path in [
        "",
        "C",
        "unsafe",
        "builtin",
        "main",
        "cmd/go",
        "net/htt",
        "golang.org/x/net/idna",
    ] {
        assert!(!StandardLibrary::contains(path), "{path}");
        assert!(StandardLibrary::package(path).is_none(), "{path}");
    }
}

#[test]
fn knows_what_never_returns() {
    check_outcome("os", "", "os.Exit(1)", CallOutcome::NeverReturns);
    check_outcome("log", "", "log.Fatal(1)", CallOutcome::NeverReturns);
    check_outcome("log", "", "log.Fatalf(\"\")", CallOutcome::NeverReturns);
    check_outcome("log", "l *log.Logger", "l.Fatalln()", CallOutcome::NeverReturns);
    check_outcome("log", "", "log.Panic(1)", CallOutcome::Panics);
    check_outcome("runtime", "", "runtime.Goexit()", CallOutcome::NeverReturns);
    check_outcome("testing", "t *testing.T", "t.Fatal()", CallOutcome::NeverReturns);
    check_outcome(
        "testing",
        "b *testing.B",
        "b.SkipNow()",
        CallOutcome::NeverReturns,
    );
    check_outcome("testing", "t *testing.T", "t.Error()", CallOutcome::Returns);
    check_outcome("log", "", "log.Println(1)", CallOutcome::Returns);
    check_outcome("fmt", "", "fmt.Println(1)", CallOutcome::Returns);
}

#[test]
fn knows_what_recovers() {
    for (path, call) in [
        ("log", "log.Println()"),
        ("os", "os.Exit(1)"),
        ("fmt", "fmt.Println()"),
    ] {
        let recovery = ask(path, "", call, |context, call| context.recovery_of(call));
        assert_eq!(
            recovery.map(|recovery| recovery.recovers),
            Some(Certainty::No),
            "{call}"
        );
    }
}

#[test]
fn knows_types() {
    let is_error = |context: &Context<'_>, type_: &Type| context.is_error(type_) == Certainty::Yes;
    let is_map = |context: &Context<'_>, type_: &Type| context.is_map(type_) == Certainty::Yes;
    check_type("errors", "", "errors.New(\"\")", is_error);
    check_type("fmt", "", "fmt.Errorf(\"\")", is_error);
    check_type("os", "file *os.File", "file.Close()", is_error);
    check_type(
        "time",
        "start time.Time",
        "time.Since(start)",
        is_named("time", "Duration"),
    );
    check_type("maps", "m map[string]int", "maps.Clone(m)", is_map);
    check_type("net/url", "", "url.Values(nil)", is_map);
    check_type("net/http", "header http.Header", "header.Clone()", is_map);
    check_type("net/http", "request *http.Request", "request.URL.Query()", is_map);
    check_type(
        "context",
        "parent context.Context",
        "context.WithCancel(parent)",
        |context, type_| matches!(type_, Type::Tuple(types) if context.is_function(&types[1]) == Certainty::Yes),
    );
}

#[test]
fn knows_methods() {
    let unlock = ask("sync", "mutex *sync.Mutex", "mutex.Unlock()", |context, call| {
        context.callee(call)
    });
    let Callee::Method(method) = unlock else {
        panic!("{unlock:?}");
    };
    assert_eq!((&*method.package, &*method.type_name), ("sync", "Mutex"));
    assert!(method.pointer_receiver);
}

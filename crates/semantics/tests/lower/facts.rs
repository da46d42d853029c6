//! What a file says to the outside.

use deferlint_semantics::extract::{assemble, declaration_facts};
use deferlint_semantics::facts::FileFacts;
use deferlint_semantics::header::Header;
use deferlint_semantics::lower::lower;
use deferlint_syntax::{Kind, Parser, declarations};
use deferlint_text::Document;
use expect_test::{Expect, expect};

use crate::dump_types::{Written, WrittenSignature};

fn facts(source: &str) -> FileFacts {
    let document = Document::new(&format!("package p\n{source}")).expect("a small source");
    let tree = Parser::new().parse(&document);
    assert!(!tree.has_error(), "the source parses:\n{source}");
    let nodes = declarations(&tree).filter(|node| node.kind() != Kind::ImportDeclaration);
    let facts: Vec<_> = nodes
        .map(|node| declaration_facts(&lower(node, &document.slice(node.byte_range()))))
        .collect();
    assemble(&Header::of(&tree, &document), facts.iter())
}

#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "reads well at the call")]
fn check(source: &str, expected: Expect) {
    let facts = facts(source);
    let mut lines = String::new();
    for type_ in facts.types.iter() {
        let sign = if type_.is_alias { " =" } else { "" };
        let parameters = constraints(&type_.type_parameters);
        lines += &format!(
            "type {}{parameters}{sign} {}\n",
            type_.name,
            Written(&type_.type_)
        );
    }
    for value in facts.values.iter() {
        let word = if value.is_constant { "const" } else { "var" };
        lines += &format!("{word} {} {}\n", value.name, Written(&value.type_));
    }
    for function in &facts.functions {
        let receiver = function.receiver.as_ref().map_or(String::new(), |receiver| {
            let star = if receiver.is_pointer { "*" } else { "" };
            format!("({star}{}) ", receiver.type_name)
        });
        let parameters = constraints(&function.type_parameters);
        let signature = WrittenSignature(&function.signature);
        lines += &format!("func {receiver}{}{parameters}{signature}\n", function.name);
    }
    expected.assert_eq(&lines);
}

fn constraints(
    parameters: &[(
        deferlint_semantics::Name,
        deferlint_semantics::body::TypeExpression,
    )],
) -> String {
    let written = parameters
        .iter()
        .map(|(name, type_)| format!("[{name} {}]", Written(type_)));
    written.collect()
}

#[test]
fn types() {
    check(
        "type a struct{ b map[string]*a }\ntype (\n\tc = []a\n\td[K comparable, V a] map[K]V\n)",
        expect![[r"
            type a struct{ b map[string]*a; }
            type c = []a
            type d[K comparable][V a] map[K]V
        "]],
    );
}

#[test]
fn written_types_of_values() {
    check(
        "var a, b map[string]int\nconst c T = 1\nvar _ int",
        expect![[r"
        var a map[string]int
        var b map[string]int
        const c T
    "]],
    );
}

#[test]
fn types_of_values_by_their_form() {
    check(
        r#"
var a, b, c, d = "s", 1, 'r', 1.5
const e = iota
var f, g = T{}, &T{}
var h, i, j = make(map[string]T), new(T), new(map[string]T)
var k, l = []byte("s"), func(x int, y ...T) error { return nil }
var m, n = f2()
var o, p = (f3()), q.F()
var r, s = *x, y + 1
var t, u = func() int { return 1 }(), x.y.z()
var v, w = make(chan q.T), &[]T{}
"#,
        expect![[r"
            var a string
            var b int
            var c int32
            var d float64
            const e type of iota
            var f T
            var g *T
            var h map[string]T
            var i *T
            var j *map[string]T
            var k []byte
            var l func(int, T...)(error)
            var m result 0 of f2
            var n result 1 of f2
            var o result 0 of f3
            var p result 0 of q.F
            var r missing type
            var s type of y
            var t int
            var u missing type
            var v chan q.T
            var w *[]T
        "]],
    );
}

#[test]
fn functions() {
    check(
        "func f(a, b int, c ...string) (n int, err error)\nfunc g[T any, U ~[]T](u U) func(T) { return nil }\nfunc h() {}",
        expect![[r"
            func f(int, int, string...)(int, error)
            func g[T any][U interface{ ~[]T; }](U)(func(T)())
            func h()()
        "]],
    );
}

#[test]
fn methods() {
    check(
        "func (t *T) a() {}\nfunc (T) b(x T) {}\nfunc (t *T[K, V]) c(k K) V\nfunc (t T[K]) d[U any](u U) K",
        expect![[r"
            func (*T) a()()
            func (T) b(T)()
            func (*T) c[K missing type][V missing type](K)(V)
            func (T) d[K missing type][U any](U)(K)
        "]],
    );
}

#[test]
fn qualified_names_become_import_paths() {
    check(
        r#"import (
	"a.b/c/yaml.v3"
	"net/http"
	k "x/go-y/v2"
)
type t struct{ h map[string]*http.Client; y yaml.Node }
var a, b = http.Get(""), k.T{}
var c other.T
func f(x ...k.T) (y[http.Header], func(k.T) error)
func (t *t) m(x []yaml.Node)
"#,
        expect![[r"
            type t struct{ h map[string]*net/http.Client; y a.b/c/yaml.v3.Node; }
            var a result 0 of net/http.Get
            var b x/go-y/v2.T
            var c other.T
            func f(x/go-y/v2.T...)(y[net/http.Header], func(x/go-y/v2.T)(error))
            func (*t) m([]a.b/c/yaml.v3.Node)()
        "]],
    );
}

#[test]
fn local_declarations_are_not_seen_from_outside() {
    check(
        "func f() { type t struct{}; var x t; const c = 1 }\nvar g = func() int { var y int; type t int; return y }()",
        expect![[r"
            var g int
            func f()()
        "]],
    );
}

#[test]
fn imports_and_package() {
    let facts = facts("import m \"maps\"\nimport . \"os\"\n");
    assert_eq!(facts.package, "p");
    let imports: Vec<_> = facts
        .imports
        .iter()
        .map(|import| (import.name.as_deref(), &*import.path))
        .collect();
    assert_eq!(imports, [(Some("m"), "maps"), (Some("."), "os")]);
}

#[test]
fn facts_of_declarations_do_not_depend_on_their_place() {
    let (first, second) = (
        facts("var a = 1\nfunc f() (m map[string]int) { return }"),
        facts("// Moved.\n\n\nvar a = 1\n\nfunc f() (m map[string]int) { return }"),
    );
    assert_eq!(first, second);
}

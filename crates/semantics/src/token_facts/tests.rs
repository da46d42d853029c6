use deferlint_syntax::{Lexer, Outline, Parser, declarations};
use deferlint_text::ByteRange;

use super::*;
use crate::extract::outlined_facts;
use crate::header::Header;
use crate::lower::lower;

/// Asserts that the tokens of a declaration say what a parse does.
#[track_caller]
fn check(text: &str) {
    let read = read(text);
    assert!(read.is_some(), "not plain: {text}");
    assert_eq!(read, parsed(text), "{text}");
}

/// What the tokens of a declaration say.
fn read(text: &str) -> Option<DeclarationFacts> {
    let text = format!("package a; {text}\n");
    let tokens: Vec<_> = Lexer::new(&text).collect();
    let outline = Outline::of(&text, &tokens).expect("a whole file");
    let [declaration] = &*outline.declarations else {
        panic!("one declaration: {text}");
    };
    token_facts(&text, &tokens[declaration.tokens.clone()], &declaration.blocks)
}

/// What a parse says of a declaration; `None` when it has an error.
fn parsed(text: &str) -> Option<DeclarationFacts> {
    let tree = Parser::new().parse(text);
    let node = declarations(&tree).next()?;
    let range = node.byte_range();
    let body = lower(node, &text[range.start() as usize..range.end() as usize]);
    (!tree.has_error()).then(|| outlined_facts(&body, LazySummary::default()))
}

#[test]
fn functions() {
    for text in [
        "func f()",
        "func f(int, ...string) { return }",
        "func f(a, b int, _ ...*T) (c, d p.T, err error) { defer g() }",
        "func f(a, b, p.T, []T) func() (int)",
        "func f(\n\ta [2]T,\n\tb T[int],\n\tc []T,\n)",
        "func f(T[int], p.T[a, b]) struct{ a int } { g() }",
        "func f(a map[string][]int, b func(int) (a, b T), c interface{}) <-chan T { }",
        "func f(a chan T, b chan<- func(), c <-chan <-chan T, d (T), e (*T)) []T {}",
        "func f[K comparable, V any](k K, v V) map[K]V { return nil }",
        "func f[S ~[]E, E cmp.Ordered, _ interface{ ~int | p.T; M() }, T int | *U,](s S) {}",
        "func (t T) f() {}",
        "func (*T) f(int) int {}",
        "func (t *T[K, _]) f(k K) {}",
        "func (t (*T),) f[P any]() {}",
        "func (T[K]) f() {}",
    ] {
        check(text);
    }
}

#[test]
fn types() {
    for text in [
        "type T int",
        "type T = p.T[int, []string]",
        "type T [N]int",
        "type T [p.N]int; ",
        "type T [4][]int",
        "type T []int",
        "type T[P any] struct{}",
        "type T[K, V any] = map[K]V",
        "type T[S ~[]E, E interface{}] []E",
        "type T[P interface{},] func(P)",
        "type (\n\tT int\n\n\tU = T; V func(a, b int) error\n)",
        "type ()",
        "type T struct { a, b int; c []T \"tag\"; *T; U; p.V `tag`; *p.W\nd [2]T\nV[int]\nf *T // f\n g (T) }",
        "type T struct {\n\tmu sync.Mutex\n\tm map[string]struct{ a, _ int }\n\tc chan struct{}\n\tx T[int]\n}",
        "type T struct { f func(int) \"tag\"; g func() int\nh func() }",
        "type T interface { M(); N(int) (a, b int)\nO() error; p.I\nI[int]\n~int | *T | []U }",
        "type T interface{ interface{ M() }; comparable }",
    ] {
        check(text);
    }
}

#[test]
fn values() {
    for text in [
        "var x int",
        "var x, _, y []T = f(1), nil, \"c\"",
        "var x = 1",
        "var a, b, c, d, e = 1.5, 'x', \"s\", `r`, 0x1F",
        "var x, y, z = -a, !p.b, ^(1)",
        "var a, b, c = &T{1}, &p.T{a: f()}, []int{1, 2}",
        "var a, b, c = map[string]func(){\"a\": func() {}}, [...]T{}, struct{ a int }{1}",
        "var a, b, c = f(1, (g())), p.f(x...), errors.New(\"{\")",
        "var a, b, c = make(chan T), make(map[K]V, 1), new(T)",
        "var a, b, c = new(p.T), new([]T), []byte(\"a\")",
        "var f, g = func(a, b int) error { return nil }, func() (int, error) { return 1, nil }()",
        "var ()",
        "var (\n\ta int\n\tb = 1 // b\n\tc, d = 1, f(\n\t\t2,\n\t)\n\te T = x; f = 2\n)",
        "const a, b = 1 << 3, 'a' + 1",
        "const (\n\ta T = iota\n\tb\n\t_\n\tc, d = 1, \"s\" + x\n\te, f\n\tg = 1 == 2 && true || x.y\n\th = 1.0 * x / 2\n)",
        "const x = 1 +\n\t2*3 | 4",
        "const x = -1 << 3 < 4",
    ] {
        check(text);
    }
}

#[test]
fn what_may_be_wrong_or_something_else_is_left_to_the_parser() {
    for text in [
        "var x = y.z.w",
        "var x, y = f()",
        "var x = <-c",
        "var x = *y",
        "var x = y[1]",
        "var x = f()()",
        "var x = f().y",
        "var x = (f)()",
        "var x = T[int]{}",
        "var x = new(*T)",
        "var x = new(1)",
        "var x = 1e3 + 0b1 + 1_000 + 1i",
        "var x chan <- chan T",
        "var größe int",
        "type T[P *C] int",
        "type T[N * 2] int",
        "type T[P []int,] func(P)",
        "type T [N + 1]int",
        "func f(a int, b) {}",
        "func f(a, b ...int) {}",
        "func f(a ...int, b int) {}",
        "func f() (...int)",
        "func f(a int\n)",
        "func f() {}; {}",
        "func f() int\n\t+ 1",
        "func for() {}",
        "func (p.T) f() {}",
        "func (t struct{}) f() {}",
        "type T struct { a int b int }",
        "type T struct { a, b }",
        "type T interface { M() N() }",
        "type T",
        "var x",
        "var x = 08",
        "const x = ",
        "const x = 1 2",
        "const x = 1 +",
    ] {
        let file = format!("package a; {text}\n");
        let tokens: Vec<_> = Lexer::new(&file).collect();
        if Outline::of(&file, &tokens).is_some_and(|outline| outline.declarations.len() == 1) {
            assert_eq!(read(text), None, "{text}");
        }
    }
    let deep = format!("var x {}int", "[]".repeat(1000));
    assert_eq!(read(&deep), None);
    let deep = format!("var x = {}1", "-".repeat(1000));
    assert_eq!(read(&deep), None);
}

#[test]
fn heads_of_files() {
    for text in [
        "package a",
        "// Code generated by hand. DO NOT EDIT.\n\n//go:build linux\n\npackage a // a\n",
        "package a; import \"b\"; import (\n\t\"c\" // c\n\n\td \"e\"\n\t. `f`; _ \"g/h/v2\"\n)\nimport ()\n",
    ] {
        let tokens: Vec<_> = Lexer::new(text).collect();
        let slice = |range: ByteRange| text[range.start() as usize..range.end() as usize].into();
        let parsed = Header::in_text(&Parser::new().parse(text), slice);
        assert_eq!(token_header(text, &tokens), Some(parsed), "{text}");
    }
    for text in [
        "",
        "package",
        "package a import \"b\"",
        "package a\nimport \"\\x62\"",
        "package a\nimport b",
    ] {
        let tokens: Vec<_> = Lexer::new(text).collect();
        assert_eq!(token_header(text, &tokens), None, "{text}");
    }
}

//! How package-level declarations are lowered.

use expect_test::expect;

use crate::support::check;

#[test]
fn variables() {
    check(
        "var a, b = f()",
        expect![[r"
        Variable
        function 0
          block
            declare
              var a b = (call f[])
    "]],
    );
}

#[test]
fn groups_of_variables() {
    check(
        "
        var (
        	a T
        	b, c int = 1, 2
        	_ I = (*T)(nil)
        )",
        expect![[r"
            Variable
            function 0
              block
                declare
                  var a T
                  var b c int = Int 1, Int 2
                  var _ I = (call ((* T))[nil])
        "]],
    );
}

#[test]
fn constants() {
    check(
        r#"
        const (
        	a T = iota
        	b
        	_
        	c, d = iota, "s"
        )"#,
        expect![[r#"
            Constant
            function 0
              block
                declare
                  const a T = iota
                  const b
                  const _
                  const c d = iota, String "s"
        "#]],
    );
}

#[test]
fn types() {
    check(
        "
        type (
        	a struct{ x *b }
        	b = map[string]a
        )",
        expect![[r"
            Type
            function 0
              block
                declare
                  type a struct{ x *b; }
                  type b = map[string]a
        "]],
    );
}

#[test]
fn generic_types() {
    check(
        "type a[K comparable, V ~int | ~string] map[K][]V",
        expect![[r"
        Type
        function 0
          block
            declare
              type a [K#0 comparable] [V#1 interface{ ~int | ~string; }] map[K#0][]V#1
        #0 K TypeParameter of function 0, constraint comparable
        #1 V TypeParameter of function 0, constraint interface{ ~int | ~string; }
    "]],
    );
}

#[test]
fn generic_types_that_look_like_arrays() {
    check(
        "type a[P *C|~[]C, Q interface{ *C }] struct{ x P }",
        expect![[r"
        Type
        function 0
          block
            declare
              type a [P#0 interface{ *C | ~[]C; }] [Q#1 interface{ *C; }] struct{ x P#0; }
        #0 P TypeParameter of function 0, constraint interface{ *C | ~[]C; }
        #1 Q TypeParameter of function 0, constraint interface{ *C; }
    "]],
    );
    check(
        "type a[P *C|~int] struct{ x P }",
        expect![[r"
        Type
        function 0
          block
            declare
              type a [P#0 interface{ *C | ~int; }] struct{ x P#0; }
        #0 P TypeParameter of function 0, constraint interface{ *C | ~int; }
    "]],
    );
    check(
        "type a[P *C,] struct{ x P }",
        expect![[r"
        Type
        function 0
          block
            declare
              type a [P#0 *C] struct{ x P#0; }
        #0 P TypeParameter of function 0, constraint *C
    "]],
    );
}

#[test]
fn arrays_that_look_like_generic_types() {
    check(
        "type a [n * m]int",
        expect![[r"
        Type
        function 0
          block
            declare
              type a [n]int
    "]],
    );
}

#[test]
fn generic_aliases() {
    check(
        "type a[T any] = []T",
        expect![[r"
        Type
        function 0
          block
            declare
              type a [T#0 any] = []T#0
        #0 T TypeParameter of function 0, constraint any
    "]],
    );
}

#[test]
fn literals_in_initial_values() {
    check(
        "
        var f = func(x int) int {
        	y := x
        	return func() int { return y }()
        }",
        expect![[r"
            Variable
            function 0
              block
                declare
                  var f = function 1
            function 1 in 0 parameters (x#0 int) results (unnamed int)
              block
                define new y#1  = x#0
                return (call function 2[])
            function 2 in 1 results (unnamed int)
              block
                return y#1
            #0 x Parameter(0) of function 1, type int; read
            #1 y Variable of function 1, value x#0; read in 2
        "]],
    );
}

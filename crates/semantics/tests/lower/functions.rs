//! How functions are lowered: receivers, parameters, results, type parameters.

use expect_test::expect;

use crate::dump::Dump;
use crate::support::{check, lowered};

#[test]
fn without_anything() {
    check(
        "func f() {}",
        expect![[r"
        Function
        function 0 f
          block
    "]],
    );
}

#[test]
fn without_a_block() {
    check(
        "func f(x int) (y int)",
        expect![[r"
        Function
        function 0 f parameters (x#0 int) results (y#1 int)
          no block
        #0 x Parameter(0) of function 0, type int
        #1 y Result(0) of function 0, type int
    "]],
    );
}

#[test]
fn parameters() {
    check(
        "func f(a, b int, c string, _ T, d ...p.T) { f(a, b, c, d) }",
        expect![[r"
            Function
            function 0 f parameters (a#0 int) (b#1 int) (c#2 string) (_ T) (d#3 ...p.T)
              block
                (call f[a#0, b#1, c#2, d#3])
            #0 a Parameter(0) of function 0, type int; read
            #1 b Parameter(1) of function 0, type int; read
            #2 c Parameter(2) of function 0, type string; read
            #3 d Parameter(4) of function 0, variadic p.T; read
        "]],
    );
}

#[test]
fn unnamed_parameters_and_results() {
    check(
        "func f(int, *T, ...[]string) (int, error) { return 0, nil }",
        expect![[r"
            Function
            function 0 f parameters (unnamed int) (unnamed *T) (unnamed ...[]string) results (unnamed int) (unnamed error)
              block
                return Int 0, nil
        "]],
    );
}

#[test]
fn one_unnamed_result() {
    check(
        "func f() map[string]int { return nil }",
        expect![[r"
        Function
        function 0 f results (unnamed map[string]int)
          block
            return nil
    "]],
    );
}

#[test]
fn named_results() {
    check(
        "func f() (a, b int, _ T, err error) { a, err = 1, nil; return }",
        expect![[r"
            Function
            function 0 f results (a#0 int) (b#1 int) (_ T) (err#2 error)
              block
                assign a#0, err#2 = Int 1, nil
                return
            #0 a Result(0) of function 0, type int; write
            #1 b Result(1) of function 0, type int
            #2 err Result(3) of function 0, type error; write
        "]],
    );
}

#[test]
fn methods() {
    check(
        "func (t *T) m(x int) { t.x = x }",
        expect![[r"
        Method
        function 0 m receiver (t#0 *T) parameters (x#1 int)
          block
            assign (select t#0 x) = x#1
        #0 t Receiver of function 0, type *T; write through
        #1 x Parameter(0) of function 0, type int; read
    "]],
    );
}

#[test]
fn methods_with_unnamed_receivers() {
    check(
        "func (T) m() {}",
        expect![[r"
        Method
        function 0 m receiver (unnamed T)
          block
    "]],
    );
}

#[test]
fn methods_with_blank_receivers() {
    check(
        "func (_ *T) m() {}",
        expect![[r"
        Method
        function 0 m receiver (_ *T)
          block
    "]],
    );
}

#[test]
fn type_parameters() {
    check(
        "func f[K comparable, V any, S ~[]V | map[K]V](k K, s S) (v V) { var x map[K]V; return G[K, V](x)[k] }",
        expect![[r"
            Function
            function 0 f [K#0 comparable] [V#1 any] [S#2 interface{ ~[]V#1 | map[K#0]V#1; }] parameters (k#3 K#0) (s#4 S#2) results (v#5 V#1)
              block
                declare
                  var x#6 map[K#0]V#1
                return (index (call (index G K#0, V#1)[x#6]) k#3)
            #0 K TypeParameter of function 0, constraint comparable; read
            #1 V TypeParameter of function 0, constraint any; read
            #2 S TypeParameter of function 0, constraint interface{ ~[]V#1 | map[K#0]V#1; }
            #3 k Parameter(0) of function 0, type K#0; read
            #4 s Parameter(1) of function 0, type S#2
            #5 v Result(0) of function 0, type V#1
            #6 x Variable of function 0, type map[K#0]V#1; read
        "]],
    );
}

#[test]
fn generic_receivers() {
    check(
        "func (t *T[K, _, V]) m(k K) V { var x V; return x }",
        expect![[r"
        Method
        function 0 m [K#0 missing type] [_ missing type] [V#1 missing type] receiver (t#2 *T[K#0, _, V#1]) parameters (k#3 K#0) results (unnamed V#1)
          block
            declare
              var x#4 V#1
            return x#4
        #0 K TypeParameter of function 0, constraint missing type
        #1 V TypeParameter of function 0, constraint missing type
        #2 t Receiver of function 0, type *T[K#0, _, V#1]
        #3 k Parameter(0) of function 0, type K#0
        #4 x Variable of function 0, type V#1; read
    "]],
    );
}

#[test]
fn generic_methods() {
    check(
        "func (t T[K]) m[V any](f func(K) V) []V { return nil }",
        expect![[r"
            Method
            function 0 m [K#0 missing type] [V#1 any] receiver (t#2 T[K#0]) parameters (f#3 func(K#0)(V#1)) results (unnamed []V#1)
              block
                return nil
            #0 K TypeParameter of function 0, constraint missing type
            #1 V TypeParameter of function 0, constraint any
            #2 t Receiver of function 0, type T[K#0]
            #3 f Parameter(0) of function 0, type func(K#0)(V#1)
        "]],
    );
}

#[test]
fn a_parameter_named_as_its_type() {
    check(
        "func f(int int, string []string) (error error) { return error }",
        expect![[r"
            Function
            function 0 f parameters (int#0 int) (string#1 []string) results (error#2 error)
              block
                return error#2
            #0 int Parameter(0) of function 0, type int
            #1 string Parameter(1) of function 0, type []string
            #2 error Result(0) of function 0, type error; read
        "]],
    );
}

#[test]
fn literals() {
    check(
        "
        func f(x int) (err error) {
        	defer func() {
        		if r := recover(); r != nil {
        			err = g(r, x)
        		}
        	}()
        	return func(x int) (err error) { return h(x, err) }(x)
        }",
        expect![[r"
            Function
            function 0 f parameters (x#0 int) results (err#1 error)
              block
                defer (call function 1[])
                return (call function 2[x#0])
            function 1 in 0
              block
                if (NotEqual r#2 nil)
                  init:
                    define new r#2  = (call recover[])
                  block
                    assign err#1 = (call g[r#2, x#0])
            function 2 in 0 parameters (x#3 int) results (err#4 error)
              block
                return (call h[x#3, err#4])
            #0 x Parameter(0) of function 0, type int; read in 1; read
            #1 err Result(0) of function 0, type error; write in 1
            #2 r Variable of function 1, value (call recover[]); read; read
            #3 x Parameter(0) of function 2, type int; read
            #4 err Result(0) of function 2, type error; read
        "]],
    );
}

#[test]
fn a_shrunk_body_is_the_same_without_slack() {
    let source =
        "func f(a, b, c int) {\n\tx := func() { a++ }\n\tdefer x()\n\tif b > 0 {\n\t\tprintln(c)\n\t}\n}";
    let body = lowered(source);
    let before = Dump(&body).to_string();
    let body = body.shrunk();
    assert_eq!(Dump(&body).to_string(), before);
    assert_eq!(body.functions.capacity(), 2);
    assert_eq!(body.expressions.capacity(), body.expressions.len());
    assert_eq!(body.bindings.capacity(), body.bindings.len());
    assert_eq!(body.scopes.capacity(), body.scopes.len());
}

//! How types are lowered.

use expect_test::expect;

use crate::support::{check, check_statements, lowered};

#[test]
fn names() {
    check(
        "var x T",
        expect![[r"
        Variable
        function 0
          block
            declare
              var x T
    "]],
    );
}

#[test]
fn qualified_names() {
    check(
        "var x p.T",
        expect![[r"
        Variable
        function 0
          block
            declare
              var x p.T
    "]],
    );
}

#[test]
fn generic_types() {
    check(
        "var x map[string]G[int, p.H[T]]",
        expect![[r"
        Variable
        function 0
          block
            declare
              var x map[string]G[int, p.H[T]]
    "]],
    );
}

#[test]
fn composite_types() {
    check(
        "var x *[]map[string][4]*T",
        expect![[r"
        Variable
        function 0
          block
            declare
              var x *[]map[string][n]*T
    "]],
    );
}

#[test]
fn parenthesized_types() {
    check(
        "var x (([](*T)))",
        expect![[r"
        Variable
        function 0
          block
            declare
              var x []*T
    "]],
    );
}

#[test]
fn channels() {
    check(
        "var x func(chan int, chan<- int, <-chan int, chan (<-chan int), chan<- chan int)",
        expect![[r"
            Variable
            function 0
              block
                declare
                  var x func(chan int, chan<- int, <-chan int, chan <-chan int, chan<- chan int)()
        "]],
    );
}

#[test]
fn functions() {
    check(
        "var x func(a, b int, c ...string) (n int, err error)",
        expect![[r"
            Variable
            function 0
              block
                declare
                  var x func(int, int, string...)(int, error)
        "]],
    );
}

#[test]
fn functions_without_names() {
    check(
        "var x func(int, ...T) func() error",
        expect![[r"
        Variable
        function 0
          block
            declare
              var x func(int, T...)(func()(error))
    "]],
    );
}

#[test]
fn structs() {
    check(
        "
        type s struct {
        	a, b int `tag`
        	c map[string]T // comment
        	T
        	*p.U
        	G[int]
        	*p.H[T]
        	_ int
        }",
        expect![[r"
            Type
            function 0
              block
                declare
                  type s struct{ a int; b int; c map[string]T; embedded T T; embedded U *p.U; embedded G G[int]; embedded H *p.H[T]; _ int; }
            comment // comment
        "]],
    );
}

#[test]
fn interfaces() {
    check(
        "
        type i interface {
        	m(x int) (y error)
        	n()
        	error
        	p.I
        	~int | ~string
        	comparable
        }",
        expect![[r"
            Type
            function 0
              block
                declare
                  type i interface{ m(int)(error); n()(); error; p.I; ~int | ~string; comparable; }
        "]],
    );
}

#[test]
fn array_lengths_belong_to_no_statement() {
    let body = lowered("func f(x [n]int) { var y [n + 1]int; g(y, [n]int{}, len([n]int{}), n) }");
    let lengths = body
        .expression_ids()
        .filter(|id| body.text_of(body[*id].span).starts_with('n'));
    let statements: Vec<_> = lengths
        .map(|id| (body.text_of(body[id].span), body.statement_of(id).is_some()))
        .collect();
    let expected = [
        ("n", false),
        ("n", false),
        ("n + 1", false),
        ("n", false),
        ("n", false),
        ("n", true),
    ];
    assert_eq!(statements, expected);
}

#[test]
fn local_types() {
    check_statements(
        "
        type a struct{}
        var x a
        f(a{}, []a{}, func(a) *a { return nil })
        {
        	type a int
        	var y a
        }",
        expect![[r"
            Function
            function 0 f
              block
                declare
                  type a#0 struct{ }
                declare
                  var x#1 a#0
                (call f[a#0 { }, []a#0 { }, function 1])
                block
                  declare
                    type a#2 int
                  declare
                    var y#3 a#2
            function 1 in 0 parameters (unnamed a#0) results (unnamed *a#0)
              block
                return nil
            #0 a Type of function 0, type struct{ }
            #1 x Variable of function 0, type a#0
            #2 a Type of function 0, type int
            #3 y Variable of function 0, type a#2
        "]],
    );
}

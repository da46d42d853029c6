//! How expressions are lowered.

use expect_test::expect;

use crate::support::check_statements;

#[test]
fn literals() {
    check_statements(
        r#"f(1, 0x_1F, 1.5, 1e3, 2i, 'a', '\n', "s", `r`)"#,
        expect![[r#"
        Function
        function 0 f
          block
            (call f[Int 1, Int 0x_1F, Float 1.5, Float 1e3, Imaginary 2i, Rune 'a', Rune '\n', String "s", String `r`])
    "#]],
    );
}

#[test]
fn names() {
    check_statements(
        "
        x := y
        f(x, y, p.Z)",
        expect![[r"
            Function
            function 0 f
              block
                define new x#0  = y
                (call f[x#0, y, (select p Z)])
            #0 x Variable of function 0, value y; read
        "]],
    );
}

#[test]
fn composite_literals() {
    check_statements(
        r#"f(T{}, p.T{1}, []int{1, 2: x}, [2]int{}, [...]int{1}, map[string]T{"k": {1}}, G[int]{x: 1}, &T{})"#,
        expect![[r#"
            Function
            function 0 f
              block
                (call f[T { }, p.T { Int 1, }, []int { Int 1, Int 2: x, }, [n]int { }, [n]int { Int 1, }, map[string]T { String "k": - { Int 1, }, }, G[int] { x: Int 1, }, (AddressOf T { })])
        "#]],
    );
}

#[test]
fn composite_literals_with_left_out_types() {
    check_statements(
        "f([][]int{{1}, {2}}, map[T]*T{{1}: {2}}, []*T{{x: y}, &T{}})",
        expect![[r"
            Function
            function 0 f
              block
                (call f[[][]int { - { Int 1, }, - { Int 2, }, }, map[T]*T { - { Int 1, }: - { Int 2, }, }, []*T { - { x: y, }, (AddressOf T { }), }])
        "]],
    );
}

#[test]
fn field_names_of_struct_literals_are_no_uses() {
    check_statements(
        "
        name, x := 1, 2
        f(struct{ name, b int }{name: x})
        f([]struct{ name int }{{name: x}, {name: name}})
        f(map[string]*struct{ name int }{x: {name: x}})
        type t struct{ name int }
        f(t{name: x}, &t{name: x}, [2]t{x: {name: x}}, []*t{{name: x}})",
        expect![[r"
            Function
            function 0 f
              block
                define new name#0 new x#1  = Int 1, Int 2
                (call f[struct{ name int; b int; } { field name: x#1, }])
                (call f[[]struct{ name int; } { - { field name: x#1, }, - { field name: name#0, }, }])
                (call f[map[string]*struct{ name int; } { x#1: - { field name: x#1, }, }])
                declare
                  type t#2 struct{ name int; }
                (call f[t#2 { field name: x#1, }, (AddressOf t#2 { field name: x#1, }), [n]t#2 { x#1: - { field name: x#1, }, }, []*t#2 { - { field name: x#1, }, }])
            #0 name Variable of function 0, value Int 1; read
            #1 x Variable of function 0, value Int 2; read; read; read; read; read; read; read; read; read
            #2 t Type of function 0, type struct{ name int; }
        "]],
    );
}

#[test]
fn keys_that_may_be_fields_are_uses() {
    check_statements(
        "
        name := 1
        f(T{name: name}, map[int]int{name: name}, []int{name: name}, []T{{name: name}})
        type m map[int]int
        f(m{name: name})",
        expect![[r"
            Function
            function 0 f
              block
                define new name#0  = Int 1
                (call f[T { name#0: name#0, }, map[int]int { name#0: name#0, }, []int { name#0: name#0, }, []T { - { name#0: name#0, }, }])
                declare
                  type m#1 map[int]int
                (call f[m#1 { name#0: name#0, }])
            #0 name Variable of function 0, value Int 1; read; read; read; read; read; read; read; read; read; read
            #1 m Type of function 0, type map[int]int
        "]],
    );
}

#[test]
fn function_literals() {
    check_statements(
        "
        x := 1
        f := func(y int) int {
        	x++
        	return func() int { return x + y }()
        }
        f(x)",
        expect![[r"
            Function
            function 0 f
              block
                define new x#0  = Int 1
                define new f#2  = function 1
                (call f#2[x#0])
            function 1 in 0 parameters (y#1 int) results (unnamed int)
              block
                increment x#0
                return (call function 2[])
            function 2 in 1 results (unnamed int)
              block
                return (Add x#0 y#1)
            #0 x Variable of function 0, value Int 1; update in 1; read in 2; read
            #1 y Parameter(0) of function 1, type int; read in 2
            #2 f Variable of function 0, value function 1; read
        "]],
    );
}

#[test]
fn parentheses() {
    check_statements(
        "
        f((x), ((y)))
        ((g))()",
        expect![[r"
            Function
            function 0 f
              block
                (call f[(x), ((y))])
                (call ((g))[])
        "]],
    );
}

#[test]
fn selectors() {
    check_statements(
        "f(x.y, x.y.z, f().y, (x).y, (*T).m, p.T.m)",
        expect![[r"
        Function
        function 0 f
          block
            (call f[(select x y), (select (select x y) z), (select (call f[]) y), (select (x) y), (select ((* T)) m), (select (select p T) m)])
    "]],
    );
}

#[test]
fn indices_and_instantiations() {
    check_statements(
        "f(x[i], x[i][j], g[int](1), g[int, string], g[[]int, map[K]V], g[p.T], g[*T], p.G[T, *T]{})",
        expect![[r"
            Function
            function 0 f
              block
                (call f[(index x i), (index (index x i) j), (call (index g int)[Int 1]), (index g int, string), (index g type []int, type map[K]V), (index g (select p T)), (index g (* T)), p.G[T, *T] { }])
        "]],
    );
}

#[test]
fn slices() {
    check_statements(
        "f(x[:], x[1:], x[:2], x[1:2], x[1:2:3], x[:2:3])",
        expect![[r"
        Function
        function 0 f
          block
            (call f[(slice x - - -), (slice x Int 1 - -), (slice x - Int 2 -), (slice x Int 1 Int 2 -), (slice x Int 1 Int 2 Int 3), (slice x - Int 2 Int 3)])
    "]],
    );
}

#[test]
fn type_assertions() {
    check_statements(
        "
        v, ok := x.(T)
        f(x.(*p.T), x.(interface{ m() }), x.(func()))",
        expect![[r"
            Function
            function 0 f
              block
                define new v#0 new ok#1  = (assert x T)
                (call f[(assert x *p.T), (assert x interface{ m()(); }), (assert x func()())])
            #0 v Variable of function 0, value 0 of (assert x T)
            #1 ok Variable of function 0, value 1 of (assert x T)
        "]],
    );
}

#[test]
fn calls() {
    check_statements(
        "
        f()
        f(x, y...)
        f()(1)
        x.m(1).n(2)
        p.F(f(g()))",
        expect![[r"
            Function
            function 0 f
              block
                (call f[])
                (call f[x, y...])
                (call (call f[])[Int 1])
                (call (select (call (select x m)[Int 1]) n)[Int 2])
                (call (select p F)[(call f[(call g[])])])
        "]],
    );
}

#[test]
fn conversions() {
    check_statements(
        "f([]byte(s), T(x), p.T(x), (*T)(x), map[K]V(x), (func())(x), interface{}(x), (<-chan int)(c), <-chan int(c))",
        expect![[r"
            Function
            function 0 f
              block
                (call f[(call type []byte[s]), (call T[x]), (call (select p T)[x]), (call ((* T))[x]), (call type map[K]V[x]), (call (type func()())[x]), (call type interface{ }[x]), (call (type <-chan int)[c]), (Receive (call type chan int[c]))])
        "]],
    );
}

#[test]
fn make_and_new() {
    check_statements(
        "f(make(map[K]V), make([]T, n), make(chan int), make(M), make(p.M, 1), new(T), new(map[K]V), new(1), new(struct{}), make(G[int]))",
        expect![[r"
            Function
            function 0 f
              block
                (call f[(call make[type map[K]V]), (call make[type []T, n]), (call make[type chan int]), (call make[M]), (call make[(select p M), Int 1]), (call new[T]), (call new[type map[K]V]), (call new[Int 1]), (call new[type struct{ }]), (call make[(index G int)])])
        "]],
    );
}

#[test]
fn unary_operators() {
    check_statements(
        "f(+x, -x, !x, ^x, *x, &x, <-x, **x, -(-x))",
        expect![[r"
        Function
        function 0 f
          block
            (call f[(Plus x), (Minus x), (Not x), (Complement x), (* x), (AddressOf x), (Receive x), (* (* x)), (Minus ((Minus x)))])
    "]],
    );
}

#[test]
fn binary_operators() {
    check_statements(
        "
        f(a||b, a&&b, a == b, a != b, a < b, a <= b, a > b, a >= b)
        f(a+b, a-b, a|b, a^b, a*b, a/b, a%b, a<<b, a>>b, a&b, a&^b)
        f(a+b*c-d, a || b && c)",
        expect![[r"
            Function
            function 0 f
              block
                (call f[(LogicalOr a b), (LogicalAnd a b), (Equal a b), (NotEqual a b), (Less a b), (LessOrEqual a b), (Greater a b), (GreaterOrEqual a b)])
                (call f[(Add a b), (Subtract a b), (Or a b), (Xor a b), (Multiply a b), (Divide a b), (Remainder a b), (ShiftLeft a b), (ShiftRight a b), (And a b), (AndNot a b)])
                (call f[(Subtract (Add a (Multiply b c)) d), (LogicalOr a (LogicalAnd b c))])
        "]],
    );
}

#[test]
fn addresses() {
    check_statements(
        "
        var x, y T
        f(&x, &x.f, &x[0], &(x).f[1].g)
        f(&(*y).f, &*y, &y.f)
        var a [4]int
        f(a[:], a[:2][1:])
        b := [2]int{}
        f(b[1:])
        s := []int{}
        f(s[1:])",
        expect![[r"
            Function
            function 0 f
              block
                declare
                  var x#0 y#1 T
                (call f[(AddressOf x#0), (AddressOf (select x#0 f)), (AddressOf (index x#0 Int 0)), (AddressOf (select (index (select (x#0) f) Int 1) g))])
                (call f[(AddressOf (select ((* y#1)) f)), (AddressOf (* y#1)), (AddressOf (select y#1 f))])
                declare
                  var a#2 [n]int
                (call f[(slice a#2 - - -), (slice (slice a#2 - Int 2 -) Int 1 - -)])
                define new b#3  = [n]int { }
                (call f[(slice b#3 Int 1 - -)])
                define new s#4  = []int { }
                (call f[(slice s#4 Int 1 - -)])
            #0 x Variable of function 0, type T; address; address; address; address
            #1 y Variable of function 0, type T; read; read; address
            #2 a Variable of function 0, type [n]int; address; address
            #3 b Variable of function 0, value [n]int { }; address
            #4 s Variable of function 0, value []int { }; read
        "]],
    );
}

#[test]
fn types_as_operands() {
    check_statements(
        "f([]int, map[K]V, chan int, func(x int) error, struct{ x int }, interface{ m(y int) }, [4]int)",
        expect![[r"
            Function
            function 0 f
              block
                (call f[type []int, type map[K]V, type chan int, type func(int)(error), type struct{ x int; }, type interface{ m(int)(); }, type [n]int])
        "]],
    );
}

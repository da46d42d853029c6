//! How statements are lowered.

use expect_test::expect;

use crate::support::{check, check_statements};

#[test]
fn blocks_and_empty_statements() {
    check_statements(
        "
        { f(); }
        {}
        ;",
        expect![[r"
            Function
            function 0 f
              block
                block
                  (call f[])
                block
                empty
        "]],
    );
}

#[test]
fn expression_statements() {
    check_statements(
        "
        f()
        <-c
        (g)(1)",
        expect![[r"
            Function
            function 0 f
              block
                (call f[])
                (Receive c)
                (call (g)[Int 1])
        "]],
    );
}

#[test]
fn send_statements() {
    check_statements(
        "
        c <- v
        m[k] <- f(x)",
        expect![[r"
            Function
            function 0 f
              block
                send c <- v
                send (index m k) <- (call f[x])
        "]],
    );
}

#[test]
fn increments_and_decrements() {
    check_statements(
        "
        x := 1
        x++
        m[x]--
        x.y++
        *x++
        (x)++",
        expect![[r"
            Function
            function 0 f
              block
                define new x#0  = Int 1
                increment x#0
                decrement (index m x#0)
                increment (select x#0 y)
                increment (* x#0)
                increment (x#0)
            #0 x Variable of function 0, value Int 1; update; read; write through; write through; update
        "]],
    );
}

#[test]
fn assignments() {
    check_statements(
        "
        var x, y int
        x = 1
        x, y = y, x
        _ = x
        (x) = 2
        x.f = 1
        x[y] = 2
        *x = 3
        (*x).f[y].g = 4
        f().g = x",
        expect![[r"
            Function
            function 0 f
              block
                declare
                  var x#0 y#1 int
                assign x#0 = Int 1
                assign x#0, y#1 = y#1, x#0
                assign blank = x#0
                assign (x#0) = Int 2
                assign (select x#0 f) = Int 1
                assign (index x#0 y#1) = Int 2
                assign (* x#0) = Int 3
                assign (select (index (select ((* x#0)) f) y#1) g) = Int 4
                assign (select (call f[]) g) = x#0
            #0 x Variable of function 0, type int; write; write; read; read; write; write through; write through; write through; write through; read
            #1 y Variable of function 0, type int; write; read; read; read
        "]],
    );
}

#[test]
fn operator_assignments() {
    check_statements(
        "
        var x int
        x += 1
        x -= 1
        x *= 1
        x /= 1
        x %= 1
        x &= 1
        x |= 1
        x ^= 1
        x <<= 1
        x >>= 1
        x &^= 1
        x[0] += 1",
        expect![[r"
            Function
            function 0 f
              block
                declare
                  var x#0 int
                assign x#0 Add = Int 1
                assign x#0 Subtract = Int 1
                assign x#0 Multiply = Int 1
                assign x#0 Divide = Int 1
                assign x#0 Remainder = Int 1
                assign x#0 And = Int 1
                assign x#0 Or = Int 1
                assign x#0 Xor = Int 1
                assign x#0 ShiftLeft = Int 1
                assign x#0 ShiftRight = Int 1
                assign x#0 AndNot = Int 1
                assign (index x#0 Int 0) Add = Int 1
            #0 x Variable of function 0, type int; update; update; update; update; update; update; update; update; update; update; update; write through
        "]],
    );
}

#[test]
fn short_variable_declarations() {
    check_statements(
        "
        x := 1
        x, y := f(), 2
        a, b := g()
        v, ok := m[x]
        _, z := 1, y",
        expect![[r"
            Function
            function 0 f
              block
                define new x#0  = Int 1
                define x#0 new y#1  = (call f[]), Int 2
                define new a#2 new b#3  = (call g[])
                define new v#4 new ok#5  = (index m x#0)
                define blank new z#6  = Int 1, y#1
            #0 x Variable of function 0, value Int 1; write; read
            #1 y Variable of function 0, value Int 2; read
            #2 a Variable of function 0, value 0 of (call g[])
            #3 b Variable of function 0, value 1 of (call g[])
            #4 v Variable of function 0, value 0 of (index m x#0)
            #5 ok Variable of function 0, value 1 of (index m x#0)
            #6 z Variable of function 0, value y#1
        "]],
    );
}

#[test]
fn short_variable_declarations_in_an_inner_block_declare_anew() {
    check_statements(
        "
        x, err := f()
        {
        	x, err := x, err
        	_, err = g(x)
        }",
        expect![[r"
            Function
            function 0 f
              block
                define new x#0 new err#1  = (call f[])
                block
                  define new x#2 new err#3  = x#0, err#1
                  assign blank, err#3 = (call g[x#2])
            #0 x Variable of function 0, value 0 of (call f[]); read
            #1 err Variable of function 0, value 1 of (call f[]); read
            #2 x Variable of function 0, value x#0; read
            #3 err Variable of function 0, value err#1; write
        "]],
    );
}

#[test]
fn variables() {
    check_statements(
        "
        var a int
        var b, c = 1, a
        var d, e = f()
        var (
        	g T
        	_ = g
        )",
        expect![[r"
            Function
            function 0 f
              block
                declare
                  var a#0 int
                declare
                  var b#1 c#2 = Int 1, a#0
                declare
                  var d#3 e#4 = (call f[])
                declare
                  var g#5 T
                  var _ = g#5
            #0 a Variable of function 0, type int; read
            #1 b Variable of function 0, value Int 1
            #2 c Variable of function 0, value a#0
            #3 d Variable of function 0, value 0 of (call f[])
            #4 e Variable of function 0, value 1 of (call f[])
            #5 g Variable of function 0, type T; read
        "]],
    );
}

#[test]
fn constants() {
    check_statements(
        "
        const a = 1
        const (
        	b T = iota
        	c
        	d, e = a, b
        )",
        expect![[r"
            Function
            function 0 f
              block
                declare
                  const a#0 = Int 1
                declare
                  const b#1 T = iota
                  const c#2
                  const d#3 e#4 = a#0, b#1
            #0 a Constant of function 0, value Int 1; read
            #1 b Constant of function 0, type T; read
            #2 c Constant of function 0, type T
            #3 d Constant of function 0, value a#0
            #4 e Constant of function 0, value b#1
        "]],
    );
}

#[test]
fn types() {
    check_statements(
        "
        type a struct{ next *a }
        type b = a
        type (
        	c []b
        	d map[string]c
        )
        var x d",
        expect![[r"
            Function
            function 0 f
              block
                declare
                  type a#0 struct{ next *a#0; }
                declare
                  type b#1 = a#0
                declare
                  type c#2 []b#1
                  type d#3 map[string]c#2
                declare
                  var x#4 d#3
            #0 a Type of function 0, type struct{ next *a#0; }
            #1 b Type of function 0, alias of a#0
            #2 c Type of function 0, type []b#1
            #3 d Type of function 0, type map[string]c#2
            #4 x Variable of function 0, type d#3
        "]],
    );
}

#[test]
fn labels_and_jumps() {
    check_statements(
        "
        outer:
        	for {
        		break outer
        		continue outer
        		break
        		continue
        	}
        	goto end
        end:",
        expect![[r"
            Function
            function 0 f
              block
                label outer
                  for -
                    block
                      break outer
                      continue outer
                      break -
                      continue -
                goto end
                label end
        "]],
    );
}

#[test]
fn labels_before_statements() {
    check_statements(
        "
        a:
        b:
        	f()
        	goto a
        	goto b
        c:
        	;
        	goto c",
        expect![[r"
            Function
            function 0 f
              block
                label a
                  label b
                    (call f[])
                goto a
                goto b
                label c
                  empty
                goto c
        "]],
    );
}

#[test]
fn goroutines_and_deferred_calls() {
    check_statements(
        "
        go f(1)
        defer func() { recover() }()
        defer x.Close()",
        expect![[r"
            Function
            function 0 f
              block
                go (call f[Int 1])
                defer (call function 1[])
                defer (call (select x Close)[])
            function 1 in 0
              block
                (call recover[])
        "]],
    );
}

#[test]
fn returns() {
    check(
        "
        func f() (int, error) {
        	if a {
        		return 1, nil
        	}
        	return f()
        }",
        expect![[r"
            Function
            function 0 f results (unnamed int) (unnamed error)
              block
                if a
                  block
                    return Int 1, nil
                return (call f[])
        "]],
    );
}

#[test]
fn bare_return() {
    check(
        "
        func f() (err error) {
        	return
        }",
        expect![[r"
            Function
            function 0 f results (err#0 error)
              block
                return
            #0 err Result(0) of function 0, type error
        "]],
    );
}

#[test]
fn comments() {
    check_statements(
        r#"
        // One.
        f() // Two.
        g(/* three */ "// no", `/* no
        */`, '"') /* four
        */
        '\'' + "\"//" // five"#,
        expect![[r#"
            Function
            function 0 f
              block
                (call f[])
                (call g[String "// no", String `/* no
                    */`, Rune '"'])
                (Add Rune '\'' String "\"//")
            comment // One.
            comment // Two.
            comment /* three */
            comment /* four
                    */
            comment // five
        "#]],
    );
}

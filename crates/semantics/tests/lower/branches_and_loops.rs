//! Statements that hold others: `if`, `switch`, `select` and `for`.

use expect_test::expect;

use crate::support::check_statements;

#[test]
fn if_statements() {
    check_statements(
        "
        if x {
        }
        if x := f(); x > 0 {
        	g(x)
        } else if y := x; y < x {
        	g(y)
        } else {
        	g(x, y)
        }
        g(x)",
        expect![[r"
            Function
            function 0 f
              block
                if x
                  block
                if (Greater x#0 Int 0)
                  init:
                    define new x#0  = (call f[])
                  block
                    (call g[x#0])
                  else:
                    if (Less y#1 x#0)
                      init:
                        define new y#1  = x#0
                      block
                        (call g[y#1])
                      else:
                        block
                          (call g[x#0, y#1])
                (call g[x])
            #0 x Variable of function 0, value (call f[]); read; read; read; read; read
            #1 y Variable of function 0, value x#0; read; read; read
        "]],
    );
}

#[test]
fn expression_switches() {
    check_statements(
        "
        switch x := f(); x {
        case 1, 2:
        	y := x
        	fallthrough
        case x + 1:
        	y := 2
        	g(y)
        default:
        	break
        }
        switch {
        case x > 1:
        }
        switch x := 1; {
        default:
        	g(x)
        }",
        expect![[r"
            Function
            function 0 f
              block
                switch x#0
                  init:
                    define new x#0  = (call f[])
                  case Int 1, Int 2
                    define new y#1  = x#0
                    fallthrough
                  case (Add x#0 Int 1)
                    define new y#2  = Int 2
                    (call g[y#2])
                  default
                    break -
                switch -
                  case (Greater x Int 1)
                switch -
                  init:
                    define new x#3  = Int 1
                  default
                    (call g[x#3])
            #0 x Variable of function 0, value (call f[]); read; read; read
            #1 y Variable of function 0, value x#0
            #2 y Variable of function 0, value Int 2; read
            #3 x Variable of function 0, value Int 1; read
        "]],
    );
}

#[test]
fn type_switches() {
    check_statements(
        "
        switch x := y.(type) {
        case int:
        	g(x)
        case nil:
        	g(x)
        case []T, *p.T:
        	g(x)
        default:
        	g(x)
        }",
        expect![[r"
            Function
            function 0 f
              block
                type switch x y
                  case x#0 int
                    (call g[x#0])
                  case x#1 nil
                    (call g[x#1])
                  case x#2 []T *p.T
                    (call g[x#2])
                  default x#3
                    (call g[x#3])
            #0 x TypeSwitchVariable of function 0, case int; read
            #1 x TypeSwitchVariable of function 0, operand y; read
            #2 x TypeSwitchVariable of function 0, operand y; read
            #3 x TypeSwitchVariable of function 0, operand y; read
        "]],
    );
}

#[test]
fn type_switches_without_a_variable() {
    check_statements(
        "
        switch y := f(); y.(type) {
        case error:
        	g(y)
        }
        switch f().(type) {
        }",
        expect![[r"
            Function
            function 0 f
              block
                type switch - y#0
                  init:
                    define new y#0  = (call f[])
                  case error
                    (call g[y#0])
                type switch - (call f[])
            #0 y Variable of function 0, value (call f[]); read; read
        "]],
    );
}

#[test]
fn selects() {
    check_statements(
        "
        select {
        case c <- v:
        case <-c:
        	g()
        case v := <-c:
        	g(v)
        case v, ok := <-c:
        	g(v, ok)
        case v, ok = <-c:
        case m[k] = <-(c):
        default:
        }
        g(v)",
        expect![[r"
            Function
            function 0 f
              block
                select
                  case
                    communication:
                      send c <- v
                  case
                    communication:
                      (Receive c)
                    (call g[])
                  case
                    communication:
                      define new v#0  = (Receive c)
                    (call g[v#0])
                  case
                    communication:
                      define new v#1 new ok#2  = (Receive c)
                    (call g[v#1, ok#2])
                  case
                    communication:
                      assign v, ok = (Receive c)
                  case
                    communication:
                      assign (index m k) = (Receive (c))
                  default
                (call g[v])
            #0 v Variable of function 0, value (Receive c); read
            #1 v Variable of function 0, value 0 of (Receive c); read
            #2 ok Variable of function 0, value 1 of (Receive c); read
        "]],
    );
}

#[test]
fn for_loops() {
    check_statements(
        "
        for {
        }
        for x {
        }
        for i := 0; i < n; i++ {
        	g(i)
        }
        for ; ; i++ {
        }
        for i = 0; ; {
        }",
        expect![[r"
            Function
            function 0 f
              block
                for -
                  block
                for x
                  block
                for (Less i#0 n)
                  init:
                    define new i#0  = Int 0
                  post:
                    increment i#0
                  block
                    (call g[i#0])
                for -
                  post:
                    increment i
                  block
                for -
                  init:
                    assign i = Int 0
                  block
            #0 i LoopVariable of function 0, value Int 0; read; update; read
        "]],
    );
}

#[test]
fn ranges() {
    check_statements(
        "
        for k, v := range m {
        	g(k, v)
        }
        for k := range k {
        	g(k)
        }
        for range 10 {
        }
        for _, v := range m {
        	g(v)
        }
        var x, y int
        for x, y = range m {
        }
        for x.f, y[0] = range m {
        }",
        expect![[r"
            Function
            function 0 f
              block
                range new k#0 new v#1 := m
                  block
                    (call g[k#0, v#1])
                range new k#2 := k
                  block
                    (call g[k#2])
                range = Int 10
                  block
                range blank new v#3 := m
                  block
                    (call g[v#3])
                declare
                  var x#4 y#5 int
                range x#4 y#5 = m
                  block
                range (select x#4 f) (index y#5 Int 0) = m
                  block
            #0 k RangeVariable of function 0, key of m; read
            #1 v RangeVariable of function 0, value of m; read
            #2 k RangeVariable of function 0, key of k; read
            #3 v RangeVariable of function 0, value of m; read
            #4 x Variable of function 0, type int; write; write through
            #5 y Variable of function 0, type int; write; write through
        "]],
    );
}

//! The types of expressions that no call nor selector decides.

use super::{Snippet, check, check_with, parsed};
use crate::facts::PackageFacts;

#[test]
fn parameters_and_results() {
    check(
        "func f(m map[string]int, rest ...string) (err error) {
            use(m /*type: map[string]int*/, rest /*type: []string*/, err /*type: error*/)
        }",
    );
}

#[test]
fn declared_and_aliased_maps() {
    check(
        "type Stock map[string]int
        type Alias = map[string]int
        func f(s Stock, a Alias) {
            use(s /*type: Stock*/, a /*type: map[string]int*/, s[\"a\"] /*type: int*/)
            type Local = []Stock
            var l Local
            use(l /*type: []Stock*/)
        }",
    );
}

#[test]
fn literals_and_constants() {
    check(
        "const limit = 10
        const half, name = limit / 2.5, \"half\"
        const ( first byte = iota; second; third )
        const ( zero = iota; one )
        func f() {
            use(1 /*type: untyped int*/, 1.5 /*type: untyped float*/, 1i /*type: untyped complex*/)
            use('a' /*type: untyped rune*/, \"a\" /*type: untyped string*/, true /*type: untyped bool*/)
            use(limit /*type: untyped int*/, name /*type: untyped string*/, half /*type: ?*/)
            use(second /*type: byte*/, one /*type: untyped int*/)
            const ( a uint = iota; b )
            const ( c = 'c'; d )
            use(b /*type: uint*/, d /*type: untyped rune*/)
            x, y, z := 1, 'r', 2.5
            use(x /*type: int*/, y /*type: int32*/, z /*type: float64*/, nil /*type: nil*/)
        }",
    );
}

#[test]
fn operators() {
    check(
        "func f(a float64, n int, s []int) {
            use(a + 1 /*type: float64*/)
            use(1 + a /*type: float64*/)
            use(1 + 2.5 /*type: untyped float*/)
            use('a' + 1 /*type: untyped rune*/)
            use(n == 1 /*type: untyped bool*/)
            use(n > 1 && a < 2 /*type: untyped bool*/)
            use(1 << n /*type: untyped int*/)
            use(n << 1.0 /*type: int*/)
            use(-a /*type: float64*/)
            use(&s /*type: *[]int*/)
            p := &n
            use(*p /*type: int*/)
            use(unknown() + a /*type: float64*/)
            use(unknown() + 1 /*type: ?*/)
        }",
    );
}

#[test]
fn index_and_slice() {
    check(
        "func f(m map[string][]int, a [3]string, p *[3]string, s string) {
            use(m[\"k\"] /*type: []int*/, m[\"k\"][0] /*type: int*/)
            use(a[0] /*type: string*/, p[0] /*type: string*/, s[0] /*type: byte*/)
            use(a[:] /*type: []string*/, p[1:] /*type: []string*/, s[1:] /*type: string*/, m[\"k\"][:1] /*type: []int*/)
        }",
    );
}

#[test]
fn values_that_come_with_a_second_one() {
    check(
        "func f(m map[string]error, c <-chan []int, x any) {
            v, ok := m[\"k\"]
            use(v /*type: error*/, ok /*type: bool*/)
            r, open := <-c
            use(r /*type: []int*/, open /*type: bool*/)
            w, is := x.(map[int]int)
            use(w /*type: map[int]int*/, is /*type: bool*/, x.(string) /*type: string*/, <-c /*type: []int*/)
            var (a, b = pair())
            use(a /*type: map[string]int*/, b /*type: error*/)
        }
        func pair() (map[string]int, error) { return nil, nil }",
    );
}

#[test]
fn loops() {
    check(
        "type Seq func(yield func(string, []int) bool)
        func f(m map[string]error, s []bool, p *[2]byte, t string, c chan float64, n int64, seq Seq, one func(func(rune) bool)) {
            for k, v := range m { use(k /*type: string*/, v /*type: error*/) }
            for i, v := range s { use(i /*type: int*/, v /*type: bool*/) }
            for i, v := range p { use(i /*type: int*/, v /*type: byte*/) }
            for i, v := range t { use(i /*type: int*/, v /*type: int32*/) }
            for v := range c { use(v /*type: float64*/) }
            for i := range n { use(i /*type: int64*/) }
            for i := range 10 { use(i /*type: int*/) }
            for k, v := range seq { use(k /*type: string*/, v /*type: []int*/) }
            for r := range one { use(r /*type: int32*/) }
        }",
    );
}

#[test]
fn type_switches() {
    check(
        "func f(x any) {
            switch y := x.(type) {
            case map[string]int: use(y /*type: map[string]int*/)
            case nil: use(y /*type: any*/)
            case int, string: use(y /*type: any*/)
            default: use(y /*type: any*/)
            }
        }",
    );
}

#[test]
fn composite_literals() {
    check(
        "type point struct{ x, y int }
        func f() {
            use([]point{{1, 2} /*type: point*/} /*type: []point*/)
            use([]*point{{1, 2} /*type: *point*/} /*type: []*point*/)
            use(map[point][]int{{1, 2} /*type: point*/: {1} /*type: []int*/} /*type: map[point][]int*/)
            use([]*[]point{{{1, 2} /*type: point*/}})
            use([...]int{1} /*type: [...]int*/)
            use(&point{} /*type: *point*/)
            use(point{}.x /*type: int*/)
        }",
    );
}

#[test]
fn closures() {
    check(
        "func f() {
            g := func(m map[string]int, rest ...int) (bool, error) { return true, nil }
            use(g /*type: func(map[string]int, ...int) (bool, error)*/)
            a, b := g(nil)
            use(a /*type: bool*/, b /*type: error*/)
            use(func() []int { return nil }() /*type: []int*/)
        }",
    );
}

#[test]
fn package_level_values() {
    check_with(
        &[
            "var direct = other
            func f() {
                use(direct /*type: map[string]int*/, made /*type: map[int]bool*/, pointer /*type: *box*/)
                use(hook /*type: func(int) error*/, result /*type: *box*/, second /*type: error*/, total /*type: int*/)
                use(scaled /*type: kilo*/, long /*type: float64*/)
            }",
            "var other = map[string]int{}
            var made = make(map[int]bool)
            var pointer = &box{}
            var hook = open
            var result, second = load()
            var total = 1
            const kilo_ kilo = 1000
            const scaled = 5 * kilo_
            var long = 1.5 + 2
            type kilo int
            type box struct{}
            func open(int) error { return nil }
            func load() (*box, error) { return nil, nil }",
        ],
        &[],
    );
}

#[test]
fn declarations_that_differ_between_platforms() {
    check_with(
        &[
            "func f() {
                use(handle /*type: ?*/, same /*type: string*/)
                var s state
                use(s /*type: state*/, s.value /*type: ?*/)
                var n number
                use(n /*type: ?*/)
            }",
            "var handle int\nfunc open() error { return nil }\nvar same = \"a\"\ntype state struct{ value int }\ntype number int",
            "var handle uintptr\nfunc open() error { return nil }\nvar same = \"b\"\ntype state struct{ value bool }\ntype number = int",
        ],
        &[],
    );
    check_with(
        &[
            "var handle int
            type state struct{ value int }
            func f(s state) { use(handle /*type: int*/, s.value /*type: int*/) }",
            "var handle uintptr\ntype state struct{ value bool }",
        ],
        &[],
    );
}

#[test]
fn the_build_decides_what_differs_between_platforms() {
    let text = "func f(s state) {
        use(handle /*type: int*/, s.value /*type: int*/, s.mode /*type: int*/)
        use(open() /*type: error*/, other /*type: bool*/)
    }";
    let facts = |text: &str| parsed(&format!("package shop\n\n{text}\n")).0;
    let mut snippet = Snippet::new(&[text], &[]);
    snippet.package = PackageFacts::with_others(
        "example.com/shop",
        vec![
            facts("var handle int\ntype state struct{ value, mode int }\nfunc open() error { return nil }"),
            facts("func (state) close() {}"),
        ],
        vec![facts(
            "func handle() {}\ntype state struct{}\nvar open func() int\nvar other bool\nfunc (state) mode() {}",
        )],
    );
    snippet.ask("type", |context, marked| {
        context.describe(&context.type_of(marked))
    });
}

#[test]
fn a_literal_that_is_called_in_an_initial_value() {
    check(
        "var stock = func() map[string]int { return nil }()
        var shelf, err = func() ([]int, error) { return nil, nil }()
        var none = func() {}()
        func f() { use(stock /*type: map[string]int*/, shelf /*type: []int*/, err /*type: error*/, none /*type: ?*/) }",
    );
}

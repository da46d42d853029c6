//! Generic types and functions.

use super::{check, check_callee, check_with};

#[test]
fn instances_of_generic_types() {
    check(
        "type Set[K comparable] map[K]struct{}
        type Pair[A, B any] struct { first A; second B }
        type Ref[T any] = *Pair[T, T]
        func (p Pair[X, Y]) swap() Pair[Y, X] { return Pair[Y, X]{} }
        func (p *Pair[_, Y]) other() Y { return p.second }
        func f(s Set[string], p Pair[int, error], r Ref[bool]) {
            use(s /*type: Set[string]*/, p.first /*type: int*/, p.swap() /*type: Pair[error, int]*/, p.other() /*type: error*/)
            use(r.first /*type: bool*/, Set[int]{} /*type: Set[int]*/, make(Set[int]) /*type: Set[int]*/)
            for k := range s { use(k /*type: string*/) }
        }",
    );
}

#[test]
fn inferred_type_arguments() {
    check(
        "func id[T any](x T) T { return x }
        func keys[M ~map[K]V, K comparable, V any](m M) []K { return nil }
        func apply[T, U any](s []T, f func(T) U) []U { return nil }
        func all[T any](xs ...T) T { panic(1) }
        func largest[T any](a, b T) T { return a }
        func first[T any](p Box[T]) T { panic(1) }
        func each[V any](seq Seq[V]) []V { return nil }
        func build[T any, P interface{ *T }](x T) P { return nil }
        func both[T, U any](t T, u U) map[string]U { return nil }
        type Seq[V any] func(yield func(V) bool)
        type Box[T any] struct{ value T }
        type Stock map[string]error
        func f(m map[string]int, s Stock, list []error) {
            use(id(m) /*type: map[string]int*/, id(1) /*type: int*/, id(nil) /*type: ?*/, id[any](1) /*type: any*/)
            use(keys(s) /*type: []string*/, apply(list, func(e error) string { return \"\" }) /*type: []string*/)
            use(all(list...) /*type: error*/, all(list) /*type: []error*/, largest(1, 2.5) /*type: float64*/)
            use(first(Box[bool]{}) /*type: bool*/, each(func(yield func(int) bool) {}) /*type: []int*/)
            use(build(m) /*type: *map[string]int*/, id[string] /*type: func(string) string*/, id(unknown()) /*type: ?*/)
            use(both(two()) /*type: map[string]error*/)
        }
        func two() (int, error) { return 0, nil }",
    );
}

#[test]
fn generic_methods() {
    check(
        "type List[T any] struct{ items []T }
        func (l List[T]) convert[U any](f func(T) U) map[string]U { return nil }
        func f(l List[int]) {
            use(l.convert(func(n int) error { return nil }) /*type: map[string]error*/)
            use(l.convert[bool](nil) /*type: map[string]bool*/)
        }",
    );
}

#[test]
fn generics_of_other_packages() {
    check_with(
        &["import (\"maps\"; \"slices\"; \"sync/atomic\")
            func f(m map[string]error, p *atomic.Pointer[map[string]int]) {
                use(maps.Clone(m) /*type: map[string]error*/, slices.Collect(maps.Keys(m)) /*type: []string*/)
                use(p.Load() /*type: *map[string]int*/)
            }"],
        &[
            (
                "maps",
                "import \"iter\"
                func Clone[M ~map[K]V, K comparable, V any](m M) M { return m }
                func Keys[Map ~map[K]V, K comparable, V any](m Map) iter.Seq[K] { return nil }",
            ),
            ("iter", "type Seq[V any] func(yield func(V) bool)"),
            (
                "slices",
                "import \"iter\"\nfunc Collect[E any](seq iter.Seq[E]) []E { return nil }",
            ),
            (
                "sync/atomic",
                "package atomic\ntype Pointer[T any] struct{ v *T }\nfunc (x *Pointer[T]) Load() *T { return nil }",
            ),
        ],
    );
}

#[test]
fn core_types() {
    check(
        "type Maplike[K comparable, V any] interface{ ~map[K]V }
        type number interface{ ~int | ~int64 }
        func f[M ~map[string]V, V any, N Maplike[int, bool], T number, S ~[]int | ~[]int, F func() error](m M, n N, t T, s S, g F) {
            use(m /*type: M*/, m[\"a\"] /*type: V*/, n[1] /*type: bool*/, t /*type: T*/, s[0] /*type: int*/, g() /*type: error*/)
            for k, v := range n { use(k /*type: int*/, v /*type: bool*/) }
            use(t[0] /*type: ?*/, t + 1 /*type: T*/)
        }
        type Table[R Maplike[string, E], E any] struct{ rows R }
        func (t *Table[A, B]) row() B {
            use(t.rows /*type: A*/)
            return t.rows[\"a\"] /*type: B*/
        }",
    );
}

#[test]
fn methods_of_constraints() {
    check_callee(
        "type ordered[T any] interface{ less(other T) bool; comparable }
        type closer interface{ close() error }
        func f[T ordered[T], C interface{ *T; closer }](a T, c C) {
            a.less(a) /*callee: interface method less*/
            c.close() /*callee: interface method close*/
        }",
        &[],
    );
    check(
        "type ordered[T any] interface{ less(other T) bool }
        func f[T ordered[T]](a T) { use(a.less /*type: func(T) bool*/) }",
    );
}

#[test]
fn instances_in_initial_values() {
    check(
        "type Box[K comparable, V any] struct{ value V }
        func open[T any]() (Box[string, T], error) { panic(1) }
        var (
            made = new(Box[string, error])
            opened, err = open[bool]()
            converted = Box[string, int](struct{ value int }{})
            handlers []func() int
            first = 0
            handled = handlers[first]()
        )
        func f() {
            use(made.value /*type: error*/, opened.value /*type: bool*/, err /*type: error*/)
            use(converted.value /*type: int*/, handled /*type: ?*/)
        }",
    );
}

//! Who is called, and what calls yield.

use super::{check, check_callee, check_with};

#[test]
fn builtins() {
    check(
        "func f(m map[string]int, s []string, a float64, c complex64, p *[2]int) {
            use(make(map[string]int, 3) /*type: map[string]int*/, new(map[string]int) /*type: *map[string]int*/)
            use(new(1) /*type: *int*/, new(a) /*type: *float64*/, append(s, \"\") /*type: []string*/, append(s[:0:0]) /*type: []string*/)
            use(len(m) /*type: int*/, cap(s) /*type: int*/, copy(s, s) /*type: int*/, recover() /*type: any*/)
            use(min(1, a) /*type: float64*/, max(1, 2.5) /*type: untyped float*/)
            use(complex(a, 1) /*type: complex128*/, real(c) /*type: float32*/, imag(2i) /*type: untyped float*/)
            delete(m, \"\") /*type: ()*/
            clear(m) /*type: ()*/
        }",
    );
}

#[test]
fn conversions() {
    check(
        "type stock map[string]int
        func f(b []byte, m map[string]int, x float64) {
            use(string(b) /*type: string*/, []byte(\"a\") /*type: []byte*/, stock(m) /*type: stock*/, int(x) /*type: int*/)
            use((*stock)(nil) /*type: *stock*/, (func() error)(nil) /*type: func() error*/, map[string]int(m) /*type: map[string]int*/)
        }",
    );
}

#[test]
fn results() {
    check(
        "func one() map[string]int { return nil }
        func two() (map[string]int, error) { return nil, nil }
        func none() {}
        func f(g func() (int, error)) {
            use(one() /*type: map[string]int*/, two() /*type: (map[string]int, error)*/, none() /*type: ()*/, g() /*type: (int, error)*/)
            m, err := two()
            use(m /*type: map[string]int*/, err /*type: error*/)
            h := one
            use(h() /*type: map[string]int*/, unknown() /*type: ?*/)
        }",
    );
}

#[test]
fn callees() {
    check_callee(
        "import \"os\"
        type box struct{ hook func() }
        func (b *box) close() error { return nil }
        type outer struct{ *box; closer }
        type closer interface{ shut() }
        func helper() {}
        func generic[T any](x T) {}
        var hook = helper
        func f(o outer, b *box, c closer, p func()) {
            helper() /*callee: function example.com/shop.helper*/
            (helper)() /*callee: function example.com/shop.helper*/
            generic(1) /*callee: function example.com/shop.generic*/
            generic[int](1) /*callee: function example.com/shop.generic*/
            os.Exit(1) /*callee: function os.Exit*/
            b.close() /*callee: method example.com/shop.box.close*/
            o.close() /*callee: method example.com/shop.box.close*/
            o.shut() /*callee: interface method shut*/
            c.shut() /*callee: interface method shut*/
            (*box).close(b) /*callee: method expression box.close*/
            func() {}() /*callee: literal*/
            p() /*callee: variable*/
            hook() /*callee: unknown*/
            b.hook() /*callee: unknown*/
            int(1) /*callee: conversion int*/
            panic(1) /*callee: builtin Panic*/
            missing() /*callee: unknown*/
        }",
        &[("os", "func Exit(code int) {}")],
    );
}

#[test]
fn a_variable_with_one_literal() {
    check_callee(
        "func f() {
            a := func() {}
            b := func() {}
            b = nil
            var c = func() {}
            d := func() {}
            set(&d)
            a() /*callee: variable with one literal*/
            b() /*callee: variable*/
            c() /*callee: variable with one literal*/
            d() /*callee: variable*/
        }",
        &[],
    );
}

#[test]
fn package_unsafe() {
    check_with(
        &["import \"unsafe\"
        func f(b *byte, s []int) {
            use(unsafe.Pointer(b) /*type: unsafe.Pointer*/, unsafe.Slice(b, 3) /*type: []byte*/)
            use(unsafe.Sizeof(s) /*type: uintptr*/, unsafe.SliceData(s) /*type: *int*/)
        }"],
        &[],
    );
}

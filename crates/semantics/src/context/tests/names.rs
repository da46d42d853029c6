//! What names mean, and what hides them.

use super::{check, check_callee, check_with};

#[test]
fn hidden_predeclared_names() {
    check_callee(
        "func f() { recover() /*callee: builtin Recover*/ }
        func g(recover func() int) { recover() /*callee: variable*/ }",
        &[],
    );
    check_callee(
        "func f() { recover() /*callee: function example.com/shop.recover*/ }\nfunc recover() {}",
        &[],
    );
    check_callee(
        "import recover \"example.com/recover\"\nfunc f() { recover() /*callee: unknown*/ }",
        &[],
    );
    check(
        "type error interface{}
        type string map[int]int
        func f(e error, s string) { use(e /*type: error*/, s[0] /*type: int*/) }",
    );
}

#[test]
fn dot_imports() {
    let imported = [(
        "example.com/kit",
        "func Open() error { return nil }\ntype Table map[string]int\nvar Limit = 3",
    )];
    check_callee(
        "import . \"example.com/kit\"
        func f() {
            recover() /*callee: builtin Recover*/
            Open() /*callee: function example.com/kit.Open*/
            Table(nil) /*callee: conversion Table*/
        }",
        &imported,
    );
    check_with(
        &["import . \"example.com/kit\"
        func f(t Table) { use(t[\"a\"] /*type: int*/, Limit /*type: int*/, Open() /*type: error*/) }"],
        &imported,
    );
}

#[test]
fn dot_imports_count_at_package_level() {
    check_with(
        &["import . \"example.com/kit\"
        type shelf struct{ table Table }
        var (
            open = Open
            table = NewTable()
            limit = Limit
            err = open()
        )
        func f(s shelf) {
            use(open() /*type: error*/, table[\"a\"] /*type: int*/, limit /*type: int*/, err /*type: error*/)
            use(s.table[\"a\"] /*type: int*/)
        }"],
        &[(
            "example.com/kit",
            "func Open() error { return nil }\ntype Table map[string]int\nvar Limit = 3
            func NewTable() Table { return nil }",
        )],
    );
}

#[test]
fn dot_imports_of_generic_types() {
    check_with(
        &["import . \"example.com/kit\"
        func f(t Table[string]) { use(t[0] /*type: string*/) }"],
        &[("example.com/kit", "type Table[V any] map[int]V")],
    );
}

#[test]
fn a_dot_import_may_hide_predeclared_names() {
    let source = "import . \"example.com/kit\"
        func f() { recover() /*callee: unknown*/; Open() /*callee: unknown*/ }";
    check_callee(source, &[]);
    check_callee(source, &[("example.com/kit", "func recover() {}")]);
    check("import . \"example.com/kit\"\nfunc f(e error) { use(e /*type: ?*/) }");
}

#[test]
fn names_of_imports() {
    let json = "package json\nfunc Marshal(v any) ([]byte, error) { return nil, nil }";
    check_callee(
        "import (
            \"example.com/go-json\"
            short \"example.com/yaml.v3\"
        )
        func f() {
            json.Marshal(1) /*callee: function example.com/go-json.Marshal*/
            short.Marshal(1) /*callee: function example.com/yaml.v3.Marshal*/
            yaml.Marshal(1) /*callee: unknown*/
        }
        func g(json box) { json.Marshal(1) /*callee: method example.com/shop.box.Marshal*/ }
        type box struct{}
        func (box) Marshal(x any) {}",
        &[
            ("example.com/go-json", json),
            ("example.com/yaml.v3", "package yaml\nfunc Marshal(v any) {}"),
        ],
    );
}

#[test]
fn names_in_facts_belong_to_their_package() {
    check_with(
        &["import \"example.com/kit\"
        type Table []bool
        func f() { use(kit.New() /*type: kit.Table*/, kit.New()[\"a\"] /*type: int*/, kit.Direct() /*type: map[string]int*/) }"],
        &[(
            "example.com/kit",
            "type Table map[string]int\ntype Alias = map[string]int\nfunc New() Table { return nil }\nfunc Direct() Alias { return nil }",
        )],
    );
}

//! Fields and methods.

use super::{check, check_callee, check_with};

#[test]
fn fields_and_methods() {
    check(
        "type box struct { items map[string]int; next *box }
        func (b *box) all() []string { return nil }
        func (b box) size() int { return 0 }
        func f(b box, p *box) {
            use(b.items /*type: map[string]int*/, p.next.next.items /*type: map[string]int*/)
            use(b.all /*type: func() []string*/, p.size() /*type: int*/, b.missing /*type: ?*/)
        }",
    );
}

#[test]
fn the_shallowest_promoted_member_counts() {
    check(
        "type inner struct { a int; b int }
        type middle struct { inner; b string }
        type other struct { a bool; c error }
        type outer struct { *middle; other }
        func (inner) deep() error { return nil }
        func f(o outer) {
            use(o.b /*type: string*/, o.a /*type: bool*/, o.c /*type: error*/, o.deep() /*type: error*/)
            use(o.inner.b /*type: int*/)
        }",
    );
}

#[test]
fn a_member_that_is_twice_at_one_depth_is_none() {
    check(
        "type left struct{ x int }
        type right struct{ x int }
        type both struct{ left; right }
        func f(b both) { use(b.x /*type: ?*/, b.left.x /*type: int*/) }",
    );
}

#[test]
fn an_unknown_embedded_type_may_hide_what_lies_deeper() {
    check(
        "import \"example.com/unknown\"
        type inner struct{ x int }
        type middle struct{ inner }
        type outer struct{ unknown.T; middle; y int }
        func f(o outer) { use(o.x /*type: ?*/, o.y /*type: int*/, o.middle /*type: middle*/) }",
    );
}

#[test]
fn embedded_interfaces() {
    check(
        "type reader interface{ read() (int, error) }
        type source interface{ reader; name() string }
        type deeper struct{ read bool }
        type plain struct{ deeper }
        type file struct{ source; plain }
        func f(s source, x file, e error) {
            use(s.read /*type: func() (int, error)*/, s.name() /*type: string*/, e.Error() /*type: string*/)
            use(x.read /*type: func() (int, error)*/)
        }",
    );
}

#[test]
fn method_expressions() {
    check(
        "type box struct{}
        func (b *box) put(key string) error { return nil }
        type putter interface{ put(key string) error }
        func f() {
            use((*box).put /*type: func(*box, string) error*/, putter.put /*type: func(putter, string) error*/)
            use((*box).put(nil, \"\") /*type: error*/)
        }",
    );
}

#[test]
fn declared_pointers() {
    check(
        "type box struct{ n int }
        type ref *box
        func f(r ref) { use(r.n /*type: int*/, *r /*type: box*/) }",
    );
}

#[test]
fn members_of_other_packages() {
    check_with(
        &["import \"net/http\"
            import ren \"example.com/strange-name\"
            func f(r *http.Request) {
                use(r.Header /*type: http.Header*/, r.Header[\"a\"] /*type: []string*/, http.Get /*type: func(string) (*http.Response, error)*/)
                use(http.DefaultClient /*type: *http.Client*/, http.ErrAbort /*type: error*/, http.Missing /*type: ?*/)
                use(r.Context() /*type: context.Context*/, ren.Make() /*type: map[string]int*/)
            }"],
        &[
            (
                "net/http",
                "import \"errors\"\nimport \"context\"
                type Header map[string][]string
                type Request struct{ Header Header }
                func (r *Request) Context() context.Context { return nil }
                type Client struct{}
                type Response struct{}
                func Get(url string) (*Response, error) { return nil, nil }
                var DefaultClient = &Client{}
                var ErrAbort = errors.New(\"abort\")",
            ),
            ("errors", "func New(text string) error { return nil }"),
            ("context", "type Context interface{ Err() error }"),
            ("example.com/strange-name", "package strange\nfunc Make() Map { return nil }\ntype Map = map[string]int"),
        ],
    );
}

#[test]
fn methods_of_an_alias() {
    check_callee(
        "type Token uint
        type token = Token
        func (t token) text() string { return \"\" }
        func f(t token, u Token) {
            t.text() /*callee: method example.com/shop.Token.text*/
            u.text() /*callee: method example.com/shop.Token.text*/
        }",
        &[],
    );
}

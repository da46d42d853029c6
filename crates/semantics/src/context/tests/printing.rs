//! Types as Go text.

use super::Snippet;

/// Compares the Go text of the types of the expressions marked with `/*text: ...*/`; `none` where there is none.
#[track_caller]
fn check(text: &str) {
    let http = "type Header map[string][]string\ntype inner struct{}\nfunc Inner() inner { return inner{} }";
    Snippet::new(&[text], &[("net/http", http)]).ask("text", |context, marked| {
        let text = context.type_text(&context.type_of(marked));
        text.unwrap_or_else(|| "none".to_owned())
    });
}

#[test]
fn types_that_can_be_written() {
    check(
        "import web \"net/http\"
        type stock map[string]int
        type pair[A, B any] struct{}
        func f[T any](a stock, b web.Header, c pair[int, *web.Header], d func(int, ...string) (bool, error), e chan (<-chan int), t T, s struct{}, g any) {
            use(a /*text: stock*/, b /*text: web.Header*/, c /*text: pair[int, *web.Header]*/, t /*text: T*/, s /*text: struct{}*/)
            use(d /*text: func(int, ...string) (bool, error)*/, e /*text: chan (<-chan int)*/, g /*text: any*/)
            use(f /*text: none*/, f[int] == nil /*text: none*/)
        }",
    );
}

#[test]
fn types_that_cannot() {
    check(
        "import \"net/http\"
        import \"example.com/unknown\"
        func f(a [3]int, b struct{ n int }, c interface{ m() }, d unknown.T, h http.Header, s string) {
            type local int
            use(a /*text: none*/, b /*text: none*/, c /*text: none*/, d /*text: unknown.T*/, local(1) /*text: none*/)
            use(http.Inner() /*text: none*/, 1 /*text: none*/, nil /*text: none*/, missing() /*text: none*/)
            use(h /*text: http.Header*/, s /*text: string*/)
        }",
    );
}

#[test]
fn a_local_name_hides_what_the_text_needs() {
    check(
        "import \"net/http\"
        type stock map[string]int
        func f(a stock, h http.Header, s string, e error) {
            { stock := 1; use(stock) }
            { http := 1; use(http) }
            { string := 1; use(string) }
            use(a /*text: none*/, h /*text: none*/, s /*text: none*/, e /*text: error*/)
        }",
    );
}

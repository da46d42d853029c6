//! Yes-or-no questions, and knowledge of packages that aren't known.
#![allow(
    clippy::redundant_closure_for_method_calls,
    reason = "a method of `Context<'a>` is a function for one `'a` only"
)]

use super::Snippet;
use crate::body::ExpressionId;
use crate::context::Context;
use crate::types::{Certainty, Type};

#[track_caller]
fn check(text: &str, question: fn(&Context<'_>, &Type) -> Certainty) {
    let sync = "type Mutex struct{ state int }
        func (m *Mutex) Lock() {}
        type RWMutex struct{ w Mutex }
        func (m *RWMutex) Lock() {}
        type Locker interface{ Lock() }";
    let ask = |context: &Context<'_>, marked: ExpressionId| {
        format!("{:?}", question(context, &context.type_of(marked))).to_lowercase()
    };
    Snippet::new(&[text], &[("sync", sync)]).ask("is", ask);
}

#[test]
fn maps() {
    check(
        "import \"example.com/unknown\"
        type stock map[string]int
        type alias = stock
        type gen[V any] map[string]V
        func f[M ~map[int]int, T any](a stock, b alias, c gen[int], d M, e T, g unknown.T, h []stock) {
            use(a /*is: yes*/, b /*is: yes*/, c /*is: yes*/, d /*is: yes*/, e /*is: unknown*/, g /*is: unknown*/, h /*is: no*/)
        }",
        |context, type_| context.is_map(type_),
    );
}

#[test]
fn errors() {
    check(
        "type failure struct{}
        func (*failure) Error() string { return \"\" }
        type alias = error
        type own error
        func f(a error, b alias, c own, d *failure) {
            use(a /*is: yes*/, b /*is: yes*/, c /*is: no*/, d /*is: no*/, unknown() /*is: unknown*/)
        }",
        |context, type_| context.is_error(type_),
    );
}

#[test]
fn mutexes() {
    check(
        "import \"sync\"
        import \"example.com/unknown\"
        type guarded struct{ sync.RWMutex; n int }
        type own struct{ sync.Mutex }
        func (*own) Lock() {}
        type hidden struct{ unknown.T }
        func f(a sync.Mutex, b *sync.RWMutex, c *guarded, d own, e sync.Locker, g hidden, h int) {
            use(a /*is: yes*/, b /*is: yes*/, c /*is: yes*/, d /*is: no*/, e /*is: no*/, g /*is: unknown*/, h /*is: no*/)
        }",
        |context, type_| context.is_mutex(type_),
    );
}

#[test]
fn nilable_types() {
    check(
        "type hook func()
        func f[T any, P *int](a hook, b *int, c string, d struct{}, e any, t T, p P, ch chan int) {
            use(a /*is: yes*/, b /*is: yes*/, c /*is: no*/, d /*is: no*/, e /*is: yes*/, t /*is: unknown*/, p /*is: yes*/)
            use(ch /*is: yes*/, nil /*is: yes*/)
        }",
        |context, type_| context.is_nilable(type_),
    );
}

#[test]
fn functions_channels_and_interfaces() {
    check(
        "type hook func()\nfunc f(a hook, b any) { use(a /*is: yes*/, b /*is: no*/, f /*is: yes*/) }",
        |context, type_| context.is_function(type_),
    );
    check(
        "type events chan int\nfunc f(a events, b <-chan int, c []int) { use(a /*is: yes*/, b /*is: yes*/, c /*is: no*/) }",
        |context, type_| context.is_channel(type_),
    );
    check(
        "type closer interface{ close() }\nfunc f[T closer](a closer, b error, t T, n int) { use(a /*is: yes*/, b /*is: yes*/, t /*is: no*/, n /*is: no*/) }",
        |context, type_| context.is_interface(type_),
    );
}

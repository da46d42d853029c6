//! Which calls take and give back locks, channels and wait groups, and where those are held.

use super::Snippet;
use crate::context::Context;
use crate::control_flow::{Hold, Pending};

const SYNC: &str = "
    type Locker interface{ Lock(); Unlock() }
    type Mutex struct{ state int }
    func (m *Mutex) Lock() {}
    func (m *Mutex) Unlock() {}
    func (m *Mutex) TryLock() bool { return true }
    type RWMutex struct{ state int }
    func (m *RWMutex) Lock() {}
    func (m *RWMutex) Unlock() {}
    func (m *RWMutex) RLock() {}
    func (m *RWMutex) RUnlock() {}
    type WaitGroup struct{ state int }
    func (w *WaitGroup) Add(n int) {}
    func (w *WaitGroup) Done() {}";

/// Compares what is known just before the calls marked with `/*holds: ...*/` of what the first `defer` of their function
/// gives back.
#[track_caller]
fn check(text: &str) {
    let text = format!(
        "package shop\nimport (\n\"fmt\"\n\"sync\"\n)\n\
         type Shelf struct{{ mu, other sync.Mutex; rw sync.RWMutex; done chan int; next *Shelf; Part }}\n\
         type Part struct{{ n int }}\n{text}"
    );
    let fmt = "func Println(a ...any) {}";
    Snippet::new(&[&text], &[("sync", SYNC), ("fmt", fmt)]).ask("holds", |context, marked| {
        let function = context.body[marked].function;
        let releases = context.deferred_releases(function);
        let Some(first) = releases.first() else {
            return "no deferred release".to_owned();
        };
        let facts = context.holding(function, &first.operation.resource, Hold::Untouched);
        let Some(facts) = facts else {
            return "not followed".to_owned();
        };
        let point = context.flow(function).point_of_expression(context.body, marked);
        let Some(holding) = point.and_then(|point| facts.at(point)) else {
            return "no path".to_owned();
        };
        let hold = match holding.hold {
            Hold::Untouched => "untouched",
            Hold::Held(_) => "held",
            Hold::Released(_) => "released",
            Hold::Unknown => "unknown",
        };
        match holding.pending {
            Pending::Unknown => format!("{hold}, anything pending"),
            Pending::Nothing | Pending::Release(_) => hold.to_owned(),
        }
    });
}

#[test]
fn mutexes_and_channels() {
    check(
        "func (s *Shelf) a() { s.mu.Lock(); defer s.mu.Unlock(); work() /*holds: held*/; s.mu.Unlock(); work() /*holds: released*/ }
        func (s *Shelf) b() { s.rw.RLock(); defer s.rw.RUnlock(); s.rw.Lock(); work() /*holds: held*/ }
        func c(mu *sync.Mutex) { if !mu.TryLock() { return }; defer mu.Unlock(); work() /*holds: held*/ }
        func (s *Shelf) d() { defer close(s.done); work() /*holds: untouched*/; close((s).done); work() /*holds: released*/ }
        var mu sync.Mutex
        func e() { mu.Lock(); defer mu.Unlock(); fmt.Println() /*holds: held*/ }
        func f(l sync.Locker) { l.Lock(); defer l.Unlock(); work() /*holds: no deferred release*/ }
        func g(c chan int, close func(chan int)) { defer close(c); work() /*holds: no deferred release*/ }",
    );
}

#[test]
fn deferred_literals() {
    check(
        "func (s *Shelf) a() { s.mu.Lock(); defer func() { s.n--; s.mu.Unlock() }(); work() /*holds: held*/ }
        func (s *Shelf) b(x bool) { s.mu.Lock(); defer func() { if x { s.mu.Unlock() } }(); work() /*holds: no deferred release*/ }
        func (s *Shelf) c(x bool) { s.mu.Lock(); defer func() { if x { return }; s.mu.Unlock() }(); work() /*holds: no deferred release*/ }
        func (s *Shelf) d() { defer s.mu.Unlock(); defer func() { s.mu.Lock() }(); work() /*holds: untouched, anything pending*/ }",
    );
}

#[test]
fn what_a_function_is_given_decides_what_it_may_touch() {
    check(
        "func (s *Shelf) lock() { s.mu.Lock() }
        func (s *Shelf) deep() { s.lock() }
        func (s *Shelf) count() int { return s.n }
        func (s *Shelf) lockOther() { s.other.Lock() }
        func (p *Part) add() { p.n++ }
        func help(s *Shelf) { s.mu.Lock() }
        func look(s *Shelf) int { return s.n }
        func (s *Shelf) a() { defer s.mu.Unlock(); s.mu.Lock(); s.lock(); work() /*holds: unknown*/ }
        func (s *Shelf) b() { defer s.mu.Unlock(); s.mu.Lock(); s.deep(); work() /*holds: unknown*/ }
        func (s *Shelf) c() { defer s.mu.Unlock(); s.mu.Lock(); s.count(); work() /*holds: held*/ }
        func (s *Shelf) d() { defer s.mu.Unlock(); s.mu.Lock(); s.lockOther(); work() /*holds: held*/ }
        func (s *Shelf) e() { defer s.mu.Unlock(); s.mu.Lock(); help(s); work() /*holds: unknown*/ }
        func (s *Shelf) f() { defer s.mu.Unlock(); s.mu.Lock(); look(s); work() /*holds: held*/ }
        func (s *Shelf) g() { defer s.mu.Unlock(); s.mu.Lock(); fmt.Println(s); work() /*holds: held*/ }
        func (s *Shelf) h(use func(*Shelf)) { defer s.mu.Unlock(); s.mu.Lock(); use(s); work() /*holds: unknown*/ }
        func (s *Shelf) i(use func(int)) { defer s.mu.Unlock(); s.mu.Lock(); use(s.n); work() /*holds: held*/ }
        func (s *Shelf) j(use func(func())) { defer s.mu.Unlock(); s.mu.Lock(); use(s.lock); work() /*holds: unknown*/ }
        func (s *Shelf) k(use func([]*Shelf)) { defer s.mu.Unlock(); s.mu.Lock(); use([]*Shelf{s}); work() /*holds: unknown*/ }
        func (s *Shelf) l() { defer s.mu.Unlock(); s.mu.Lock(); s.add(); work() /*holds: unknown*/ }
        func (s *Shelf) m() { defer s.mu.Unlock(); s.mu.Lock(); s.next.lock(); work() /*holds: held*/ }
        func (s *Shelf) q() { defer s.mu.Unlock(); s.mu.Lock(); defer s.lock(); work() /*holds: held, anything pending*/ }
        func (s *Shelf) o() { defer s.mu.Unlock(); s.mu.Lock(); go s.lock(); work() /*holds: unknown*/ }",
    );
}

#[test]
fn other_ways_to_the_lock_end_the_following() {
    check(
        "func a(s *Shelf, use func(*sync.Mutex)) { s.mu.Lock(); defer s.mu.Unlock(); use(&s.mu); work() /*holds: not followed*/ }
        func b(s *Shelf, use func(func())) { s.mu.Lock(); defer s.mu.Unlock(); use(s.mu.Unlock); work() /*holds: not followed*/ }
        func c(s *Shelf, use func(func())) { s.mu.Lock(); defer s.mu.Unlock(); use(func() { s.mu.Unlock() }); work() /*holds: not followed*/ }
        func d(s *Shelf) { unlock := func() { s.mu.Unlock() }; s.mu.Lock(); defer s.mu.Unlock(); unlock(); work() /*holds: not followed*/ }
        func e(s *Shelf) { s.mu.Lock(); defer s.mu.Unlock(); go func() { s.mu.Lock(); s.mu.Unlock() }(); work() /*holds: held*/ }
        func f(s *Shelf) { s.mu.Lock(); defer s.mu.Unlock(); go func() { s.mu.Unlock() }(); work() /*holds: unknown*/ }
        func g(s *Shelf) { t := s; s.mu.Lock(); defer s.mu.Unlock(); t.mu.Unlock(); work() /*holds: unknown*/ }
        func h(s, t *Shelf) { s.mu.Lock(); defer s.mu.Unlock(); t.mu.Unlock(); work() /*holds: held*/ }
        func i(s, t *Shelf) { s.mu.Lock(); defer s.mu.Unlock(); s = t; work() /*holds: unknown, anything pending*/ }
        func j(s, t *Shelf) { s.mu.Lock(); defer s.mu.Unlock(); go func() { s = t }(); work() /*holds: not followed*/ }",
    );
}

#[test]
fn package_level_locks_are_in_reach_of_the_package() {
    check(
        "var mu sync.Mutex
        func help() { mu.Lock() }
        func a() { mu.Lock(); defer mu.Unlock(); help(); work() /*holds: unknown*/ }
        func b() { mu.Lock(); defer mu.Unlock(); fmt.Println(); work() /*holds: held*/ }
        func c(use func()) { mu.Lock(); defer mu.Unlock(); use(); work() /*holds: unknown*/ }",
    );
}

#[test]
fn operations_are_those_of_package_sync() {
    let text = "package shop\nimport \"sync\"\ntype own struct{ sync.Mutex }\nfunc (*own) Lock() {}\n\
        func f(m sync.Mutex, o own, w *sync.WaitGroup, c chan int, l []sync.Mutex) {
            m.Lock() /*does: Lock Acquire*/
            m.TryLock() /*does: Lock TryAcquire*/
            o.Lock() /*does: nothing*/
            o.Unlock() /*does: Lock Release*/
            w.Add(1) /*does: WaitGroup Acquire*/
            w.Add(2) /*does: WaitGroup Several*/
            w.Done() /*does: WaitGroup Release*/
            close(c) /*does: Channel Release*/
            l[0].Lock() /*does: nothing*/
        }";
    let does = |context: &Context<'_>, call| {
        context.operation(call).map_or_else(
            || "nothing".to_owned(),
            |operation| format!("{:?} {:?}", operation.resource.kind, operation.action),
        )
    };
    Snippet::new(&[text], &[("sync", SYNC)]).ask("does", does);
}

//! Who writes a map under a lock, and whether panics leave a function.

use super::Snippet;

/// The map of each marked expression is guarded by the mutex `c.mu`, `p` or `lock` of its function.
#[track_caller]
fn check_writer(text: &str) {
    Snippet::new(&[text], &[]).ask("writer", |context, map| {
        let body = context.body;
        let is_mutex = |text: &str| matches!(text, "c.mu" | "p" | "lock");
        let mutex = body
            .expression_ids()
            .filter(|id| is_mutex(body.text_of(body[*id].span)))
            .last()
            .expect("a mutex");
        let writer = context.writer_under_lock(map, mutex);
        writer.map_or_else(|| "nobody".to_owned(), |name| name.to_string())
    });
}

#[test]
fn methods_that_lock_write_the_fields_of_their_receiver() {
    check_writer(
        "
        type cache struct { mu sync.Mutex; m, free, filled map[string]int }
        func (c *cache) all() any { c.mu.Lock(); defer c.mu.Unlock(); return c.m/*writer: set*/ }
        func (c *cache) unlocked() any { c.mu.Lock(); defer c.mu.Unlock(); return c.free/*writer: nobody*/ }
        func (c *cache) once() any {
            c.mu.Lock()
            defer c.mu.Unlock()
            c.filled[\"a\"] = 1
            return c.filled/*writer: nobody*/
        }
        func (c *cache) take() any {
            c.mu.Lock()
            defer c.mu.Unlock()
            m := c.m
            c.m = nil
            return m/*writer: nobody*/
        }
        func (c *cache) set() { c.mu.Lock(); defer c.mu.Unlock(); c.write() }
        func (c *cache) write() { c.m[\"a\"] = 1 }
        func (c *cache) fill() { c.free[\"a\"] = 1 }
        ",
    );
}

#[test]
fn a_function_may_take_the_value_or_use_variables_of_the_package() {
    check_writer(
        "
        type prices struct { sync.Mutex; m map[string]int }
        func (p *prices) all() any { p.Lock(); defer p.Unlock(); return p.m/*writer: forget*/ }
        func forget(other *prices) { other.Lock(); defer other.Unlock(); delete(other.m, \"a\") }
        var lock sync.Mutex
        var drivers = map[string]int{}
        func names() any { lock.Lock(); defer lock.Unlock(); return drivers/*writer: register*/ }
        func register() { lock.Lock(); defer lock.Unlock(); drivers[\"a\"] = 1 }
        ",
    );
}

#[test]
fn panics_leave_a_function_that_defers_nothing_that_recovers() {
    let text = "
        func plain() { work() }
        func closes(f func()) { defer plain(); work() }
        func guarded() { defer func() { recover() }(); work() }
        func helped() { defer helper(); work() }
        func helper() { recover() }
        func unknown(f func()) { defer f(); work() }
        func calls() {
            plain()/*reaches: Yes*/
            closes(nil)/*reaches: Yes*/
            guarded()/*reaches: Unknown*/
            helped()/*reaches: Unknown*/
            unknown(nil)/*reaches: Unknown*/
        }
    ";
    Snippet::new(&[text], &[]).ask("reaches", |context, call| {
        format!("{:?}", context.panics_reach_caller(call))
    });
}

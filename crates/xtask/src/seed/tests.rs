//! What breakers make of right code.

use super::candidates::candidates;
use super::{BREAKERS, Breaker, is_about_tests};
use crate::corpus::sources::Source;

/// Breaks a file for one rule; every broken text, without its package clause and its indentation.
fn broken(rule: &str, text: &str) -> Vec<String> {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let name = if is_about_tests(rule) { "a_test.go" } else { "a.go" };
    let path = directory.path().join(name);
    let text = format!("package a\n{text}");
    std::fs::write(&path, &text).expect("the file is written");
    let source = Source {
        name: "test".to_owned(),
        root: directory.path().to_owned(),
        files: vec![path],
        lines: 0,
    };
    let breakers: Vec<(&'static str, Breaker)> = BREAKERS
        .iter()
        .copied()
        .filter(|(name, _)| *name == rule)
        .collect();
    let seeds = candidates(&source, &breakers).into_iter();
    seeds
        .map(|seed| {
            let broken = seed.edit.apply(&text).expect("the edit fits");
            let lines = broken.lines().skip(1).map(str::trim);
            lines
                .filter(|line| !line.is_empty())
                .collect::<Vec<_>>()
                .join("\n")
        })
        .collect()
}

#[test]
fn a_result_that_a_deferred_closure_sets_loses_its_name() {
    let text = "
func Load() (n int, err error) {
	defer func() {
		err = done()
	}()
	if n > 0 {
		return
	}
	return n, err
}";
    let expected = "func Load() (int, error) {
var n int
var err error
defer func() {
err = done()
}()
if n > 0 {
return n, err
}
return n, err
}";
    assert_eq!(broken("deferred-assignment-lost", text), [expected]);
}

#[test]
fn a_result_that_nobody_sets_keeps_its_name() {
    let text = "
func Load() (n int, err error) {
	defer func() {
		done()
	}()
	return n, err
}";
    assert!(broken("deferred-assignment-lost", text).is_empty());
}

#[test]
fn a_helper_that_recovers_is_called_in_two_wrong_ways() {
    let text = "
func guard() { recover() }
func run() {
	defer guard()
	work()
}";
    let expected = ["guard()", "defer func() { guard() }()"]
        .map(|call| format!("func guard() {{ recover() }}\nfunc run() {{\n{call}\nwork()\n}}"));
    assert_eq!(broken("recover-helper-not-deferred", text), expected);
}

#[test]
fn an_unlock_moves_below_an_early_return() {
    let text = "
import \"sync\"
var mu sync.Mutex
func get(ok bool) int {
	mu.Lock()
	defer mu.Unlock()
	if !ok {
		return 0
	}
	return 1
}";
    let expected = "import \"sync\"
var mu sync.Mutex
func get(ok bool) int {
mu.Lock()
if !ok {
return 0
}
defer mu.Unlock()
return 1
}";
    assert_eq!(broken("return-before-defer", text), [expected]);
}

#[test]
fn a_map_that_is_written_is_no_longer_made() {
    let text = "
func count() map[string]int {
	counts := make(map[string]int)
	counts[\"a\"] = 1
	return counts
}";
    let expected = "func count() map[string]int {
var counts map[string]int
counts[\"a\"] = 1
return counts
}";
    assert_eq!(broken("nil-map-write", text), [expected]);
}

#[test]
fn a_file_that_is_written_is_closed_without_a_look() {
    let text = "
import \"os\"
func save(name string, data []byte) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	if _, err := f.Write(data); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}";
    let expected = "import \"os\"
func save(name string, data []byte) error {
f, err := os.Create(name)
if err != nil {
return err
}
defer f.Close()
if _, err := f.Write(data); err != nil {
return err
}
return nil
}";
    assert_eq!(broken("writable-close-lost", text), [expected]);
}

#[test]
fn a_file_may_be_closed_before_the_error_is_looked_at() {
    let text = "
import \"os\"
func read(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	return nil
}";
    assert!(broken("defer-before-error-check", text).is_empty());
}

#[test]
fn a_lock_of_each_element_is_no_lock_of_every_turn() {
    let text = "
import \"sync\"
func count(locks []sync.Mutex) {
	for i := range locks {
		locks[i].Lock()
		locks[i].Unlock()
	}
}";
    assert!(broken("defer-lock-in-loop", text).is_empty());
}

#[test]
fn a_subtest_becomes_parallel() {
    let text = "
import (
	\"net/http/httptest\"
	\"testing\"
)
func TestServer(t *testing.T) {
	server := httptest.NewServer(nil)
	defer server.Close()
	t.Run(\"first\", func(t *testing.T) {
		println(server)
	})
}";
    let expected = "import (
\"net/http/httptest\"
\"testing\"
)
func TestServer(t *testing.T) {
server := httptest.NewServer(nil)
defer server.Close()
t.Run(\"first\", func(t *testing.T) {
t.Parallel()
println(server)
})
}";
    assert_eq!(broken("defer-before-parallel-subtests", text), [expected]);
}

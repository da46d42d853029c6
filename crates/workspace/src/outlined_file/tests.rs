use super::*;

const FILE: &str = r#"// Package shop sells things.
package shop

import (
	"fmt"
	log "example.com/log"
)

type Shop struct {
	mu    sync.Mutex
	items map[string]int
}

var names, table = []string{"a"}, map[string]func() error{
	"a": func() error { return log.Failed("a") },
}

const size, half = 1 << iota, 2

// Sell has nothing that a rule starts from.
func (s *Shop) Sell(name string) (map[string]int, error) {
	if s.items[name] == 0 {
		return nil, fmt.Errorf("no %s", name)
	}
	clear(s.items)
	return s.items, nil
}

func (s *Shop) Count(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.items[name]++
}

func handle() {
	if r := recover(); r != nil {
		log.Print(r)
	}
}

func external(x *Shop) int

func calls() {
	handle()
}
"#;

fn outlined_file(text: &str) -> OutlinedFile {
    let read = OutlineReader::default().read(&TextOrigin::Memory, text);
    read.expect("a small file")
}

fn helpers(own: &[&str], deferred: &[&str]) -> Helpers {
    let names = |names: &[&str]| names.iter().map(Name::new).collect::<Vec<_>>();
    let mut helpers = Helpers::default();
    helpers.add_own(&names(own));
    helpers.add_deferred(&names(deferred));
    helpers
}

fn first_lines(file: &OutlinedFile) -> Vec<&'static str> {
    let declarations = file.declarations(&mut Parser::new(), FILE);
    let first_line = |declaration: Declaration| {
        let (start, end) = (
            declaration.range.start() as usize,
            declaration.range.end() as usize,
        );
        assert_eq!(*declaration.body.text, FILE[start..end]);
        FILE[start..end].lines().next().unwrap_or_default()
    };
    declarations.into_iter().map(first_line).collect()
}

#[test]
fn the_facts_are_those_of_the_whole_file() {
    let file = outlined_file(FILE);
    assert!(file.candidates.is_some());
    let whole = parse(&mut Parser::new(), FILE).expect("a small file");
    assert_eq!(file.facts, whole.facts);
    let declarations = file.declarations(&mut Parser::new(), FILE);
    let checked = file.with_declarations(&mut Parser::new(), FILE, declarations);
    assert_eq!(checked.expect("a small file").header, whole.header);
    assert_eq!(file.recovering, ["handle"]);
}

#[test]
fn only_what_rules_may_find_something_in_is_parsed() {
    let mut file = outlined_file(FILE);
    assert!(file.retain_relevant(&helpers(&[], &[])));
    assert_eq!(
        first_lines(&file),
        ["func (s *Shop) Count(name string) {", "func handle() {"]
    );
    let mut file = outlined_file(FILE);
    assert!(file.retain_relevant(&helpers(&["handle"], &[])));
    assert_eq!(
        first_lines(&file),
        [
            "func (s *Shop) Count(name string) {",
            "func handle() {",
            "func calls() {"
        ]
    );
    let mut file = outlined_file("package a\n\nfunc f() {}\n");
    assert!(!file.retain_relevant(&helpers(&["g"], &["h"])));
}

#[test]
fn a_file_with_an_error_is_parsed_as_a_whole() {
    for text in [
        "package a\n\nfunc f() { defer g() x y }\n\nfunc h() { x() }\n",
        "package a\n\nfunc f() { defer g(; }\n\nfunc h() { x() }\n",
        "package a\n\nfunc f() { defer g() \n\nfunc h() { x() }\n",
        "package a\n\nfunc f( { defer g() }\n\nfunc h() { x() }\n",
    ] {
        let mut file = outlined_file(text);
        file.retain_relevant(&helpers(&[], &[]));
        let whole = parse(&mut Parser::new(), text).expect("a small file");
        let places = |declarations: &[Declaration]| -> Vec<_> {
            declarations.iter().map(|declaration| declaration.range).collect()
        };
        let declarations = file.declarations(&mut Parser::new(), text);
        assert_eq!(places(&declarations), places(&whole.declarations), "{text}");
        assert_eq!(file.facts, whole.facts, "{text}");
    }
}

#[test]
fn a_file_from_the_cache_is_the_same() {
    let root = tempfile::tempdir().expect("a directory");
    let cache = DiskCache::at(&root.path().join("cache"));
    let cache = cache.expect("this program has a file");
    let read = || {
        let mut reader = OutlineReader::new(Path::new("/shop"), Some(&cache));
        let file = reader.read(&TextOrigin::Memory, FILE);
        reader.save(true);
        file.expect("a small file")
    };
    let (mut fresh, mut cached) = (read(), read());
    assert_eq!(fresh.facts, cached.facts);
    assert_eq!(fresh.recovering, cached.recovering);
    for file in [&mut fresh, &mut cached] {
        file.retain_relevant(&helpers(&[], &[]));
    }
    assert_eq!(first_lines(&fresh), first_lines(&cached));
}

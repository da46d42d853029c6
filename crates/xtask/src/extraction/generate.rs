//! Generates functions whose returns the extraction may rewrite, and that say in which order they are evaluated.

use std::fmt::Write;

use fastrand::Rng;

/// What the generated functions call: everything says when it is evaluated.
const PRELUDE: &str = r#"package main

import (
	"errors"
	"fmt"
	"maps"
	"strings"
)

type table map[string]int

func (t table) with(name string) table {
	say("with " + name)
	return t
}

type store struct {
	entries map[string]int
	count   int
}

func (s *store) take(name string) map[string]int {
	say("take " + name)
	s.count++
	return s.entries
}

var (
	_       = maps.Clone[map[string]int]
	global  = map[string]map[string]int{"inner": {"g": 1}}
	shared  = &store{entries: map[string]int{"s": 1}}
	channel = make(chan map[string]int, 1)
)

func say(text string) { fmt.Println(" ", text) }

func number(name string, value int) int {
	say("number " + name)
	return value
}

func text(name string) string {
	say("text " + name)
	return strings.ToUpper(name)
}

func truth(name string, value bool) bool {
	say("truth " + name)
	return value
}

func build(name string) map[string]int {
	say("build " + name)
	return map[string]int{name: len(name)}
}

func buildTable(name string) table {
	say("table " + name)
	return table{name: len(name)}
}

func explode(name string) int {
	say("explode " + name)
	panic("exploded: " + name)
}

func fail(name string) error {
	say("fail " + name)
	return errors.New(name)
}

func pair(name string) (map[string]int, error) {
	say("pair " + name)
	return map[string]int{name: 2}, errors.New("of " + name)
}

func sent(name string) chan map[string]int {
	say("send " + name)
	channel <- map[string]int{name: 3}
	return channel
}

func generic[K comparable, V any](key K, value V) map[K]V {
	say(fmt.Sprint("generic ", key))
	return map[K]V{key: value}
}

"#;

/// The type of a result.
#[derive(Clone, Copy, PartialEq)]
enum Result {
    Map,
    Table,
    Error,
    Number,
    Text,
    Truth,
    Any,
}

impl Result {
    fn go(self) -> &'static str {
        match self {
            Self::Map => "map[string]int",
            Self::Table => "table",
            Self::Error => "error",
            Self::Number => "int",
            Self::Text => "string",
            Self::Truth => "bool",
            Self::Any => "any",
        }
    }
}

/// A whole program of that many functions, whose `main` calls each of them and prints what it gets.
pub(super) fn program(rng: &mut Rng, functions: usize) -> String {
    let mut program = PRELUDE.to_owned();
    let mut main = "func main() {\n".to_owned();
    for index in 0..functions {
        let mut function = Function { rng, names: 0 };
        program.push_str(&function.declaration(index));
        // A call in every way through the function.
        for turn in 0..3 {
            let _ = writeln!(main, "\trun(\"f{index} {turn}\", func() string {{");
            let _ = writeln!(main, "\t\treturn fmt.Sprint(results(f{index}({turn})))\n\t}})");
        }
    }
    main.push_str("}\n");
    program.push_str(RUN);
    program.push_str(&main);
    program
}

const RUN: &str = r#"// results keeps nil maps apart from empty ones.
func results(values ...any) string {
	var text strings.Builder
	for _, value := range values {
		fmt.Fprintf(&text, "%#v; ", value)
	}
	return text.String()
}

func run(name string, call func() string) {
	defer func() {
		if r := recover(); r != nil {
			fmt.Println(name, "panicked:", r)
		}
	}()
	fmt.Println(name)
	fmt.Println(name, "yields", call())
}

"#;

struct Function<'r> {
    rng: &'r mut Rng,
    names: usize,
}

impl Function<'_> {
    fn declaration(&mut self, index: usize) -> String {
        let results = self.results();
        let is_named = self.rng.u8(..4) == 0;
        let list: Vec<String> = results
            .iter()
            .enumerate()
            .map(|(place, result)| {
                let name = if is_named {
                    format!("result{place} ")
                } else {
                    String::new()
                };
                name + result.go()
            })
            .collect();
        let mut text = format!("func f{index}(turn int) ({}) {{\n", list.join(", "));
        text.push_str("\tlocal, captured := turn, 10\n\t_, _ = local, captured\n");
        text.push_str(self.deferred());
        if self.rng.bool() {
            text.push_str("\tcaptured++\n");
        }
        text.push_str(&self.branch(&results));
        let _ = write!(text, "\t{} // the last way\n}}\n\n", self.return_(&results));
        text
    }

    /// One to three results, of which at least one is a map.
    fn results(&mut self) -> Vec<Result> {
        const OTHERS: [Result; 7] = [
            Result::Error,
            Result::Number,
            Result::Text,
            Result::Truth,
            Result::Any,
            Result::Map,
            Result::Table,
        ];
        let map = if self.rng.u8(..4) == 0 {
            Result::Table
        } else {
            Result::Map
        };
        let mut results = vec![map];
        for _ in 0..self.rng.usize(..3) {
            let place = self.rng.usize(..=results.len());
            results.insert(place, OTHERS[self.rng.usize(..OTHERS.len())]);
        }
        results
    }

    fn deferred(&mut self) -> &'static str {
        const DEFERS: [&str; 4] = [
            "\tdefer func() { say(fmt.Sprint(\"deferred \", captured)) }()\n",
            "\tdefer func() {\n\t\tcaptured = -1\n\t\tif r := recover(); r != nil {\n\t\t\tsay(fmt.Sprint(\"recovered \", r))\n\t\t}\n\t}()\n",
            "\tdefer say(\"deferred\")\n\tdefer func() { captured *= 2 }()\n",
            "\tdefer func() { global[\"inner\"][\"g\"]++; say(fmt.Sprint(shared.count, captured)) }()\n",
        ];
        DEFERS[self.rng.usize(..DEFERS.len())]
    }

    /// A statement that returns when `turn` is 0 or 1.
    fn branch(&mut self, results: &[Result]) -> String {
        let return_ = self.return_(results);
        match self.rng.u8(..10) {
            0 => format!("\tif turn == 0 {{ {return_} }}\n"),
            1 => format!("\tif turn == 0 {{\n\t\t// before\n\t\t{return_} // behind\n\t\t// after\n\t}}\n"),
            2 => format!("\tswitch turn {{\n\tcase 0:\n\t\t{return_}\n\tcase 1:\n\t\tcaptured++\n\t}}\n"),
            3 => format!("\tfor i := range 3 {{\n\t\tif i == turn {{\n\t\t\t{return_}\n\t\t}}\n\t}}\n"),
            4 => format!(
                "\tif turn == 0 {{\n\t\tgoto out\n\t}}\n\tcaptured++\nout:\n\tif turn < 2 {{\n\t\t{return_}\n\t}}\n"
            ),
            5 => format!("\tselect {{\n\tdefault:\n\t\tif turn == 1 {{\n\t\t\t{return_}\n\t\t}}\n\t}}\n"),
            6 => format!("\tif turn == 0 {{\n\t\tlocal := captured\n\t\tlocal++\n\t\t{return_}\n\t}}\n"),
            7 => format!("\tswitch {{ case turn == 0: {return_}; default: captured-- }}\n"),
            8 => {
                let list: Vec<_> = results.iter().map(|result| result.go()).collect();
                format!(
                    "\tif turn == 0 {{\n\t\treturn func() ({}) {{\n\t\t\tdefer say(\"inner\")\n\t\t\t{return_}\n\t\t}}()\n\t}}\n",
                    list.join(", ")
                )
            }
            _ => format!(
                "\tif turn == 0 {{\n\tlabel:\n\t\tfor {{\n\t\t\tif captured++; captured < 15 {{\n\t\t\t\tcontinue label\n\t\t\t}}\n\t\t\t{return_}\n\t\t}}\n\t}}\n"
            ),
        }
    }

    fn return_(&mut self, results: &[Result]) -> String {
        if results == [Result::Map, Result::Error] && self.rng.bool() {
            return format!("return pair({})", self.name());
        }
        let values: Vec<_> = results.iter().map(|result| self.value(*result)).collect();
        format!("return {}", values.join(", "))
    }

    fn value(&mut self, result: Result) -> String {
        match result {
            Result::Map | Result::Any => self.map(),
            Result::Table => match self.rng.u8(..4) {
                0 => format!("buildTable({}).with({})", self.name(), self.name()),
                1 => format!("table{{{}: {}}}", self.name(), self.number()),
                2 => format!("table(build({}))", self.name()),
                _ => format!("buildTable({})", self.name()),
            },
            Result::Error => match self.rng.u8(..3) {
                0 => "nil".to_owned(),
                1 => format!("fmt.Errorf(\"%d\", {})", self.number()),
                _ => format!("fail({})", self.name()),
            },
            Result::Number => self.number(),
            Result::Text => match self.rng.u8(..3) {
                0 => "\"constant\"".to_owned(),
                1 => format!("text({}) + text({})", self.name(), self.name()),
                _ => format!("text({})", self.name()),
            },
            Result::Truth => match self.rng.u8(..4) {
                0 => format!("truth({}, turn > 0) && truth({}, true)", self.name(), self.name()),
                1 => format!("{} > {}", self.number(), self.number()),
                2 => "turn == 1".to_owned(),
                _ => format!("truth({}, true)", self.name()),
            },
        }
    }

    fn map(&mut self) -> String {
        match self.rng.u8(..14) {
            0 => format!("map[string]int{{{}: {}}}", self.name(), self.number()),
            1 => format!("make(map[string]int, {})", self.number()),
            2 => format!("shared.take({})", self.name()),
            3 => format!("<-sent({})", self.name()),
            4 => format!("maps.Clone(build({}))", self.name()),
            5 => format!("map[string]int(buildTable({}))", self.name()),
            6 => {
                let name = self.name();
                format!(
                    "func() map[string]int {{ say({name}); return build({}) }}()",
                    self.name()
                )
            }
            7 => format!("generic({}, {})", self.name(), self.number()),
            8 => "shared.entries".to_owned(),
            9 => "global[\"inner\"]".to_owned(),
            10 => format!(
                "map[string]int{{text({}): 1, text({}): captured}}",
                self.name(),
                self.name()
            ),
            11 => format!("(build({}))", self.name()),
            _ => format!("build({})", self.name()),
        }
    }

    fn number(&mut self) -> String {
        match self.rng.u8(..10) {
            0 => "7".to_owned(),
            1 => "local".to_owned(),
            2 => "captured".to_owned(),
            3 => format!("len(build({}))", self.name()),
            4 => format!("number({}, 1) + number({}, 2)", self.name(), self.name()),
            5 => format!("explode({})", self.name()),
            6 => "local + 1".to_owned(),
            7 => "shared.count".to_owned(),
            _ => format!("number({}, local)", self.name()),
        }
    }

    /// A string literal that no other place has.
    fn name(&mut self) -> String {
        self.names += 1;
        format!("\"n{}\"", self.names)
    }
}

//! Go functions whose comments ask questions about the statements they stand behind.

use deferlint_semantics::Name;
use deferlint_semantics::body::{BindingId, Body, FunctionId, StatementId, StatementKind};
use deferlint_semantics::control_flow::{
    CallOutcome, ControlFlow, Definition, Definitions, Exit, Nilness, ProgramPoint, ReachingDefinitions,
    RegisteredDefer,
};
use deferlint_semantics::lower::lower;
use deferlint_syntax::{Parser, declarations};
use deferlint_text::Document;

/// A lowered function. Calls of `panic` panic, and calls of `stop` never return.
pub(crate) struct Function {
    pub(crate) body: Body,
}

impl Function {
    pub(crate) fn new(source: &str) -> Self {
        let source = format!("package p;{source}");
        let document = Document::new(&source).expect("a small source");
        let tree = Parser::new().parse(&document);
        assert!(!tree.has_error(), "the source parses:\n{source}");
        let node = declarations(&tree).next().expect("a declaration");
        let body = lower(node, &document.slice(node.byte_range()));
        Self { body }
    }

    pub(crate) fn flow(&self, function: FunctionId) -> ControlFlow {
        ControlFlow::new(&self.body, function, &|call| {
            let (callee, _) = self.body.call_of(call).expect("a call");
            match self.body.outer_name_of(callee).map(Name::as_str) {
                Some("panic") => CallOutcome::Panics,
                Some("stop") => CallOutcome::NeverReturns,
                _ => CallOutcome::Returns,
            }
        })
    }

    /// The line, from 1, on which an offset stands.
    fn line(&self, offset: u32) -> usize {
        self.body.text[..offset as usize].matches('\n').count() + 1
    }

    fn line_of(&self, statement: StatementId) -> usize {
        self.line(self.body[statement].span.start)
    }

    /// The outermost statement that starts on a line, a block only when there is nothing else.
    pub(crate) fn statement_on(&self, line: usize) -> StatementId {
        let on_line = || self.body.statement_ids().filter(|id| self.line_of(*id) == line);
        let is_block = |id: &StatementId| matches!(self.body[*id].kind, StatementKind::Block(_));
        let statement = on_line().find(|id| !is_block(id)).or_else(|| on_line().next());
        statement.unwrap_or_else(|| panic!("a statement on line {line}"))
    }

    fn variable(&self, name: &str) -> BindingId {
        let mut bindings = self.body.binding_ids();
        let binding = bindings.find(|id| self.body[*id].name == name);
        binding.unwrap_or_else(|| panic!("a variable {name}"))
    }

    /// The point of the one expression with this text that isn't an operand of another one with it.
    pub(crate) fn point_of(&self, text: &str) -> ProgramPoint {
        let ids = || {
            let ids = self.body.expression_ids();
            ids.filter(|id| self.body.text_of(self.body[*id].span) == text)
        };
        let expression = ids().next().unwrap_or_else(|| panic!("an expression {text}"));
        assert_eq!(ids().count(), 1, "{text} stands in one place");
        let flow = self.flow(Body::DECLARED);
        flow.point_of_expression(&self.body, expression)
            .unwrap_or_else(|| panic!("{text} is evaluated somewhere"))
    }
}

/// Checks every comment of the form `// question: answer; question: answer`; it asks about the statement that starts on
/// its line. Statements are named by their lines, which count from 1. The questions:
///
/// - `exits`: how the function is left after the statement has run: `3` for a `return` on line 3, `panic@4`, `stop@5`,
///   `end`
/// - `loop`: in which statement it can run again
/// - `reached`: whether any path leads to it
/// - `dominates 3`, `postdominates 3`
/// - `defers`, `defers at end`: which defers have run when the statement leaves the function, in their order, with `?`
///   behind those that haven't on every path and `*` behind those that repeat
/// - `values of x`, `values of x at end`: the definitions that reach the statement, or the function's end
/// - `values of x from 3`, `values of x at end from 3`: those at the exit on paths that come by line 3
/// - `x is`: `nil`, `non-nil` or `unknown`
#[track_caller]
pub(crate) fn check(source: &str) {
    let source = source.trim_start();
    let function = Function::new(source);
    let mut asked = 0;
    for (index, text) in source.lines().enumerate() {
        let Some((_, comment)) = text.split_once("// ") else {
            continue;
        };
        for question in comment.split("; ") {
            let (question, expected) = question.split_once(": ").expect("a question and its answer");
            let actual = answer(&function, index + 1, question);
            assert_eq!(actual, expected, "{question} on line {} of\n{source}", index + 1);
            asked += 1;
        }
    }
    assert!(asked > 0, "the source asks something:\n{source}");
}

fn answer(function: &Function, line: usize, question: &str) -> String {
    let body = &function.body;
    let statement = function.statement_on(line);
    let flow = function.flow(body[statement].function);
    let point_on = |line: &str| {
        let line = line.parse().expect("a line");
        flow.point(function.statement_on(line)).expect("a point")
    };
    let point = flow.point(statement).expect("a point");
    match question.split(' ').collect::<Vec<_>>()[..] {
        ["exits"] => exits(function, flow.exits_after(point)),
        ["loop"] => {
            let found = flow.in_loop(body, statement);
            found.map_or_else(|| "none".to_owned(), |found| function.line_of(found).to_string())
        }
        ["reached"] => yes_or_no(flow.is_reachable(point)),
        ["dominates", line] => yes_or_no(flow.dominates(point, point_on(line))),
        ["postdominates", line] => yes_or_no(flow.postdominates(point, point_on(line))),
        ["defers"] => defers(function, &flow, exit_of(body, &flow, statement)),
        ["defers", "at", "end"] => defers(function, &flow, Exit::End),
        ["values", "of", name, ref rest @ ..] => {
            let variable = function.variable(name);
            let reaching = ReachingDefinitions::new(body, &flow, [variable]);
            let definitions = match *rest {
                [] => Some(reaching.at(point, variable)),
                ["at", "end"] => {
                    let end = flow.point_of_exit(Exit::End).expect("an end");
                    Some(reaching.at(end, variable))
                }
                ["from", line] => reaching.at_exit(exit_of(body, &flow, statement), point_on(line), variable),
                ["at", "end", "from", line] => reaching.at_exit(Exit::End, point_on(line), variable),
                _ => panic!("no such question: {question}"),
            };
            definitions.map_or_else(|| "no path".to_owned(), |found| values(function, &found))
        }
        [name, "is"] => match flow.nilness(body, function.variable(name), point) {
            Nilness::Nil => "nil".to_owned(),
            Nilness::NonNil => "non-nil".to_owned(),
            Nilness::Unknown => "unknown".to_owned(),
        },
        _ => panic!("no such question: {question}"),
    }
}

fn yes_or_no(answer: bool) -> String {
    if answer { "yes" } else { "no" }.to_owned()
}

fn list(elements: &[String]) -> String {
    if elements.is_empty() {
        "none".to_owned()
    } else {
        elements.join(" ")
    }
}

fn exits(function: &Function, mut exits: Vec<Exit>) -> String {
    let line_of = |exit: &Exit| match exit {
        Exit::Return(statement) => function.line_of(*statement),
        Exit::Panic(call) | Exit::NeverReturns(call) => function.line(function.body[*call].span.start),
        Exit::End => usize::MAX,
    };
    exits.sort_by_key(line_of);
    let name = |exit: &Exit| match exit {
        Exit::Return(_) => line_of(exit).to_string(),
        Exit::Panic(_) => format!("panic@{}", line_of(exit)),
        Exit::NeverReturns(_) => format!("stop@{}", line_of(exit)),
        Exit::End => "end".to_owned(),
    };
    list(&exits.iter().map(name).collect::<Vec<_>>())
}

/// The way in which a statement leaves the function.
fn exit_of(body: &Body, flow: &ControlFlow, statement: StatementId) -> Exit {
    let exits = flow.blocks.iter().filter_map(|block| block.exit);
    let is_its_own = |exit: &Exit| match exit {
        Exit::Return(return_) => *return_ == statement,
        Exit::Panic(call) | Exit::NeverReturns(call) => body.statement_of(*call) == Some(statement),
        Exit::End => false,
    };
    exits
        .into_iter()
        .find(is_its_own)
        .expect("a statement that leaves the function")
}

fn defers(function: &Function, flow: &ControlFlow, exit: Exit) -> String {
    let registered = flow.defers_before(&function.body, exit);
    let registered = registered.expect("an exit of the function, and few defers");
    let name = |registered: &RegisteredDefer| {
        let line = function.line_of(registered.deferred.statement);
        let sometimes = if registered.always { "" } else { "?" };
        let repeats = if registered.repeats { "*" } else { "" };
        format!("{line}{sometimes}{repeats}")
    };
    list(&registered.iter().map(name).collect::<Vec<_>>())
}

fn values(function: &Function, definitions: &Definitions) -> String {
    let name = |definition: &Definition| match definition {
        Definition::Entry => "entry".to_owned(),
        Definition::Declaration(statement)
        | Definition::Assignment(statement)
        | Definition::RangeStep(statement)
        | Definition::Return(statement) => function.line_of(*statement).to_string(),
    };
    let mut names: Vec<_> = definitions.sites.iter().map(name).collect();
    names.sort_by_key(|name| name.parse().unwrap_or(0));
    if definitions.may_be_others {
        names.push("others".to_owned());
    }
    list(&names)
}

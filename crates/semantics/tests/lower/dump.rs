//! Prints a body so that a reader sees everything that lowering decided: names with the binding they mean (`x#0`),
//! statements by their kind, then the functions' signatures and the bindings with their uses.

use std::fmt::{self, Display, Formatter};

use deferlint_semantics::body::{
    Access, BindingId, Body, Clause, Declaration, ExpressionId, ExpressionKind, Function, FunctionId, Origin,
    Parameter, Resolution, StatementId, StatementKind, TypeParameter, UnaryOperator, ValueSpec,
};

use crate::dump_types::Written;

/// A whole body.
pub(crate) struct Dump<'a>(pub(crate) &'a Body);

impl Display for Dump<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let body = self.0;
        writeln!(
            out,
            "{:?}{}",
            body.kind,
            if body.has_error { " with an error" } else { "" }
        )?;
        for id in body.function_ids() {
            self.function(out, id)?;
        }
        for id in body.binding_ids() {
            self.binding(out, id)?;
        }
        for comment in &body.comments {
            writeln!(out, "comment {}", body.text_of(*comment))?;
        }
        Ok(())
    }
}

impl Dump<'_> {
    fn function(&self, out: &mut Formatter<'_>, id: FunctionId) -> fmt::Result {
        let function = &self.0[id];
        write!(out, "function {}", id.0)?;
        if let Some(parent) = function.parent {
            write!(out, " in {}", parent.0)?;
        }
        Self::signature(out, function)?;
        writeln!(out)?;
        match function.block {
            Some(block) => self.statement(out, block, 1),
            None => writeln!(out, "  no block"),
        }
    }

    fn signature(out: &mut Formatter<'_>, function: &Function) -> fmt::Result {
        if let Some(name) = &function.name {
            write!(out, " {name}")?;
        }
        Self::type_parameters(out, &function.type_parameters)?;
        if let Some(receiver) = &function.receiver {
            write!(out, " receiver")?;
            Self::parameter(out, receiver)?;
        }
        for (title, list) in [
            ("parameters", &function.parameters),
            ("results", &function.results),
        ] {
            if !list.is_empty() {
                write!(out, " {title}")?;
            }
            for parameter in list {
                Self::parameter(out, parameter)?;
            }
        }
        Ok(())
    }

    fn type_parameters(out: &mut Formatter<'_>, parameters: &[TypeParameter]) -> fmt::Result {
        for parameter in parameters {
            let constraint = Written(&parameter.constraint);
            write!(
                out,
                " [{}{} {constraint}]",
                parameter.name,
                number(parameter.binding)
            )?;
        }
        Ok(())
    }

    fn parameter(out: &mut Formatter<'_>, parameter: &Parameter) -> fmt::Result {
        let name = parameter.name.as_deref().unwrap_or("unnamed");
        let dots = if parameter.variadic { "..." } else { "" };
        let type_ = Written(&parameter.type_);
        write!(out, " ({name}{} {dots}{type_})", number(parameter.binding))
    }

    fn statement(&self, out: &mut Formatter<'_>, id: StatementId, depth: usize) -> fmt::Result {
        write!(out, "{:1$}", "", depth * 2)?;
        let inside = depth + 1;
        match &self.0[id].kind {
            StatementKind::Missing => writeln!(out, "missing {:?}", self.0.text_of(self.0[id].span)),
            StatementKind::Empty => writeln!(out, "empty"),
            StatementKind::Block(statements) => {
                writeln!(out, "block")?;
                self.statements(out, statements, inside)
            }
            StatementKind::Expression(expression) => writeln!(out, "{}", self.one(*expression)),
            StatementKind::Send { channel, value } => {
                writeln!(out, "send {} <- {}", self.one(*channel), self.one(*value))
            }
            StatementKind::IncDec { operand, increment } => {
                let word = if *increment { "increment" } else { "decrement" };
                writeln!(out, "{word} {}", self.one(*operand))
            }
            StatementKind::Assign {
                left,
                operator,
                right,
            } => {
                write!(out, "assign {}", self.all(left))?;
                if let Some(operator) = operator {
                    write!(out, " {operator:?}")?;
                }
                writeln!(out, " = {}", self.all(right))
            }
            StatementKind::ShortVar {
                left,
                declared,
                right,
            } => {
                writeln!(
                    out,
                    "define {} = {}",
                    self.defined(left, declared),
                    self.all(right)
                )
            }
            StatementKind::Declare(declaration) => {
                writeln!(out, "declare")?;
                self.declaration(out, declaration, inside)
            }
            StatementKind::Labeled { label, statement } => {
                writeln!(out, "label {label}")?;
                self.statements(out, statement.as_slice(), inside)
            }
            StatementKind::Go(call) => writeln!(out, "go {}", self.one(*call)),
            StatementKind::Defer(call) => writeln!(out, "defer {}", self.one(*call)),
            StatementKind::Return(values) if values.is_empty() => writeln!(out, "return"),
            StatementKind::Return(values) => writeln!(out, "return {}", self.all(values)),
            StatementKind::Break(label) => writeln!(out, "break {}", label.as_deref().unwrap_or("-")),
            StatementKind::Continue(label) => writeln!(out, "continue {}", label.as_deref().unwrap_or("-")),
            StatementKind::Goto(label) => writeln!(out, "goto {label}"),
            StatementKind::Fallthrough => writeln!(out, "fallthrough"),
            _ => self.control(out, id, depth),
        }
    }

    /// The statements that hold other statements.
    fn control(&self, out: &mut Formatter<'_>, id: StatementId, depth: usize) -> fmt::Result {
        let inside = depth + 1;
        match &self.0[id].kind {
            StatementKind::If {
                init,
                condition,
                then,
                otherwise,
            } => {
                writeln!(out, "if {}", self.one(*condition))?;
                self.labeled(out, "init", *init, inside)?;
                self.statement(out, *then, inside)?;
                self.labeled(out, "else", *otherwise, inside)
            }
            StatementKind::Switch { init, value, clauses } => {
                writeln!(out, "switch {}", self.optional(*value))?;
                self.labeled(out, "init", *init, inside)?;
                self.clauses(out, clauses, inside)
            }
            StatementKind::TypeSwitch {
                init,
                name,
                operand,
                clauses,
            } => {
                let name = name.as_deref().unwrap_or("-");
                writeln!(out, "type switch {name} {}", self.one(*operand))?;
                self.labeled(out, "init", *init, inside)?;
                self.clauses(out, clauses, inside)
            }
            StatementKind::Select(clauses) => {
                writeln!(out, "select")?;
                self.clauses(out, clauses, inside)
            }
            StatementKind::For {
                init,
                condition,
                post,
                body,
            } => {
                writeln!(out, "for {}", self.optional(*condition))?;
                self.labeled(out, "init", *init, inside)?;
                self.labeled(out, "post", *post, inside)?;
                self.statement(out, *body, inside)
            }
            StatementKind::Range {
                left,
                declared,
                define,
                operand,
                body,
            } => {
                let sign = if *define { ":=" } else { "=" };
                let left = self.defined(left, declared);
                writeln!(out, "range {left}{sign} {}", self.one(*operand))?;
                self.statement(out, *body, inside)
            }
            other => writeln!(out, "{other:?}"),
        }
    }

    fn statements(&self, out: &mut Formatter<'_>, statements: &[StatementId], depth: usize) -> fmt::Result {
        statements
            .iter()
            .try_for_each(|statement| self.statement(out, *statement, depth))
    }

    fn labeled(
        &self,
        out: &mut Formatter<'_>,
        title: &str,
        statement: Option<StatementId>,
        depth: usize,
    ) -> fmt::Result {
        let Some(statement) = statement else {
            return Ok(());
        };
        writeln!(out, "{:1$}{title}:", "", depth * 2)?;
        self.statement(out, statement, depth + 1)
    }

    fn clauses(&self, out: &mut Formatter<'_>, clauses: &[Clause], depth: usize) -> fmt::Result {
        for clause in clauses {
            let word = if clause.is_default { "default" } else { "case" };
            write!(out, "{:1$}{word}", "", depth * 2)?;
            if let Some(binding) = clause.binding {
                write!(out, " {}{}", self.0[binding].name, number(Some(binding)))?;
            }
            if !clause.values.is_empty() {
                write!(out, " {}", self.all(&clause.values))?;
            }
            for type_ in &clause.types {
                write!(out, " {}", Written(type_))?;
            }
            writeln!(out)?;
            self.labeled(out, "communication", clause.communication, depth + 1)?;
            self.statements(out, &clause.statements, depth + 1)?;
        }
        Ok(())
    }

    fn declaration(&self, out: &mut Formatter<'_>, declaration: &Declaration, depth: usize) -> fmt::Result {
        match declaration {
            Declaration::Variables(specs) => self.value_specs(out, "var", specs, depth),
            Declaration::Constants(specs) => self.value_specs(out, "const", specs, depth),
            Declaration::Types(specs) => specs.iter().try_for_each(|spec| {
                write!(
                    out,
                    "{:1$}type {2}{3}",
                    "",
                    depth * 2,
                    spec.name,
                    number(spec.binding)
                )?;
                Self::type_parameters(out, &spec.type_parameters)?;
                let sign = if spec.is_alias { "= " } else { "" };
                writeln!(out, " {sign}{}", Written(&spec.type_))
            }),
        }
    }

    fn value_specs(
        &self,
        out: &mut Formatter<'_>,
        word: &str,
        specs: &[ValueSpec],
        depth: usize,
    ) -> fmt::Result {
        specs.iter().try_for_each(|spec| {
            write!(out, "{:1$}{word}", "", depth * 2)?;
            for ((name, _), binding) in spec.names.iter().zip(&spec.bindings) {
                write!(out, " {name}{}", number(*binding))?;
            }
            if let Some(type_) = &spec.type_ {
                write!(out, " {}", Written(type_))?;
            }
            if !spec.values.is_empty() {
                write!(out, " = {}", self.all(&spec.values))?;
            }
            writeln!(out)
        })
    }

    fn binding(&self, out: &mut Formatter<'_>, id: BindingId) -> fmt::Result {
        let binding = &self.0[id];
        write!(
            out,
            "#{} {} {:?} of function {}",
            id.0, binding.name, binding.kind, binding.function.0
        )?;
        match &binding.origin {
            Origin::Type { type_, alias: false } => write!(out, ", type {}", Written(type_))?,
            Origin::Type { type_, alias: true } => write!(out, ", alias of {}", Written(type_))?,
            Origin::Variadic(type_) => write!(out, ", variadic {}", Written(type_))?,
            Origin::Value {
                expression,
                index: None,
            } => write!(out, ", value {}", self.one(*expression))?,
            Origin::Value {
                expression,
                index: Some(index),
            } => {
                write!(out, ", value {index} of {}", self.one(*expression))?;
            }
            Origin::RangeKey(operand) => write!(out, ", key of {}", self.one(*operand))?,
            Origin::RangeValue(operand) => write!(out, ", value of {}", self.one(*operand))?,
            Origin::Case(type_) => write!(out, ", case {}", Written(type_))?,
            Origin::Operand(operand) => write!(out, ", operand {}", self.one(*operand))?,
            Origin::Constraint(constraint) => write!(out, ", constraint {}", Written(constraint))?,
            Origin::Unknown => {}
        }
        for use_ in &binding.uses {
            let access = match use_.access {
                Access::Read => "read",
                Access::Write => "write",
                Access::Update => "update",
                Access::WriteThrough => "write through",
                Access::AddressOf => "address",
            };
            write!(out, "; {access}")?;
            if use_.function != binding.function {
                write!(out, " in {}", use_.function.0)?;
            }
        }
        writeln!(out)
    }

    /// Left-hand sides; a name that the statement declares has `new` before it.
    fn defined(&self, left: &[ExpressionId], declared: &[Option<BindingId>]) -> String {
        let names = left.iter().zip(declared).map(|(name, binding)| match binding {
            Some(_) => format!("new {} ", self.one(*name)),
            None => format!("{} ", self.one(*name)),
        });
        names.collect::<String>().trim_end().to_owned() + if left.is_empty() { "" } else { " " }
    }

    fn all(&self, expressions: &[ExpressionId]) -> String {
        let all: Vec<_> = expressions.iter().map(|id| self.one(*id)).collect();
        all.join(", ")
    }

    fn optional(&self, expression: Option<ExpressionId>) -> String {
        expression.map_or("-".to_owned(), |id| self.one(id))
    }

    /// An expression: an operation is in parentheses, what it does first.
    fn one(&self, id: ExpressionId) -> String {
        match &self.0[id].kind {
            ExpressionKind::Missing => format!("missing {:?}", self.0.text_of(self.0[id].span)),
            ExpressionKind::Name { name, resolution } => match resolution {
                Resolution::Local(binding) => format!("{name}#{}", binding.0),
                Resolution::Outer => name.to_string(),
                Resolution::Blank => "blank".to_owned(),
                Resolution::Field => format!("field {name}"),
            },
            ExpressionKind::Literal(kind) => format!("{kind:?} {}", self.0.text_of(self.0[id].span)),
            ExpressionKind::Composite { type_, elements, .. } => {
                let type_ = type_
                    .as_ref()
                    .map_or("-".to_owned(), |type_| Written(type_).to_string());
                let elements = elements.iter().map(|element| match element.key {
                    Some(key) => format!(" {}: {},", self.one(key), self.one(element.value)),
                    None => format!(" {},", self.one(element.value)),
                });
                format!("{type_} {{{} }}", elements.collect::<String>())
            }
            ExpressionKind::FunctionLiteral(function) => format!("function {}", function.0),
            ExpressionKind::Parenthesized(inner) => format!("({})", self.one(*inner)),
            ExpressionKind::Selector { operand, field, .. } => {
                format!("(select {} {field})", self.one(*operand))
            }
            ExpressionKind::Index { operand, indices } => {
                format!("(index {} {})", self.one(*operand), self.all(indices))
            }
            ExpressionKind::Slice { operand, bounds } => {
                let bounds = bounds.map(|bound| self.optional(bound));
                format!("(slice {} {})", self.one(*operand), bounds.join(" "))
            }
            ExpressionKind::TypeAssertion { operand, type_ } => {
                let type_ = type_
                    .as_ref()
                    .map_or("type".to_owned(), |type_| Written(type_).to_string());
                format!("(assert {} {type_})", self.one(*operand))
            }
            ExpressionKind::Call {
                function,
                arguments,
                spread,
            } => {
                let dots = if *spread { "..." } else { "" };
                format!("(call {}[{}{dots}])", self.one(*function), self.all(arguments))
            }
            ExpressionKind::Unary {
                operator: UnaryOperator::Dereference,
                operand,
            } => {
                format!("(* {})", self.one(*operand))
            }
            ExpressionKind::Unary { operator, operand } => format!("({operator:?} {})", self.one(*operand)),
            ExpressionKind::Binary {
                operator,
                left,
                right,
            } => {
                format!("({operator:?} {} {})", self.one(*left), self.one(*right))
            }
            ExpressionKind::Type(type_) => format!("type {}", Written(type_)),
        }
    }
}

fn number(binding: Option<BindingId>) -> String {
    binding.map_or(String::new(), |binding| format!("#{}", binding.0))
}

//! Names the results of a function, so that its deferred code can reach them.
//!
//! After `return x` a named result holds x while the deferred functions run, and what they leave in it is what the
//! caller gets. Results are named all or none; those that nobody asked for become `_`.

use deferlint_semantics::Name;
use deferlint_semantics::body::{
    BindingId, Body, Declaration, ExpressionKind, FunctionId, Resolution, Span, StatementId, StatementKind,
    ValueSpec,
};
use deferlint_semantics::context::Context;
use deferlint_text::{TextEdit, TextEditBuilder};

use super::layout::whole_lines;

/// A function whose results get names, and the edit that gives them.
pub(crate) struct NamedResults<'a> {
    body: &'a Body,
    function: FunctionId,
    names: Vec<Name>,
    builder: TextEditBuilder,
}

impl<'a> NamedResults<'a> {
    /// Names the unnamed result at `index`. `None` when the function's results have names already, or when the name
    /// would hide or repeat something that the function means.
    pub(crate) fn new(
        context: &Context<'a>,
        function: FunctionId,
        index: usize,
        name: &Name,
    ) -> Option<Self> {
        let body = context.body;
        let results = &body[function].results;
        if !body[function].has_unnamed_results() || index >= results.len() {
            return None;
        }
        let mut names = vec![Name::new("_"); results.len()];
        names[index] = name.clone();
        let named = Self {
            body,
            function,
            names,
            builder: TextEdit::builder(),
        };
        (!named.repeats_parameter(name) && !named.hides_outer_name(name)).then_some(named)
    }

    /// Takes over a local variable of the function as the result: its declaration becomes an assignment, or goes.
    /// `None` when the two differ in type, or when the declaration can't be rewritten line by line.
    pub(crate) fn take_over(mut self, context: &Context<'_>, local: BindingId) -> Option<Self> {
        let body = self.body;
        let binding = &body[local];
        let result = context
            .result_types(self.function)
            .into_iter()
            .nth(self.index()?)?;
        if binding.function != self.function || context.type_of_binding(local) != result {
            return None;
        }
        let is_outermost = binding.scope == body[self.function].scope;
        let statement = binding.statement?;
        match &body[statement].kind {
            StatementKind::ShortVar { declared, .. } => {
                if declared.iter().flatten().count() == 1 {
                    self.define_to_assign(statement)?;
                } else if !is_outermost {
                    return None;
                }
            }
            StatementKind::Declare(Declaration::Variables(specs)) if is_outermost => {
                let [ValueSpec { names, values, .. }] = &**specs else {
                    return None;
                };
                match (&**names, &**values) {
                    ([_], []) => self.delete(whole_lines(body, body[statement].span)?)?,
                    ([_], [value]) => {
                        let declared = Span::new(body[statement].span.start, body[*value].span.start);
                        self.replace(declared, format!("{} = ", binding.name))?;
                    }
                    _ => return None,
                }
            }
            _ => return None,
        }
        Some(self)
    }

    /// The builder of the edit, for what else the fix rewrites.
    pub(crate) fn builder(&mut self) -> &mut TextEditBuilder {
        &mut self.builder
    }

    /// The whole edit.
    pub(crate) fn finish(mut self) -> Option<TextEdit> {
        let function = &self.body[self.function];
        let results = self.names.iter().zip(&function.results);
        let list: Vec<_> = results
            .map(|(name, result)| format!("{name} {}", self.body.text_of(result.type_span)))
            .collect();
        self.replace(function.results_span?, format!("({})", list.join(", ")))?;
        self.builder.finish().ok()
    }

    /// Replaces a span, unless a comment would go with it.
    fn replace(&mut self, span: Span, text: String) -> Option<()> {
        if self.body.comments.iter().any(|comment| span.contains(*comment)) {
            return None;
        }
        self.builder.replace(span.in_file(0), text);
        Some(())
    }

    fn delete(&mut self, span: Span) -> Option<()> {
        self.replace(span, String::new())
    }

    fn index(&self) -> Option<usize> {
        self.names.iter().position(|name| name != "_")
    }

    fn repeats_parameter(&self, name: &Name) -> bool {
        let function = &self.body[self.function];
        let receiver = function.receiver.iter();
        let named = receiver
            .chain(&*function.parameters)
            .any(|parameter| parameter.name.as_ref() == Some(name));
        named
            || function
                .type_parameters
                .iter()
                .any(|parameter| parameter.name == *name)
    }

    /// True when the function uses a package-level or predeclared thing, or a variable of a function around it, by
    /// that name.
    fn hides_outer_name(&self, name: &Name) -> bool {
        self.body.expressions.iter().any(|expression| {
            let ExpressionKind::Name {
                name: used,
                resolution,
            } = &expression.kind
            else {
                return false;
            };
            let declared_outside = match resolution {
                Resolution::Local(binding) => {
                    !self.body.is_within(self.body[*binding].function, self.function)
                }
                Resolution::Outer => true,
                Resolution::Blank | Resolution::Field => false,
            };
            used == name && declared_outside && self.body.is_within(expression.function, self.function)
        })
    }

    /// `x := v` becomes `x = v`.
    fn define_to_assign(&mut self, statement: StatementId) -> Option<()> {
        let StatementKind::ShortVar { left, right, .. } = &self.body[statement].kind else {
            return None;
        };
        let after_names = self.body[*left.last()?].span.end;
        let before_values = self.body[*right.first()?].span.start;
        let between = self.body.text_of(Span::new(after_names, before_values));
        let colon = after_names + between.find(":=")? as u32;
        self.delete(Span::new(colon, colon + 1))
    }
}

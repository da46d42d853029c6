//! A declaration in which places are looked for, and the questions that many breakers ask.

use deferlint_semantics::body::{
    Access, BindingId, Body, ExpressionId, ExpressionKind, FunctionId, Span, StatementId, StatementKind,
};
use deferlint_semantics::context::Context;
use deferlint_semantics::types::Certainty;
use deferlint_text::{ByteRange, TextEdit, TextEditBuilder};

/// One declaration of right code.
pub(super) struct Site<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) body: &'a Body,
    /// All declarations of the directory.
    pub(super) declarations: &'a [&'a Body],
}

/// `defer func() { ... }()`
#[derive(Clone, Copy)]
pub(super) struct DeferredLiteral {
    pub(super) statement: StatementId,
    pub(super) literal: FunctionId,
    /// The function that defers it.
    pub(super) by: FunctionId,
}

/// `x.m()` as a statement or behind `defer`.
pub(super) struct PlainCall<'a> {
    pub(super) statement: StatementId,
    pub(super) receiver: ExpressionId,
    pub(super) method: &'a str,
    pub(super) method_span: Span,
    pub(super) is_deferred: bool,
}

pub(super) fn range(span: Span) -> ByteRange {
    ByteRange::new(span.start, span.end)
}

/// The text in the place of a span.
pub(super) fn replaced(span: Span, text: impl Into<String>) -> TextEdit {
    TextEdit::single(range(span), text)
}

/// The text at an offset.
pub(super) fn inserted(offset: u32, text: impl Into<String>) -> TextEdit {
    TextEdit::single(ByteRange::new(offset, offset), text)
}

/// What several changes come to; none when they clash.
pub(super) fn changes(build: impl FnOnce(&mut TextEditBuilder)) -> Option<TextEdit> {
    let mut builder = TextEdit::builder();
    build(&mut builder);
    builder.finish().ok()
}

impl<'a> Site<'a> {
    /// True when the file imports a package.
    pub(super) fn imports(&self, path: &str) -> bool {
        let mut imports = self.context.file.imports.iter();
        imports.any(|import| import.path == path)
    }

    pub(super) fn text(&self, span: Span) -> &'a str {
        self.body.text_of(span)
    }

    pub(super) fn text_of(&self, expression: ExpressionId) -> &'a str {
        self.text(self.body[expression].span)
    }

    /// The deferred literals without parameters.
    pub(super) fn deferred_literals(&self) -> Vec<DeferredLiteral> {
        let deferred = self.body.function_ids().flat_map(|by| {
            let calls = self.context.deferred_calls(by).into_iter();
            calls.filter_map(move |deferred| {
                Some(DeferredLiteral {
                    statement: deferred.statement,
                    literal: deferred.literal?,
                    by,
                })
            })
        });
        deferred
            .filter(|deferred| self.body[deferred.literal].parameters.is_empty())
            .collect()
    }

    /// The deferred literals that call `recover` themselves, each with the first call.
    pub(super) fn recovering_literals(&self) -> Vec<(DeferredLiteral, ExpressionId)> {
        let calls = self.context.recover_calls();
        let recovering = self.deferred_literals().into_iter().filter_map(|deferred| {
            let found = calls
                .iter()
                .find(|call| call.function == deferred.literal && call.is_effective() == Certainty::Yes)?;
            Some((deferred, found.call))
        });
        recovering.collect()
    }

    /// What stands between the braces of a function.
    pub(super) fn inner(&self, function: FunctionId) -> Option<Span> {
        let block = self.body[self.body[function].block?].span;
        Some(Span::new(block.start + 1, block.end.saturating_sub(1)))
    }

    /// The statements of a block.
    pub(super) fn children(&self, block: StatementId) -> &'a [StatementId] {
        match &self.body[block].kind {
            StatementKind::Block(statements) => statements,
            _ => &[],
        }
    }

    /// The statements directly in a function's block.
    pub(super) fn top_statements(&self, function: FunctionId) -> &'a [StatementId] {
        self.body[function]
            .block
            .map_or(&[], |block| self.children(block))
    }

    /// The statements that follow one in its block.
    pub(super) fn following(&self, statement: StatementId) -> &'a [StatementId] {
        let Some(block) = self.body[statement].parent else {
            return &[];
        };
        let siblings = self.children(block);
        let index = siblings.iter().position(|sibling| *sibling == statement);
        index.map_or(&[], |index| &siblings[index + 1..])
    }

    /// The statement just before one in its block.
    pub(super) fn preceding(&self, statement: StatementId) -> Option<StatementId> {
        let siblings = self.children(self.body[statement].parent?);
        let index = siblings.iter().position(|sibling| *sibling == statement)?;
        siblings.get(index.checked_sub(1)?).copied()
    }

    /// The `return` statements of a function.
    pub(super) fn returns(
        &self,
        function: FunctionId,
    ) -> impl Iterator<Item = (StatementId, &'a [ExpressionId])> {
        let body = self.body;
        body[function]
            .statements
            .iter()
            .filter_map(|id| match &body[*id].kind {
                StatementKind::Return(results) => Some((*id, &**results)),
                _ => None,
            })
    }

    /// The statements of all functions that are `x.m()` or `defer x.m()`.
    pub(super) fn plain_calls(&self) -> impl Iterator<Item = PlainCall<'a>> {
        let body = self.body;
        body.statement_ids().filter_map(move |statement| {
            let (call, is_deferred) = match body[statement].kind {
                StatementKind::Expression(call) => (call, false),
                StatementKind::Defer(call) => (call, true),
                _ => return None,
            };
            let (function, arguments) = body.call_of(call)?;
            match &body[body.unparenthesized(function)].kind {
                ExpressionKind::Selector {
                    operand,
                    field,
                    field_span,
                } if arguments.is_empty() => Some(PlainCall {
                    statement,
                    receiver: *operand,
                    method: field,
                    method_span: *field_span,
                    is_deferred,
                }),
                _ => None,
            }
        })
    }

    /// `defer mu.Unlock()` and `defer mu.RUnlock()` of a mutex, with the lock just before it.
    pub(super) fn deferred_unlocks(&self) -> Vec<(PlainCall<'a>, PlainCall<'a>)> {
        let calls: Vec<_> = self.plain_calls().collect();
        let lock_before = |unlock: &PlainCall<'a>| {
            let before = self.preceding(unlock.statement)?;
            self.plain_calls().find(|lock| {
                lock.statement == before
                    && !lock.is_deferred
                    && matches!(
                        (lock.method, unlock.method),
                        ("Lock", "Unlock") | ("RLock", "RUnlock")
                    )
                    && self.text_of(lock.receiver) == self.text_of(unlock.receiver)
            })
        };
        let unlocks = calls
            .into_iter()
            .filter(|call| call.is_deferred && self.is_mutex(call.receiver));
        unlocks
            .filter_map(|unlock| Some((lock_before(&unlock)?, unlock)))
            .collect()
    }

    pub(super) fn is_mutex(&self, expression: ExpressionId) -> bool {
        let type_ = self.context.type_of(expression);
        self.context.is_mutex(&type_) == Certainty::Yes
    }

    pub(super) fn is_error(&self, binding: BindingId) -> bool {
        let type_ = self.context.type_of_binding(binding);
        self.context.is_error(&type_) == Certainty::Yes
    }

    pub(super) fn is_map(&self, binding: BindingId) -> bool {
        let type_ = self.context.type_of_binding(binding);
        self.context.is_map(&type_) == Certainty::Yes
    }

    /// The named result of a function that is an error, with its index.
    pub(super) fn error_result(&self, function: FunctionId) -> Option<(usize, BindingId)> {
        let results = self.body[function].results.iter().enumerate();
        results
            .filter_map(|(index, result)| Some((index, result.binding?)))
            .find(|(_, binding)| self.is_error(*binding))
    }

    /// True when a use of the variable inside the function or its literals is of a kind that `accept` takes.
    pub(super) fn uses_in(
        &self,
        binding: BindingId,
        function: FunctionId,
        accept: impl Fn(Access) -> bool,
    ) -> bool {
        let mut uses = self.body[binding].uses.iter();
        uses.any(|use_| accept(use_.access) && self.body.is_within(use_.function, function))
    }

    /// True when something is assigned to the variable behind an offset, outside of literals.
    pub(super) fn is_assigned_behind(&self, binding: BindingId, offset: u32) -> bool {
        let variable = &self.body[binding];
        variable.uses.iter().any(|use_| {
            use_.access.assigns()
                && use_.function == variable.function
                && self.body[use_.expression].span.start > offset
        })
    }

    /// The same function with results that have no names: they are declared at its top, and bare returns name them.
    pub(super) fn without_result_names(&self, function: FunctionId) -> Option<TextEdit> {
        let declared = &self.body[function];
        let results = &declared.results;
        if results.is_empty() || results.iter().any(|result| result.binding.is_none()) {
            return None;
        }
        let names: Vec<_> = results
            .iter()
            .filter_map(|result| result.name.as_deref())
            .collect();
        let types: Vec<_> = results.iter().map(|result| self.text(result.type_span)).collect();
        let variables: String = names
            .iter()
            .zip(&types)
            .map(|(name, type_)| format!("\nvar {name} {type_}"))
            .collect();
        let inner = self.inner(function)?;
        changes(|builder| {
            if let Some(span) = declared.results_span {
                builder.replace(range(span), format!("({})", types.join(", ")));
            }
            builder.insert(inner.start, variables);
            for (statement, returned) in self.returns(function) {
                if returned.is_empty() {
                    builder.replace(
                        range(self.body[statement].span),
                        format!("return {}", names.join(", ")),
                    );
                }
            }
        })
    }
}

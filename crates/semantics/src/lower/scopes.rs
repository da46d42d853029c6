//! Scopes while lowering: what a name means at the place that has been reached.

use deferlint_syntax::Node;

use super::Lowering;
use crate::Name;
use crate::body::{
    Access, Binding, BindingId, BindingKind, ExpressionId, ExpressionKind, Origin, Resolution, Scope,
    ScopeId, Span, UnaryOperator, Use,
};

impl Lowering {
    /// Lowers something in a scope of its own.
    pub(super) fn in_scope<T>(&mut self, span: Span, lower: impl FnOnce(&mut Self, ScopeId) -> T) -> T {
        let outer = self.open_scope(span);
        let result = lower(self, self.scope);
        self.close_scope(outer);
        result
    }

    /// Opens a scope; the answer is the scope around it, for [`close_scope`](Self::close_scope).
    pub(super) fn open_scope(&mut self, span: Span) -> Option<ScopeId> {
        let outer = (!self.body.scopes.is_empty()).then_some(self.scope);
        self.scope = ScopeId(self.body.scopes.len() as u32);
        self.body.scopes.push(Scope {
            parent: outer,
            function: self.function,
            bindings: Vec::new(),
            span,
        });
        outer
    }

    /// Closes the innermost scope: its names mean again what they meant before.
    pub(super) fn close_scope(&mut self, outer: Option<ScopeId>) {
        for binding in &self.body.scopes[self.scope.0 as usize].bindings {
            let name = &self.body.bindings[binding.0 as usize].name;
            if let Some(meanings) = self.visible.get_mut(name) {
                meanings.pop();
            }
        }
        if let Some(outer) = outer {
            self.scope = outer;
        }
    }

    /// Declares a name in the innermost scope; `_` declares nothing.
    pub(super) fn declare(
        &mut self,
        name: &Name,
        span: Span,
        kind: BindingKind,
        visible_from: u32,
        origin: Origin,
    ) -> Option<BindingId> {
        if name == "_" {
            return None;
        }
        let id = BindingId(self.body.bindings.len() as u32);
        self.body.bindings.push(Binding {
            name: name.clone(),
            span,
            kind,
            function: self.function,
            scope: self.scope,
            visible_from,
            statement: self.statement,
            origin,
            uses: Vec::new(),
        });
        self.body.scopes[self.scope.0 as usize].bindings.push(id);
        self.visible.entry(name.clone()).or_default().push(id);
        Some(id)
    }

    /// The binding that a name means here.
    pub(super) fn resolve(&self, name: &str) -> Option<BindingId> {
        self.visible.get(name)?.last().copied()
    }

    /// The binding of that name in the innermost scope itself.
    pub(super) fn declared_here(&self, name: &str) -> Option<BindingId> {
        self.resolve(name)
            .filter(|binding| self.body[*binding].scope == self.scope)
    }

    /// The expression of an identifier that is used.
    pub(super) fn use_name(&mut self, node: Node<'_>) -> ExpressionId {
        let name = self.name(node);
        let span = self.span(node);
        if name == "_" {
            return self.add_expression(
                span,
                ExpressionKind::Name {
                    name,
                    resolution: Resolution::Blank,
                },
            );
        }
        let Some(binding) = self.resolve(&name) else {
            return self.add_expression(
                span,
                ExpressionKind::Name {
                    name,
                    resolution: Resolution::Outer,
                },
            );
        };
        let resolution = Resolution::Local(binding);
        let expression = self.add_expression(span, ExpressionKind::Name { name, resolution });
        let use_ = Use {
            expression,
            function: self.function,
            access: Access::Read,
        };
        self.body.bindings[binding.0 as usize].uses.push(use_);
        expression
    }

    /// The expression of a name that a statement declares: it isn't a use.
    pub(super) fn declaring_name(&mut self, name: Name, span: Span, binding: BindingId) -> ExpressionId {
        self.add_expression(
            span,
            ExpressionKind::Name {
                name,
                resolution: Resolution::Local(binding),
            },
        )
    }

    /// Says that an expression on a left-hand side is assigned: the variable that it is, or what it is reached through.
    pub(super) fn assigned(&mut self, target: ExpressionId, access: Access) {
        if let Some(binding) = self.body.binding_of(target) {
            self.set_access(binding, self.body.unparenthesized(target), access);
        } else if let Some((binding, name)) = self.root(target) {
            self.set_access(binding, name, Access::WriteThrough);
        }
    }

    /// Says that the address of an expression is taken. What lies behind a pointer isn't part of the pointer variable.
    pub(super) fn address_taken(&mut self, operand: ExpressionId) {
        if let Some((binding, name)) = self.root(operand)
            && !self.passes_dereference(operand)
        {
            self.set_access(binding, name, Access::AddressOf);
        }
    }

    fn set_access(&mut self, binding: BindingId, expression: ExpressionId, access: Access) {
        let uses = &mut self.body.bindings[binding.0 as usize].uses;
        // Until the body is finished, the uses are in the order in which their expressions were added.
        if let Ok(index) = uses.binary_search_by_key(&expression, |use_| use_.expression) {
            uses[index].access = access;
        }
    }

    /// The local variable that `x.f[i]` and the like start from, and its name's expression.
    fn root(&self, mut id: ExpressionId) -> Option<(BindingId, ExpressionId)> {
        loop {
            id = match &self.body[id].kind {
                ExpressionKind::Name {
                    resolution: Resolution::Local(binding),
                    ..
                } => return Some((*binding, id)),
                other => operand_of(other)?,
            };
        }
    }

    fn passes_dereference(&self, mut id: ExpressionId) -> bool {
        loop {
            let kind = &self.body[id].kind;
            if matches!(
                kind,
                ExpressionKind::Unary {
                    operator: UnaryOperator::Dereference,
                    ..
                }
            ) {
                return true;
            }
            match operand_of(kind) {
                Some(operand) => id = operand,
                None => return false,
            }
        }
    }
}

fn operand_of(kind: &ExpressionKind) -> Option<ExpressionId> {
    match kind {
        ExpressionKind::Parenthesized(operand)
        | ExpressionKind::Selector { operand, .. }
        | ExpressionKind::Index { operand, .. }
        | ExpressionKind::Slice { operand, .. }
        | ExpressionKind::Unary {
            operator: UnaryOperator::Dereference,
            operand,
        } => Some(*operand),
        _ => None,
    }
}

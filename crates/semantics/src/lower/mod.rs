//! Lowers the syntax tree of a declaration to a [`Body`].

mod comments;
mod declarations;
mod expressions;
mod functions;
mod scopes;
mod statements;
mod types;

use std::sync::Arc;

use deferlint_syntax::{Kind, Node};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::Name;
use crate::body::{
    BindingId, Body, DeclarationKind, Expression, ExpressionId, ExpressionKind, FunctionId, Parent, ScopeId,
    Span, Statement, StatementId, StatementKind,
};

/// How deeply expressions, statements and types may nest before the lowering stops following them. Operators, calls and
/// selectors in a row, and `else if` chains, don't nest in this sense.
const MAX_DEPTH: u32 = 150;

/// Lowers a top-level declaration. `text` is the declaration's own text: the bytes of the node's range.
pub fn lower(declaration: Node<'_>, text: &str) -> Body {
    let kind = match declaration.kind() {
        Kind::FunctionDeclaration => DeclarationKind::Function,
        Kind::MethodDeclaration => DeclarationKind::Method,
        Kind::VarDeclaration => DeclarationKind::Variable,
        Kind::ConstDeclaration => DeclarationKind::Constant,
        Kind::TypeDeclaration => DeclarationKind::Type,
        _ => DeclarationKind::Other,
    };
    let mut lowering = Lowering {
        start: declaration.byte_range().start(),
        body: Body {
            kind,
            text: Arc::from(text),
            // Most declarations hold no function literal, and a function is large.
            functions: Vec::with_capacity(1),
            expressions: Vec::new(),
            statements: Vec::new(),
            bindings: Vec::new(),
            scopes: Vec::new(),
            identifiers: FxHashSet::default(),
            comments: comments::comments(text),
            has_error: declaration.has_error(),
        },
        function: Body::DECLARED,
        statement: None,
        scope: ScopeId(0),
        visible: FxHashMap::default(),
        depth: 0,
    };
    match kind {
        DeclarationKind::Function | DeclarationKind::Method => lowering.declared_function(declaration),
        _ => lowering.package_level_declaration(declaration),
    }
    lowering.finish()
}

/// The state of lowering one declaration.
struct Lowering {
    /// Where the declaration starts in the file.
    start: u32,
    body: Body,
    /// The function whose statements are being lowered.
    function: FunctionId,
    /// The innermost statement around what is being lowered.
    statement: Option<StatementId>,
    /// The innermost scope.
    scope: ScopeId,
    /// For each name the bindings that a use may mean, the innermost last.
    visible: FxHashMap<Name, Vec<BindingId>>,
    depth: u32,
}

impl Lowering {
    fn span(&self, node: Node<'_>) -> Span {
        let range = node.byte_range();
        Span::new(range.start() - self.start, range.end() - self.start)
    }

    fn text(&self, node: Node<'_>) -> &str {
        self.body.text_of(self.span(node))
    }

    /// The identifier that a node is; remembered as used.
    fn name(&mut self, node: Node<'_>) -> Name {
        let name = Name::new(self.text(node));
        self.body.identifiers.insert(name.clone());
        name
    }

    /// Runs `work` one level deeper, or marks the declaration when that is too deep.
    fn nested<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth == MAX_DEPTH {
            self.body.has_error = true;
            return None;
        }
        self.depth += 1;
        let result = work(self);
        self.depth -= 1;
        Some(result)
    }

    /// Adds an expression, and makes it the parent of its operands.
    fn add_expression(&mut self, span: Span, kind: ExpressionKind) -> ExpressionId {
        let id = ExpressionId(self.body.expressions.len() as u32);
        let expressions = &mut self.body.expressions;
        for_each_operand(&kind, |operand| {
            expressions[operand.0 as usize].parent = Parent::Expression(id);
        });
        let parent = self.statement.map_or(Parent::None, Parent::Statement);
        expressions.push(Expression {
            kind,
            span,
            function: self.function,
            parent,
        });
        id
    }

    /// Adds a statement, lowers what it consists of, and puts it together.
    fn add_statement(&mut self, span: Span, lower: impl FnOnce(&mut Self) -> StatementKind) -> StatementId {
        let (id, outer) = self.begin_statement(span);
        let kind = lower(self);
        self.end_statement(id, outer, kind);
        id
    }

    /// Adds a statement of which nothing is known yet; what is lowered until
    /// [`end_statement`](Self::end_statement) belongs to it. The answer's second half is the statement around it.
    fn begin_statement(&mut self, span: Span) -> (StatementId, Option<StatementId>) {
        let id = StatementId(self.body.statements.len() as u32);
        self.body.statements.push(Statement {
            kind: StatementKind::Missing,
            span,
            function: self.function,
            parent: self.statement,
            scope: self.scope,
        });
        self.body.functions[self.function.0 as usize].statements.push(id);
        (id, self.statement.replace(id))
    }

    fn end_statement(&mut self, id: StatementId, outer: Option<StatementId>, kind: StatementKind) {
        self.statement = outer;
        self.body.statements[id.0 as usize].kind = kind;
    }

    /// The body, its uses in the order of the text: the right-hand sides of `:=` are lowered before the left.
    fn finish(mut self) -> Body {
        let expressions = &self.body.expressions;
        for binding in &mut self.body.bindings {
            binding
                .uses
                .sort_by_key(|use_| expressions[use_.expression.0 as usize].span.start);
        }
        self.body
    }
}

/// Calls `visit` with every direct operand of an expression.
fn for_each_operand(kind: &ExpressionKind, mut visit: impl FnMut(ExpressionId)) {
    match kind {
        ExpressionKind::Missing
        | ExpressionKind::Name { .. }
        | ExpressionKind::Literal(_)
        | ExpressionKind::FunctionLiteral(_)
        | ExpressionKind::Type(_) => {}
        ExpressionKind::Composite { elements, .. } => {
            for element in elements {
                element.key.into_iter().for_each(&mut visit);
                visit(element.value);
            }
        }
        ExpressionKind::Parenthesized(operand)
        | ExpressionKind::Selector { operand, .. }
        | ExpressionKind::TypeAssertion { operand, .. }
        | ExpressionKind::Unary { operand, .. } => visit(*operand),
        ExpressionKind::Index { operand, indices } => {
            visit(*operand);
            indices.iter().copied().for_each(visit);
        }
        ExpressionKind::Slice { operand, bounds } => {
            visit(*operand);
            bounds.iter().flatten().copied().for_each(visit);
        }
        ExpressionKind::Call {
            function, arguments, ..
        } => {
            visit(*function);
            arguments.iter().copied().for_each(visit);
        }
        ExpressionKind::Binary { left, right, .. } => {
            visit(*left);
            visit(*right);
        }
    }
}

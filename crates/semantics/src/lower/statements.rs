//! Lowers statements.

use deferlint_syntax::{Field, Kind, Node};

use super::Lowering;
use super::declarations::origin_of_value;
use super::expressions::binary_operator;
use crate::Name;
use crate::body::{
    Access, BindingId, BindingKind, Clause, ExpressionId, Origin, StatementId, StatementKind, TypeExpression,
};

impl Lowering {
    /// The block of a function shares the scope of the parameters.
    pub(super) fn function_block(&mut self, node: Node<'_>) -> StatementId {
        let span = self.span(node);
        self.add_statement(span, |lowering| StatementKind::Block(lowering.statements(node)))
    }

    fn block(&mut self, node: Node<'_>) -> StatementId {
        let span = self.span(node);
        self.add_statement(span, |lowering| {
            lowering.in_scope(span, |lowering, _| {
                StatementKind::Block(lowering.statements(node))
            })
        })
    }

    fn block_in(&mut self, node: Node<'_>, field: Field) -> StatementId {
        match node.child(field) {
            Some(block) => self.block(block),
            None => self.add_statement(self.span(node), |_| StatementKind::Missing),
        }
    }

    /// The statements among the children of a node.
    fn statements(&mut self, node: Node<'_>) -> Box<[StatementId]> {
        let children = node.named_children().filter(|child| is_statement(child.kind()));
        children.map(|child| self.statement(child)).collect()
    }

    fn statement_in(&mut self, node: Node<'_>, field: Field) -> Option<StatementId> {
        node.child(field).map(|statement| self.statement(statement))
    }

    fn statement(&mut self, node: Node<'_>) -> StatementId {
        let span = self.span(node);
        let lowered = self.nested(|lowering| match node.kind() {
            Kind::Block => lowering.block(node),
            Kind::IfStatement => lowering.if_chain(node),
            _ => lowering.add_statement(span, |lowering| lowering.statement_kind(node)),
        });
        lowered.unwrap_or_else(|| self.add_statement(span, |_| StatementKind::Missing))
    }

    fn statement_kind(&mut self, node: Node<'_>) -> StatementKind {
        match node.kind() {
            Kind::EmptyStatement => StatementKind::Empty,
            Kind::ExpressionStatement => {
                match node.named_children().find(|child| child.kind() != Kind::Comment) {
                    Some(expression) => StatementKind::Expression(self.expression(expression)),
                    None => StatementKind::Missing,
                }
            }
            Kind::SendStatement => StatementKind::Send {
                channel: self.expression_in(node, Field::Channel),
                value: self.expression_in(node, Field::Value),
            },
            Kind::IncDecStatement => {
                let operand = self.expression_in(node, Field::Operand);
                self.assigned(operand, Access::Update);
                let operator = node.child(Field::Operator).map(Node::kind);
                StatementKind::IncDec {
                    operand,
                    increment: operator == Some(Kind::Increment),
                }
            }
            Kind::Assignment => self.assignment(node),
            Kind::ShortVarDeclaration => self.short_var(node, BindingKind::Variable),
            Kind::ReceiveStatement => self.receive(node),
            Kind::VarDeclaration | Kind::ConstDeclaration | Kind::TypeDeclaration => self
                .declaration(node, true)
                .map_or(StatementKind::Missing, StatementKind::Declare),
            Kind::LabeledStatement => match self.label(node) {
                Some(label) => StatementKind::Labeled {
                    label,
                    statement: self.statement_in(node, Field::Statement),
                },
                None => StatementKind::Missing,
            },
            Kind::GoStatement => StatementKind::Go(self.expression_in(node, Field::Call)),
            Kind::DeferStatement => StatementKind::Defer(self.expression_in(node, Field::Call)),
            Kind::ReturnStatement => StatementKind::Return(self.expressions(node.child(Field::Result))),
            Kind::BreakStatement => StatementKind::Break(self.label(node)),
            Kind::ContinueStatement => StatementKind::Continue(self.label(node)),
            Kind::GotoStatement => self
                .label(node)
                .map_or(StatementKind::Missing, StatementKind::Goto),
            Kind::FallthroughStatement => StatementKind::Fallthrough,
            Kind::ExpressionSwitchStatement => self.switch(node),
            Kind::TypeSwitchStatement => self.type_switch(node),
            Kind::SelectStatement => StatementKind::Select(self.clauses(node, None)),
            Kind::ForStatement => self.for_loop(node),
            _ => StatementKind::Missing,
        }
    }

    fn label(&mut self, node: Node<'_>) -> Option<Name> {
        node.child(Field::Label).map(|label| self.name(label))
    }

    fn assignment(&mut self, node: Node<'_>) -> StatementKind {
        let left = self.expressions(node.child(Field::Left));
        let right = self.expressions(node.child(Field::Right));
        let operator = node
            .child(Field::Operator)
            .and_then(|operator| binary_operator(operator.kind()));
        let access = if operator.is_some() {
            Access::Update
        } else {
            Access::Write
        };
        left.iter().for_each(|target| self.assigned(*target, access));
        StatementKind::Assign {
            left,
            operator,
            right,
        }
    }

    fn short_var(&mut self, node: Node<'_>, kind: BindingKind) -> StatementKind {
        let right = self.expressions(node.child(Field::Right));
        let visible_from = self.span(node).end;
        let origins = |names: usize, index: usize| origin_of_value(&right, names, index);
        let (left, declared) = self.define(node.child(Field::Left), kind, visible_from, origins);
        StatementKind::ShortVar {
            left,
            declared,
            right,
        }
    }

    /// The names before a `:=`: those that the innermost scope doesn't declare yet are declared, the others assigned.
    fn define(
        &mut self,
        list: Option<Node<'_>>,
        kind: BindingKind,
        visible_from: u32,
        origin: impl Fn(usize, usize) -> Origin,
    ) -> (Box<[ExpressionId]>, Box<[Option<BindingId>]>) {
        let names: Vec<_> = list
            .into_iter()
            .flat_map(Node::named_children)
            .filter(|name| name.kind() != Kind::Comment)
            .collect();
        let mut left = Vec::with_capacity(names.len());
        let mut declared = Vec::with_capacity(names.len());
        for (index, node) in names.iter().enumerate() {
            let is_name = matches!(node.kind(), Kind::Identifier | Kind::BlankIdentifier);
            let name = Name::new(self.text(*node));
            if !is_name || name == "_" || self.declared_here(&name).is_some() {
                let target = self.expression(*node);
                self.assigned(target, Access::Write);
                left.push(target);
                declared.push(None);
                continue;
            }
            let span = self.span(*node);
            self.body.identifiers.insert(name.clone());
            let binding = self.declare(&name, span, kind, visible_from, origin(names.len(), index));
            left.extend(binding.map(|binding| self.declaring_name(name, span, binding)));
            declared.push(binding);
        }
        (left.into(), declared.into())
    }

    /// The communication of a select's case that receives.
    fn receive(&mut self, node: Node<'_>) -> StatementKind {
        if node.child(Field::Left).is_none() {
            return StatementKind::Expression(self.expression_in(node, Field::Right));
        }
        if node.children().any(|child| child.kind() == Kind::Define) {
            return self.short_var(node, BindingKind::Variable);
        }
        self.assignment(node)
    }

    /// An `if` with its `else if`s, in a loop: generated code has long chains of them. Each `else if` lies in the scope
    /// of the `if` before it.
    fn if_chain(&mut self, first: Node<'_>) -> StatementId {
        let mut chain = Vec::new();
        let mut node = first;
        let mut otherwise = loop {
            let span = self.span(node);
            let (id, outer_statement) = self.begin_statement(span);
            let outer_scope = self.open_scope(span);
            let init = self.statement_in(node, Field::InitStatement);
            let condition = self.expression_in(node, Field::Condition);
            let then = self.block_in(node, Field::Body);
            chain.push((id, outer_statement, outer_scope, init, condition, then));
            match node.child(Field::Else) {
                Some(next) if next.kind() == Kind::IfStatement => node = next,
                Some(block) => break Some(self.block(block)),
                None => break None,
            }
        };
        for (id, outer_statement, outer_scope, init, condition, then) in chain.into_iter().rev() {
            self.close_scope(outer_scope);
            self.end_statement(
                id,
                outer_statement,
                StatementKind::If {
                    init,
                    condition,
                    then,
                    otherwise,
                },
            );
            otherwise = Some(id);
        }
        otherwise.unwrap_or_else(|| unreachable!("a chain has at least its first link"))
    }

    fn switch(&mut self, node: Node<'_>) -> StatementKind {
        let span = self.span(node);
        self.in_scope(span, |lowering, _| {
            let init = lowering.statement_in(node, Field::InitStatement);
            let value = node.child(Field::Value).map(|value| lowering.expression(value));
            StatementKind::Switch {
                init,
                value,
                clauses: lowering.clauses(node, None),
            }
        })
    }

    fn type_switch(&mut self, node: Node<'_>) -> StatementKind {
        let span = self.span(node);
        self.in_scope(span, |lowering, _| {
            let init = lowering.statement_in(node, Field::InitStatement);
            let operand = lowering.expression_in(node, Field::Operand);
            let name = node.child(Field::Name);
            let clauses = lowering.clauses(node, name.map(|name| (name, operand)));
            StatementKind::TypeSwitch {
                init,
                name: name.map(|name| lowering.name(name)),
                operand,
                clauses,
            }
        })
    }

    fn clauses(&mut self, node: Node<'_>, guard: Option<(Node<'_>, ExpressionId)>) -> Box<[Clause]> {
        let is_clause = |child: &Node<'_>| {
            matches!(
                child.kind(),
                Kind::ExpressionCaseClause | Kind::TypeCaseClause | Kind::CommunicationClause
            )
        };
        node.named_children()
            .filter(is_clause)
            .map(|clause| self.clause(clause, guard))
            .collect()
    }

    fn clause(&mut self, node: Node<'_>, guard: Option<(Node<'_>, ExpressionId)>) -> Clause {
        let span = self.span(node);
        let types: Box<[TypeExpression]> = node
            .children_by_field(Field::Type)
            .filter(|type_| type_.is_named())
            .map(|type_| self.type_(type_))
            .collect();
        let values = self.expressions(node.child(Field::Value));
        self.in_scope(span, |lowering, scope| {
            let communication = lowering.statement_in(node, Field::Communication);
            let is_default = node.children().any(|child| child.kind() == Kind::DefaultKeyword);
            let binding =
                guard.and_then(|(name, operand)| lowering.guard_variable(name, operand, &types, span.start));
            let communicated = node.child(Field::Communication);
            let statements = node.named_children().filter(|child| is_statement(child.kind()));
            let statements = statements.filter(|child| Some(*child) != communicated);
            let statements = statements.map(|child| lowering.statement(child)).collect();
            Clause {
                span,
                values,
                types,
                communication,
                is_default,
                binding,
                scope,
                statements,
            }
        })
    }

    fn guard_variable(
        &mut self,
        name: Node<'_>,
        operand: ExpressionId,
        types: &[TypeExpression],
        visible_from: u32,
    ) -> Option<BindingId> {
        let origin = match types {
            [TypeExpression::Name { name, .. }] if name == "nil" => Origin::Operand(operand),
            [single] => Origin::Case(single.clone()),
            _ => Origin::Operand(operand),
        };
        let (name, span) = (self.name(name), self.span(name));
        self.declare(&name, span, BindingKind::TypeSwitchVariable, visible_from, origin)
    }

    fn for_loop(&mut self, node: Node<'_>) -> StatementKind {
        let header = node
            .named_children()
            .find(|child| matches!(child.kind(), Kind::ForClause | Kind::RangeClause));
        let span = self.span(node);
        self.in_scope(span, |lowering, _| match header {
            Some(clause) if clause.kind() == Kind::RangeClause => lowering.range_loop(node, clause),
            Some(clause) => StatementKind::For {
                init: clause
                    .child(Field::InitStatement)
                    .map(|init| lowering.loop_init(init)),
                condition: clause
                    .child(Field::Condition)
                    .map(|condition| lowering.expression(condition)),
                post: lowering.statement_in(clause, Field::PostStatement),
                body: lowering.block_in(node, Field::Body),
            },
            None => StatementKind::For {
                init: None,
                condition: node
                    .child(Field::Condition)
                    .map(|condition| lowering.expression(condition)),
                post: None,
                body: lowering.block_in(node, Field::Body),
            },
        })
    }

    fn loop_init(&mut self, node: Node<'_>) -> StatementId {
        if node.kind() != Kind::ShortVarDeclaration {
            return self.statement(node);
        }
        let span = self.span(node);
        self.add_statement(span, |lowering| {
            lowering.short_var(node, BindingKind::LoopVariable)
        })
    }

    fn range_loop(&mut self, node: Node<'_>, clause: Node<'_>) -> StatementKind {
        let operand = self.expression_in(clause, Field::Right);
        let define = clause.children().any(|child| child.kind() == Kind::Define);
        let visible_from = self.span(clause).end;
        let (left, declared) = if define {
            self.define(
                clause.child(Field::Left),
                BindingKind::RangeVariable,
                visible_from,
                |_, index| {
                    if index == 0 {
                        Origin::RangeKey(operand)
                    } else {
                        Origin::RangeValue(operand)
                    }
                },
            )
        } else {
            let left = self.expressions(clause.child(Field::Left));
            left.iter()
                .for_each(|target| self.assigned(*target, Access::Write));
            let declared = vec![None; left.len()];
            (left, declared.into())
        };
        StatementKind::Range {
            left,
            declared,
            define,
            operand,
            body: self.block_in(node, Field::Body),
        }
    }
}

fn is_statement(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::EmptyStatement
            | Kind::ExpressionStatement
            | Kind::SendStatement
            | Kind::IncDecStatement
            | Kind::Assignment
            | Kind::ShortVarDeclaration
            | Kind::ReceiveStatement
            | Kind::VarDeclaration
            | Kind::ConstDeclaration
            | Kind::TypeDeclaration
            | Kind::LabeledStatement
            | Kind::GoStatement
            | Kind::DeferStatement
            | Kind::ReturnStatement
            | Kind::BreakStatement
            | Kind::ContinueStatement
            | Kind::GotoStatement
            | Kind::FallthroughStatement
            | Kind::Block
            | Kind::IfStatement
            | Kind::ExpressionSwitchStatement
            | Kind::TypeSwitchStatement
            | Kind::SelectStatement
            | Kind::ForStatement
    )
}

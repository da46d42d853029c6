//! Builds the graph statement by statement.

use rustc_hash::FxHashMap;

use super::{BasicBlock, BlockId, CallOutcome, ControlFlow, Edge, Exit, Node, ProgramPoint};
use crate::Name;
use crate::body::{
    BinaryOperator, Body, Clause, ExpressionId, ExpressionKind, FunctionId, StatementId, StatementKind,
    UnaryOperator,
};

/// How many `&&` and `||` of one condition are taken apart; what is left is one condition.
const MAX_CONDITION_DEPTH: u32 = 64;

pub(super) fn build(
    body: &Body,
    function: FunctionId,
    outcome: &dyn Fn(ExpressionId) -> CallOutcome,
) -> ControlFlow {
    let mut builder = Builder {
        body,
        outcome,
        flow: ControlFlow {
            function,
            blocks: vec![BasicBlock::default()],
            statements: FxHashMap::default(),
            expressions: FxHashMap::default(),
            labels: Vec::new(),
        },
        current: BlockId(0),
        targets: Vec::new(),
        labels: FxHashMap::default(),
        fallthrough: None,
    };
    if let Some(block) = body[function].block {
        builder.statement(block, None);
    }
    builder.exit(Exit::End);
    builder.flow
}

struct Builder<'a> {
    body: &'a Body,
    outcome: &'a dyn Fn(ExpressionId) -> CallOutcome,
    flow: ControlFlow,
    /// The block that is being filled. After a jump it is a new one that nothing leads to.
    current: BlockId,
    /// The loops, switches and selects around, the innermost last.
    targets: Vec<Target>,
    labels: FxHashMap<Name, BlockId>,
    /// Where `fallthrough` leads in the clause at hand.
    fallthrough: Option<BlockId>,
}

/// A loop, switch or select: `break` and `continue` mean no other statements, labelled or not (Go specification, "Break
/// statements").
struct Target {
    label: Option<Name>,
    break_to: BlockId,
    continue_to: Option<BlockId>,
}

impl Builder<'_> {
    fn new_block(&mut self) -> BlockId {
        self.flow.blocks.push(BasicBlock::default());
        BlockId(self.flow.blocks.len() as u32 - 1)
    }

    fn block(&mut self, id: BlockId) -> &mut BasicBlock {
        &mut self.flow.blocks[id.0 as usize]
    }

    fn here(&self) -> ProgramPoint {
        ProgramPoint {
            block: self.current,
            index: self.flow.block(self.current).nodes.len() as u32,
        }
    }

    fn push(&mut self, node: Node) {
        if let Node::Expression(expression) = node {
            self.flow.expressions.insert(expression, self.here());
        }
        self.block(self.current).nodes.push(node);
    }

    fn edge(&mut self, to: BlockId) {
        self.block(self.current)
            .successors
            .push(Edge { to, condition: None });
    }

    /// Jumps; what follows can't be reached from here.
    fn jump(&mut self, to: BlockId) {
        self.edge(to);
        self.current = self.new_block();
    }

    /// Goes on in `next`, reached from here and from wherever else leads there.
    fn go_on_in(&mut self, next: BlockId) {
        self.edge(next);
        self.current = next;
    }

    fn exit(&mut self, exit: Exit) {
        self.block(self.current).exit = Some(exit);
        self.current = self.new_block();
    }

    fn statements(&mut self, statements: &[StatementId]) {
        for statement in statements {
            self.statement(*statement, None);
        }
    }

    /// Adds a statement; `label` is the label in front of it.
    fn statement(&mut self, id: StatementId, label: Option<&Name>) {
        self.flow.statements.insert(id, self.here());
        match &self.body[id].kind {
            StatementKind::Missing | StatementKind::Empty => {}
            StatementKind::Block(statements) => self.statements(statements),
            StatementKind::Expression(expression) => self.expression_statement(id, *expression),
            StatementKind::Send { .. }
            | StatementKind::IncDec { .. }
            | StatementKind::Assign { .. }
            | StatementKind::ShortVar { .. }
            | StatementKind::Declare(_)
            | StatementKind::Go(_)
            | StatementKind::Defer(_) => self.push(Node::Statement(id)),
            StatementKind::Labeled { label, statement } => {
                let target = self.label(label);
                self.go_on_in(target);
                self.flow.statements.insert(id, self.here());
                self.flow.labels.push((id, target));
                if let Some(statement) = statement {
                    self.statement(*statement, Some(label));
                }
            }
            StatementKind::Return(_) => {
                self.push(Node::Statement(id));
                self.exit(Exit::Return(id));
            }
            StatementKind::Break(label) => {
                let target = self
                    .targets
                    .iter()
                    .rev()
                    .find(|target| matches_label(target, label.as_ref()));
                if let Some(to) = target.map(|target| target.break_to) {
                    self.jump(to);
                }
            }
            StatementKind::Continue(label) => {
                let mut targets = self.targets.iter().rev();
                let target = targets
                    .find(|target| target.continue_to.is_some() && matches_label(target, label.as_ref()));
                if let Some(to) = target.and_then(|target| target.continue_to) {
                    self.jump(to);
                }
            }
            StatementKind::Goto(label) => {
                let to = self.label(label);
                self.jump(to);
            }
            StatementKind::Fallthrough => {
                if let Some(to) = self.fallthrough {
                    self.jump(to);
                }
            }
            StatementKind::If { .. } => self.if_chain(id),
            StatementKind::Switch { init, value, clauses } => {
                self.optional(*init);
                self.switch(*value, clauses, label);
            }
            StatementKind::TypeSwitch {
                init,
                operand,
                clauses,
                ..
            } => {
                self.optional(*init);
                self.switch(Some(*operand), clauses, label);
            }
            StatementKind::Select(clauses) => self.select(clauses, label),
            StatementKind::For {
                init,
                condition,
                post,
                body,
            } => {
                self.optional(*init);
                self.for_loop(*condition, *post, *body, label);
            }
            StatementKind::Range {
                left, operand, body, ..
            } => self.range_loop(id, left, *operand, *body, label),
        }
    }

    fn optional(&mut self, statement: Option<StatementId>) {
        if let Some(statement) = statement {
            self.statement(statement, None);
        }
    }

    fn expression_statement(&mut self, id: StatementId, expression: ExpressionId) {
        self.push(Node::Statement(id));
        let call = self.body.unparenthesized(expression);
        if !matches!(self.body[call].kind, ExpressionKind::Call { .. }) {
            return;
        }
        match (self.outcome)(call) {
            CallOutcome::Returns => {}
            CallOutcome::Panics => self.exit(Exit::Panic(call)),
            CallOutcome::NeverReturns => self.exit(Exit::NeverReturns(call)),
        }
    }

    fn label(&mut self, label: &Name) -> BlockId {
        if let Some(block) = self.labels.get(label) {
            return *block;
        }
        let block = self.new_block();
        self.labels.insert(label.clone(), block);
        block
    }

    /// An `if` with its `else if`s, in a loop.
    fn if_chain(&mut self, first: StatementId) {
        let end = self.new_block();
        let mut next = Some(first);
        while let Some(id) = next {
            self.flow.statements.insert(id, self.here());
            let StatementKind::If {
                init,
                condition,
                then,
                otherwise,
            } = &self.body[id].kind
            else {
                self.statement(id, None);
                break;
            };
            self.optional(*init);
            let (then_block, else_block) = (self.new_block(), self.new_block());
            self.condition(*condition, then_block, else_block, 0);
            self.current = then_block;
            self.statement(*then, None);
            self.edge(end);
            self.current = else_block;
            next = *otherwise;
        }
        self.go_on_in(end);
    }

    /// Evaluates a condition and goes on in one of two blocks; `&&`, `||` and `!` are taken apart.
    fn condition(&mut self, expression: ExpressionId, if_true: BlockId, if_false: BlockId, depth: u32) {
        let deeper = depth + 1;
        self.flow.expressions.insert(expression, self.here());
        match &self.body[expression].kind {
            _ if depth == MAX_CONDITION_DEPTH => self.simple_condition(expression, if_true, if_false),
            ExpressionKind::Parenthesized(inner) => self.condition(*inner, if_true, if_false, deeper),
            ExpressionKind::Unary {
                operator: UnaryOperator::Not,
                operand,
            } => {
                self.condition(*operand, if_false, if_true, deeper);
            }
            ExpressionKind::Binary {
                operator: BinaryOperator::LogicalAnd,
                left,
                right,
            } => {
                let between = self.new_block();
                self.condition(*left, between, if_false, deeper);
                self.current = between;
                self.condition(*right, if_true, if_false, deeper);
            }
            ExpressionKind::Binary {
                operator: BinaryOperator::LogicalOr,
                left,
                right,
            } => {
                let between = self.new_block();
                self.condition(*left, if_true, between, deeper);
                self.current = between;
                self.condition(*right, if_true, if_false, deeper);
            }
            _ => self.simple_condition(expression, if_true, if_false),
        }
    }

    fn simple_condition(&mut self, expression: ExpressionId, if_true: BlockId, if_false: BlockId) {
        self.push(Node::Expression(expression));
        let edges = [(if_true, true), (if_false, false)];
        let edges = edges.map(|(to, outcome)| Edge {
            to,
            condition: Some((expression, outcome)),
        });
        self.block(self.current).successors.extend(edges);
    }

    fn switch(&mut self, value: Option<ExpressionId>, clauses: &[Clause], label: Option<&Name>) {
        if let Some(value) = value {
            self.push(Node::Expression(value));
        }
        let end = self.new_block();
        let blocks: Vec<_> = clauses.iter().map(|_| self.new_block()).collect();
        for (clause, block) in clauses.iter().zip(&blocks) {
            for case in &clause.values {
                let next = self.new_block();
                if value.is_none() {
                    self.condition(*case, *block, next, 0);
                } else {
                    self.push(Node::Expression(*case));
                    self.edge(*block);
                    self.edge(next);
                }
                self.current = next;
            }
            if !clause.types.is_empty() {
                self.edge(*block);
            }
        }
        let default = clauses.iter().position(|clause| clause.is_default);
        self.edge(default.map_or(end, |index| blocks[index]));
        self.targets.push(Target {
            label: label.cloned(),
            break_to: end,
            continue_to: None,
        });
        let outer = self.fallthrough;
        for (index, clause) in clauses.iter().enumerate() {
            self.fallthrough = blocks.get(index + 1).copied();
            self.current = blocks[index];
            self.statements(&clause.statements);
            self.edge(end);
        }
        self.fallthrough = outer;
        self.targets.pop();
        self.current = end;
    }

    /// A `select` without clauses blocks forever: nothing leads on.
    fn select(&mut self, clauses: &[Clause], label: Option<&Name>) {
        let (head, end) = (self.current, self.new_block());
        self.targets.push(Target {
            label: label.cloned(),
            break_to: end,
            continue_to: None,
        });
        for clause in clauses {
            let block = self.new_block();
            self.current = head;
            self.edge(block);
            self.current = block;
            self.optional(clause.communication);
            self.statements(&clause.statements);
            self.edge(end);
        }
        self.targets.pop();
        self.current = end;
    }

    fn for_loop(
        &mut self,
        condition: Option<ExpressionId>,
        post: Option<StatementId>,
        body: StatementId,
        label: Option<&Name>,
    ) {
        let (head, turn, next, end) = (
            self.new_block(),
            self.new_block(),
            self.new_block(),
            self.new_block(),
        );
        self.go_on_in(head);
        match condition {
            Some(condition) => self.condition(condition, turn, end, 0),
            None => self.edge(turn),
        }
        self.current = turn;
        self.loop_body(body, label, end, next);
        self.go_on_in(next);
        self.optional(post);
        self.edge(head);
        self.current = end;
    }

    fn range_loop(
        &mut self,
        id: StatementId,
        left: &[ExpressionId],
        operand: ExpressionId,
        body: StatementId,
        label: Option<&Name>,
    ) {
        let (head, turn, end) = (self.new_block(), self.new_block(), self.new_block());
        self.push(Node::Expression(operand));
        self.go_on_in(head);
        self.edge(turn);
        self.edge(end);
        self.current = turn;
        let step = self.here();
        self.flow
            .expressions
            .extend(left.iter().map(|target| (*target, step)));
        self.push(Node::RangeStep(id));
        self.loop_body(body, label, end, head);
        self.edge(head);
        self.current = end;
    }

    fn loop_body(
        &mut self,
        body: StatementId,
        label: Option<&Name>,
        break_to: BlockId,
        continue_to: BlockId,
    ) {
        self.targets.push(Target {
            label: label.cloned(),
            break_to,
            continue_to: Some(continue_to),
        });
        self.statement(body, None);
        self.targets.pop();
    }
}

/// Without a label the innermost one is meant.
fn matches_label(target: &Target, label: Option<&Name>) -> bool {
    match label {
        Some(label) => target.label.as_ref() == Some(label),
        None => true,
    }
}

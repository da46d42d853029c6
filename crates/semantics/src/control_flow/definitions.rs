//! Which definitions of a local variable reach a point: the values that it can hold there.
//!
//! A question follows the paths backwards from the point until each meets a definition, so that nothing is kept a block
//! and it costs one search through the graph at most.

use rustc_hash::FxHashMap;

use super::{BlockId, ControlFlow, Exit, ProgramPoint};
use crate::body::{
    Binding, BindingId, BindingKind, Body, Declaration, ExpressionId, StatementId, StatementKind,
};

/// What gives a local variable its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Definition {
    /// The start of the function: an argument, a named result's zero value, or for a variable of a function around this
    /// literal whatever it held.
    Entry,
    /// The statement that declares it; of a type switch's variable, the type switch. A parenthesised `var` declaration is
    /// one node: what its later lines read of its earlier ones isn't told.
    Declaration(StatementId),
    /// A statement that assigns it as a whole, also by `op=`, `++` and `--`.
    Assignment(StatementId),
    /// Each turn of a range statement.
    RangeStep(StatementId),
    /// A `return` with values, which assigns the named results.
    Return(StatementId),
}

/// The value that a definition gives a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssignedValue {
    /// The zero value of its type.
    Zero,
    /// The value of this expression.
    Expression(ExpressionId),
    /// One of the values of this expression: a call, or `v, ok := m[k]` and the like.
    Part {
        /// The expression.
        expression: ExpressionId,
        /// The index of the value.
        index: u32,
    },
    /// Not the value of an expression.
    Unknown,
}

impl Definition {
    /// The value that the definition gives the variable.
    pub fn value(self, body: &Body, variable: BindingId) -> AssignedValue {
        match self {
            Self::Entry if matches!(body[variable].kind, BindingKind::Result(_)) => AssignedValue::Zero,
            Self::Entry | Self::RangeStep(_) => AssignedValue::Unknown,
            Self::Declaration(statement) | Self::Assignment(statement) | Self::Return(statement) => {
                value_assigned(body, variable, statement)
            }
        }
    }
}

fn value_assigned(body: &Body, variable: BindingId, statement: StatementId) -> AssignedValue {
    match &body[statement].kind {
        StatementKind::Declare(Declaration::Variables(specs)) => {
            let mut specs = specs.iter();
            let spec = specs.find_map(|spec| {
                let index = spec.bindings.iter().position(|name| *name == Some(variable))?;
                Some((spec, index))
            });
            match spec {
                Some((spec, _)) if spec.values.is_empty() => AssignedValue::Zero,
                Some((spec, index)) => value_at(&spec.values, spec.names.len(), index),
                None => AssignedValue::Unknown,
            }
        }
        StatementKind::Assign {
            left,
            operator: None,
            right,
        }
        | StatementKind::ShortVar { left, right, .. } => {
            // Of `x, x = 1, 2` the last one stays: assignments are carried out from left to right.
            match left
                .iter()
                .rposition(|target| body.binding_of(*target) == Some(variable))
            {
                Some(index) => value_at(right, left.len(), index),
                None => AssignedValue::Unknown,
            }
        }
        StatementKind::Return(values) => match body[variable].kind {
            BindingKind::Result(index) => {
                let results = body[body[variable].function].results.len();
                value_at(values, results, index as usize)
            }
            _ => AssignedValue::Unknown,
        },
        _ => AssignedValue::Unknown,
    }
}

fn value_at(values: &[ExpressionId], names: usize, index: usize) -> AssignedValue {
    match values {
        _ if values.len() == names => values
            .get(index)
            .map_or(AssignedValue::Unknown, |value| AssignedValue::Expression(*value)),
        [expression] => AssignedValue::Part {
            expression: *expression,
            index: index as u32,
        },
        _ => AssignedValue::Unknown,
    }
}

/// The definitions of a variable that reach a point.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Definitions {
    /// The definitions in this function, in the order of [`Definition`]; none at a point that no path leads to.
    pub sites: Vec<Definition>,
    /// True when the variable can hold other values, too: a function literal assigns it, its address is taken, or it
    /// belongs to another function. That a method with a pointer receiver is called on it isn't seen: whether there is
    /// one is a question of types.
    pub may_be_others: bool,
}

/// Answers which definitions of variables reach which points of one function.
#[derive(Clone, Debug)]
pub struct ReachingDefinitions<'a> {
    body: &'a Body,
    flow: &'a ControlFlow,
    sites: FxHashMap<BindingId, Vec<(ProgramPoint, Definition)>>,
    predecessors: Predecessors,
    /// For each block whether a path from the function's start leads to it.
    reachable: Vec<bool>,
}

impl<'a> ReachingDefinitions<'a> {
    /// Collects the definitions of these variables; of others nothing is known.
    pub fn new(
        body: &'a Body,
        flow: &'a ControlFlow,
        variables: impl IntoIterator<Item = BindingId>,
    ) -> Self {
        let variables = variables.into_iter();
        let mut reachable = flow.blocks_after(BlockId(0));
        reachable[0] = true;
        Self {
            body,
            flow,
            sites: variables
                .map(|variable| (variable, definition_sites(body, flow, variable)))
                .collect(),
            predecessors: Predecessors::new(flow),
            reachable,
        }
    }

    /// The definitions that reach a point: what the variable can hold just before the node there.
    pub fn at(&self, point: ProgramPoint, variable: BindingId) -> Definitions {
        if !self.reachable[point.block.0 as usize] {
            return Definitions::default();
        }
        self.definitions(point, variable, &self.everywhere())
    }

    /// What the variable can hold when the function is left by `exit` on a path that has come by `after`. `None` when
    /// there is no such path.
    pub fn at_exit(&self, exit: Exit, after: ProgramPoint, variable: BindingId) -> Option<Definitions> {
        let end = self.flow.point_of_exit(exit)?;
        let blocks = self.flow.blocks_after(after.block);
        let is_after = blocks[end.block.0 as usize] || end.block == after.block;
        if !is_after || !self.reachable[after.block.0 as usize] {
            return None;
        }
        let region = Region {
            start: Some(after),
            blocks: &blocks,
        };
        Some(self.definitions(end, variable, &region))
    }

    fn definitions(&self, point: ProgramPoint, variable: BindingId, region: &Region<'_>) -> Definitions {
        let Some(sites) = self.sites.get(&variable) else {
            return Definitions {
                sites: Vec::new(),
                may_be_others: true,
            };
        };
        let binding = &self.body[variable];
        let is_defined_at_entry = binding.function != self.flow.function
            || matches!(
                binding.kind,
                BindingKind::Receiver | BindingKind::Parameter(_) | BindingKind::Result(_)
            );
        let (mut found, passed) = self.search(point, sites, region);
        if let Some(start) = passed {
            found.extend(self.search(start, sites, &self.everywhere()).0);
        }
        found.retain(|definition| *definition != Definition::Entry || is_defined_at_entry);
        found.sort_unstable();
        found.dedup();
        Definitions {
            sites: found,
            may_be_others: binding.function != self.flow.function || is_changed_elsewhere(binding, self.flow),
        }
    }

    fn everywhere(&self) -> Region<'_> {
        Region {
            start: None,
            blocks: &self.reachable,
        }
    }

    /// Goes backwards from a point within a region, along each path up to the first definition. The answer's second half
    /// is the region's start, when a path without a definition leads back to it.
    fn search(
        &self,
        point: ProgramPoint,
        sites: &[(ProgramPoint, Definition)],
        region: &Region<'_>,
    ) -> (Vec<Definition>, Option<ProgramPoint>) {
        let mut found = Vec::new();
        let mut passed = None;
        let mut visited = vec![false; self.flow.blocks.len()];
        let mut open = vec![point];
        while let Some(point) = open.pop() {
            let start = region.start_before(point);
            match last_between(sites, start.map_or(0, |start| start.index), point) {
                Some(definition) => found.push(definition),
                None if start.is_some() => passed = start,
                None => {
                    if point.block == BlockId(0) {
                        found.push(Definition::Entry);
                    }
                    for block in self.predecessors.of(point.block) {
                        if region.holds(*block) && !std::mem::replace(&mut visited[block.0 as usize], true) {
                            open.push(self.flow.end_of(*block));
                        }
                    }
                }
            }
        }
        (found, passed)
    }
}

/// The blocks that a search may enter.
struct Region<'a> {
    /// Where the region starts; none for the function's own start.
    start: Option<ProgramPoint>,
    /// For each block whether it can be entered after the start.
    blocks: &'a [bool],
}

impl Region<'_> {
    fn holds(&self, block: BlockId) -> bool {
        self.blocks[block.0 as usize] || self.start.is_some_and(|start| start.block == block)
    }

    /// The region's start when it lies before the point in its block: the node at the start has run then.
    fn start_before(&self, point: ProgramPoint) -> Option<ProgramPoint> {
        let start = self.start?;
        (start.block == point.block && start.index < point.index).then_some(start)
    }
}

/// The last definition before the point in its block, from the node at index `from` on.
fn last_between(sites: &[(ProgramPoint, Definition)], from: u32, point: ProgramPoint) -> Option<Definition> {
    let before = sites.partition_point(|(site, _)| *site < point);
    let (site, definition) = sites[..before].last()?;
    (site.block == point.block && site.index >= from).then_some(*definition)
}

/// The definitions of a variable in a function and the nodes that carry them out, in the order of the points. `x = x`
/// and the `return x` of a named result leave the variable as it is.
pub(super) fn definition_sites(
    body: &Body,
    flow: &ControlFlow,
    variable: BindingId,
) -> Vec<(ProgramPoint, Definition)> {
    let binding = &body[variable];
    let assigned = binding
        .uses
        .iter()
        .filter(|use_| use_.access.assigns() && use_.function == flow.function)
        .filter_map(|use_| {
            let statement = body.statement_of(use_.expression)?;
            let definition = match body[statement].kind {
                StatementKind::Range { .. } => Definition::RangeStep(statement),
                _ => Definition::Assignment(statement),
            };
            Some((flow.point_of_expression(body, use_.expression)?, definition))
        });
    let is_own_result = binding.function == flow.function && matches!(binding.kind, BindingKind::Result(_));
    let statements = body[flow.function].statements.iter();
    let returned = statements
        .filter(|statement| {
            is_own_result
                && matches!(&body[**statement].kind, StatementKind::Return(values) if !values.is_empty())
        })
        .filter_map(|statement| Some((flow.point(*statement)?, Definition::Return(*statement))));
    let declared = binding.statement.filter(|_| binding.function == flow.function);
    let declared = declared.and_then(|statement| declaration_site(body, flow, statement));
    let mut sites: Vec<_> = declared.into_iter().chain(assigned).chain(returned).collect();
    sites.retain(|(_, definition)| {
        !matches!(definition.value(body, variable), AssignedValue::Expression(value)
            if body.binding_of(value) == Some(variable))
    });
    sites.sort_unstable();
    sites.dedup();
    sites
}

fn declaration_site(
    body: &Body,
    flow: &ControlFlow,
    statement: StatementId,
) -> Option<(ProgramPoint, Definition)> {
    match &body[statement].kind {
        StatementKind::Range { left, .. } => {
            let step = flow.point_of_expression(body, *left.first()?)?;
            Some((step, Definition::RangeStep(statement)))
        }
        // The variables of the clauses get their value when the operand is evaluated.
        StatementKind::TypeSwitch { operand, .. } => {
            let guard = flow.point_of_expression(body, *operand)?;
            Some((guard, Definition::Declaration(statement)))
        }
        _ => Some((flow.point(statement)?, Definition::Declaration(statement))),
    }
}

/// True when something other than the function's own statements can assign the variable.
pub(super) fn is_changed_elsewhere(binding: &Binding, flow: &ControlFlow) -> bool {
    let mut uses = binding.uses.iter();
    binding.is_address_taken() || uses.any(|use_| use_.function != flow.function && use_.access.assigns())
}

/// For every block the blocks that lead to it.
#[derive(Clone, Debug)]
struct Predecessors {
    /// Where each block's row starts in `blocks`, and at last where the rows end.
    starts: Vec<u32>,
    blocks: Vec<BlockId>,
}

impl Predecessors {
    fn new(flow: &ControlFlow) -> Self {
        let edges = || {
            let blocks = flow.blocks.iter().enumerate();
            blocks.flat_map(|(index, block)| block.successors.iter().map(move |edge| (index, edge.to)))
        };
        let mut starts = vec![0; flow.blocks.len() + 1];
        for (_, to) in edges() {
            starts[to.0 as usize + 1] += 1;
        }
        for index in 1..starts.len() {
            starts[index] += starts[index - 1];
        }
        let mut next = starts.clone();
        let mut blocks = vec![BlockId(0); edges().count()];
        for (from, to) in edges() {
            let place = &mut next[to.0 as usize];
            blocks[*place as usize] = BlockId(from as u32);
            *place += 1;
        }
        Self { starts, blocks }
    }

    fn of(&self, block: BlockId) -> &[BlockId] {
        let index = block.0 as usize;
        &self.blocks[self.starts[index] as usize..self.starts[index + 1] as usize]
    }
}

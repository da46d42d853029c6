//! Lowers expressions.

use deferlint_syntax::{Field, Kind, Node};

use super::Lowering;
use crate::body::{
    BinaryOperator, Element, ExpressionId, ExpressionKind, LiteralKind, Origin, Resolution, Span,
    TypeExpression, UnaryOperator,
};

/// How many operators, calls and selectors may follow each other in one expression. Whoever walks a body may recurse
/// along them.
const MAX_ROW: usize = 2_000;

impl Lowering {
    /// Lowers an expression. Rows of operators, calls, selectors and the like are followed in a loop, because real code
    /// chains hundreds of them.
    pub(super) fn expression(&mut self, node: Node<'_>) -> ExpressionId {
        let mut row = Vec::new();
        let mut first = node;
        while let Some(operand) = leftmost_operand(first) {
            if row.len() == MAX_ROW {
                self.body.has_error = true;
                return self.missing(node);
            }
            row.push(first);
            first = operand;
        }
        let lowered = self.nested(|lowering| lowering.operand(first));
        let mut lowered = lowered.unwrap_or_else(|| self.missing(first));
        for outer in row.into_iter().rev() {
            lowered = self
                .nested(|lowering| lowering.around(outer, lowered))
                .unwrap_or_else(|| self.missing(outer));
        }
        lowered
    }

    /// Lowers the expression in a field, or says that it is missing.
    pub(super) fn expression_in(&mut self, node: Node<'_>, field: Field) -> ExpressionId {
        match node.child(field) {
            Some(child) => self.expression(child),
            None => self.missing(node),
        }
    }

    /// Lowers every expression of an expression list.
    pub(super) fn expressions(&mut self, list: Option<Node<'_>>) -> Box<[ExpressionId]> {
        let Some(list) = list else {
            return Box::default();
        };
        if list.kind() != Kind::ExpressionList {
            return Box::new([self.expression(list)]);
        }
        list.named_children()
            .filter(|child| child.kind() != Kind::Comment)
            .map(|child| self.expression(child))
            .collect()
    }

    pub(super) fn missing(&mut self, node: Node<'_>) -> ExpressionId {
        let span = self.span(node);
        self.add_expression(span, ExpressionKind::Missing)
    }

    /// The expression around an operand that has been lowered: one of a row.
    fn around(&mut self, node: Node<'_>, operand: ExpressionId) -> ExpressionId {
        let span = self.span(node);
        let kind = match node.kind() {
            Kind::BinaryExpression => {
                let right = self.expression_in(node, Field::Right);
                let operator = node
                    .child(Field::Operator)
                    .and_then(|operator| binary_operator(operator.kind()));
                match operator {
                    Some(operator) => ExpressionKind::Binary {
                        operator,
                        left: operand,
                        right,
                    },
                    None => ExpressionKind::Missing,
                }
            }
            Kind::CallExpression => self.call(node, operand),
            Kind::SelectorExpression => match node.child(Field::Field) {
                Some(field) => {
                    let field_span = self.span(field);
                    ExpressionKind::Selector {
                        operand,
                        field: self.name(field),
                        field_span,
                    }
                }
                None => ExpressionKind::Missing,
            },
            Kind::IndexExpression => {
                let indices = node
                    .children_by_field(Field::Index)
                    .filter(|index| index.is_named());
                ExpressionKind::Index {
                    operand,
                    indices: indices.map(|index| self.expression(index)).collect(),
                }
            }
            Kind::SliceExpression => {
                if self.is_array_variable(operand) {
                    self.address_taken(operand);
                }
                let mut bound = |field| node.child(field).map(|bound| self.expression(bound));
                ExpressionKind::Slice {
                    operand,
                    bounds: [bound(Field::Low), bound(Field::High), bound(Field::Max)],
                }
            }
            Kind::TypeAssertionExpression => {
                let type_ = node.child(Field::Type).map(|type_| Box::new(self.type_(type_)));
                ExpressionKind::TypeAssertion { operand, type_ }
            }
            _ => ExpressionKind::Missing,
        };
        self.add_expression(span, kind)
    }

    /// True for a local variable whose type is written as an array type, or whose initial value's is.
    fn is_array_variable(&self, operand: ExpressionId) -> bool {
        let Some(binding) = self.body.binding_of(operand) else {
            return false;
        };
        let type_ = match &self.body[binding].origin {
            Origin::Type { type_, .. } => Some(type_),
            Origin::Value {
                expression,
                index: None,
            } => match &self.body[*expression].kind {
                ExpressionKind::Composite { type_, .. } => type_.as_deref(),
                _ => None,
            },
            _ => None,
        };
        matches!(type_, Some(TypeExpression::Array(_)))
    }

    fn call(&mut self, node: Node<'_>, function: ExpressionId) -> ExpressionKind {
        let mut arguments = Vec::new();
        let mut spread = false;
        for child in node.child(Field::Arguments).into_iter().flat_map(Node::children) {
            match child.kind() {
                Kind::Ellipsis => spread = true,
                Kind::Comment => {}
                _ if child.is_named() => arguments.push(self.expression(child)),
                _ => {}
            }
        }
        ExpressionKind::Call {
            function,
            arguments: arguments.into(),
            spread,
        }
    }

    /// An expression that starts no row.
    fn operand(&mut self, node: Node<'_>) -> ExpressionId {
        let span = self.span(node);
        let kind = match node.kind() {
            Kind::Identifier | Kind::TypeIdentifier | Kind::BlankIdentifier => return self.use_name(node),
            Kind::IntLiteral => ExpressionKind::Literal(LiteralKind::Int),
            Kind::FloatLiteral => ExpressionKind::Literal(LiteralKind::Float),
            Kind::ImaginaryLiteral => ExpressionKind::Literal(LiteralKind::Imaginary),
            Kind::RuneLiteral => ExpressionKind::Literal(LiteralKind::Rune),
            Kind::InterpretedStringLiteral | Kind::RawStringLiteral => {
                ExpressionKind::Literal(LiteralKind::String)
            }
            Kind::CompositeLiteral => {
                let type_node = node.child(Field::Type);
                let type_span = type_node.map(|type_| self.span(type_));
                let type_ = type_node.map(|type_| Box::new(self.type_(type_)));
                let elements = self.elements(node.child(Field::Value), type_.as_deref());
                ExpressionKind::Composite {
                    type_,
                    type_span,
                    elements,
                }
            }
            Kind::FunctionLiteral => return self.function_literal(node),
            Kind::ParenthesizedExpression | Kind::ParenthesizedType => {
                let inner = node.named_children().find(|child| child.kind() != Kind::Comment);
                match inner {
                    Some(inner) => ExpressionKind::Parenthesized(self.expression(inner)),
                    None => ExpressionKind::Missing,
                }
            }
            Kind::UnaryExpression => self.unary(node),
            Kind::PointerType => {
                let operand = node
                    .named_children()
                    .last()
                    .map(|operand| self.expression(operand));
                let operator = UnaryOperator::Dereference;
                operand.map_or(ExpressionKind::Missing, |operand| ExpressionKind::Unary {
                    operator,
                    operand,
                })
            }
            Kind::QualifiedIdentifier => self.qualified_name(node),
            kind if is_type(kind) => ExpressionKind::Type(Box::new(self.type_(node))),
            _ => ExpressionKind::Missing,
        };
        self.add_expression(span, kind)
    }

    fn unary(&mut self, node: Node<'_>) -> ExpressionKind {
        let operand = self.expression_in(node, Field::Operand);
        let Some(operator) = node
            .child(Field::Operator)
            .and_then(|operator| unary_operator(operator.kind()))
        else {
            return ExpressionKind::Missing;
        };
        if operator == UnaryOperator::AddressOf {
            self.address_taken(operand);
        }
        ExpressionKind::Unary { operator, operand }
    }

    /// The elements between the braces of a literal of this type.
    fn elements(&mut self, value: Option<Node<'_>>, type_: Option<&TypeExpression>) -> Box<[Element]> {
        let is_struct = type_.is_some_and(|type_| self.is_struct(type_));
        let (key_type, value_type) = match type_ {
            Some(TypeExpression::Map(pair)) => (Some(&pair.0), Some(&pair.1)),
            Some(TypeExpression::Slice(element) | TypeExpression::Array(element)) => (None, Some(&**element)),
            _ => (None, None),
        };
        let children = value.into_iter().flat_map(Node::named_children);
        let children = children.filter(|child| child.kind() != Kind::Comment);
        let elements = children.map(|child| {
            if child.kind() != Kind::KeyedElement {
                return Element {
                    key: None,
                    value: self.element(Some(child), child, value_type),
                };
            }
            let key = match child.child(Field::Key) {
                Some(key) if is_struct && key.kind() == Kind::Identifier => self.field_name(key),
                key => self.element(key, child, key_type),
            };
            Element {
                key: Some(key),
                value: self.element(child.child(Field::Element), child, value_type),
            }
        });
        elements.collect()
    }

    /// A key or value of a literal, whose own type is this one when it is a literal without a type.
    fn element(
        &mut self,
        node: Option<Node<'_>>,
        around: Node<'_>,
        type_: Option<&TypeExpression>,
    ) -> ExpressionId {
        let Some(node) = node else {
            return self.missing(around);
        };
        if node.kind() != Kind::LiteralValue {
            return self.expression(node);
        }
        let type_ = match type_ {
            Some(TypeExpression::Pointer(pointed)) => Some(&**pointed),
            type_ => type_,
        };
        let lowered = self.nested(|lowering| {
            let elements = lowering.elements(Some(node), type_);
            let kind = ExpressionKind::Composite {
                type_: None,
                type_span: None,
                elements,
            };
            lowering.add_expression(lowering.span(node), kind)
        });
        lowered.unwrap_or_else(|| self.missing(node))
    }

    /// True for a struct type, and for a type that this body declares as one.
    fn is_struct(&self, type_: &TypeExpression) -> bool {
        match type_ {
            TypeExpression::Struct(_) => true,
            TypeExpression::Name {
                local: Some(binding), ..
            } => matches!(
                self.body.bindings[*binding as usize].origin,
                Origin::Type {
                    type_: TypeExpression::Struct(_),
                    ..
                }
            ),
            _ => false,
        }
    }

    fn field_name(&mut self, node: Node<'_>) -> ExpressionId {
        let name = self.name(node);
        let resolution = Resolution::Field;
        self.add_expression(self.span(node), ExpressionKind::Name { name, resolution })
    }

    /// `p.T` where only a type may stand is the selector that it would be elsewhere.
    fn qualified_name(&mut self, node: Node<'_>) -> ExpressionKind {
        let (Some(package), Some(name)) = (node.child(Field::Package), node.child(Field::Name)) else {
            return ExpressionKind::Missing;
        };
        let operand = self.use_name(package);
        let field_span: Span = self.span(name);
        ExpressionKind::Selector {
            operand,
            field: self.name(name),
            field_span,
        }
    }
}

/// The operand with which an expression starts, for expressions that come in rows.
fn leftmost_operand(node: Node<'_>) -> Option<Node<'_>> {
    match node.kind() {
        Kind::BinaryExpression => node.child(Field::Left),
        Kind::CallExpression => node.child(Field::Function),
        Kind::SelectorExpression
        | Kind::IndexExpression
        | Kind::SliceExpression
        | Kind::TypeAssertionExpression => node.child(Field::Operand),
        _ => None,
    }
}

fn is_type(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::ArrayType
            | Kind::ImplicitLengthArrayType
            | Kind::SliceType
            | Kind::MapType
            | Kind::ChannelType
            | Kind::FunctionType
            | Kind::StructType
            | Kind::InterfaceType
            | Kind::GenericType
            | Kind::UnderlyingType
    )
}

fn unary_operator(kind: Kind) -> Option<UnaryOperator> {
    Some(match kind {
        Kind::Plus => UnaryOperator::Plus,
        Kind::Minus => UnaryOperator::Minus,
        Kind::Not => UnaryOperator::Not,
        Kind::Caret => UnaryOperator::Complement,
        Kind::Star => UnaryOperator::Dereference,
        Kind::And => UnaryOperator::AddressOf,
        Kind::Arrow => UnaryOperator::Receive,
        Kind::Tilde => UnaryOperator::Tilde,
        _ => return None,
    })
}

/// The operator that a token is, also as the start of an `op=`.
pub(super) fn binary_operator(kind: Kind) -> Option<BinaryOperator> {
    Some(match kind {
        Kind::LogicalOr => BinaryOperator::LogicalOr,
        Kind::LogicalAnd => BinaryOperator::LogicalAnd,
        Kind::Equal => BinaryOperator::Equal,
        Kind::NotEqual => BinaryOperator::NotEqual,
        Kind::Less => BinaryOperator::Less,
        Kind::LessOrEqual => BinaryOperator::LessOrEqual,
        Kind::Greater => BinaryOperator::Greater,
        Kind::GreaterOrEqual => BinaryOperator::GreaterOrEqual,
        Kind::Plus | Kind::AddAssign => BinaryOperator::Add,
        Kind::Minus | Kind::SubtractAssign => BinaryOperator::Subtract,
        Kind::Bar | Kind::OrAssign => BinaryOperator::Or,
        Kind::Caret | Kind::XorAssign => BinaryOperator::Xor,
        Kind::Star | Kind::MultiplyAssign => BinaryOperator::Multiply,
        Kind::Slash | Kind::DivideAssign => BinaryOperator::Divide,
        Kind::Remainder | Kind::RemainderAssign => BinaryOperator::Remainder,
        Kind::ShiftLeft | Kind::ShiftLeftAssign => BinaryOperator::ShiftLeft,
        Kind::ShiftRight | Kind::ShiftRightAssign => BinaryOperator::ShiftRight,
        Kind::And | Kind::AndAssign => BinaryOperator::And,
        Kind::AndNot | Kind::AndNotAssign => BinaryOperator::AndNot,
        _ => return None,
    })
}

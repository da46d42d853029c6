//! Lowers functions and function literals: type parameters, receiver, parameters, results and block.

use deferlint_syntax::{Field, Kind, Node};

use super::Lowering;
use super::types::{is_variadic, parameter_declarations};
use crate::body::{
    BindingKind, Body, ExpressionId, ExpressionKind, Function, FunctionId, Origin, Parameter, ScopeId, Span,
    TypeExpression, TypeParameter,
};

impl Lowering {
    /// Lowers a function or method declaration as function 0.
    pub(super) fn declared_function(&mut self, node: Node<'_>) {
        let id = self.add_function(node);
        debug_assert_eq!(id, Body::DECLARED, "the declared function comes first");
        let name = node
            .child(Field::Name)
            .map(|name| (self.name(name), self.span(name)));
        let outer = self.open_scope(self.body.functions[0].span);
        self.body.functions[0].scope = self.scope;
        if let Some((name, span)) = name {
            self.body.functions[0].name = Some(name);
            self.body.functions[0].name_span = Some(span);
        }
        let receiver = node
            .child(Field::Receiver)
            .and_then(|list| parameter_declarations(list).next());
        let mut type_parameters = receiver
            .map(|receiver| self.receiver_type_parameters(receiver))
            .unwrap_or_default();
        type_parameters.extend(self.type_parameters(node.child(Field::TypeParameters)));
        self.body.functions[0].type_parameters = type_parameters.into();
        let receiver = receiver.map(|receiver| self.parameters(std::iter::once(receiver)).remove(0));
        self.signature_and_block(node, id, receiver);
        self.close_scope(outer);
    }

    /// Lowers a function literal.
    pub(super) fn function_literal(&mut self, node: Node<'_>) -> ExpressionId {
        let id = self.add_function(node);
        let function = std::mem::replace(&mut self.function, id);
        let statement = self.statement.take();
        let outer = self.open_scope(self.span(node));
        self.body.functions[id.0 as usize].scope = self.scope;
        self.signature_and_block(node, id, None);
        self.close_scope(outer);
        self.statement = statement;
        self.function = function;
        let literal = self.add_expression(self.span(node), ExpressionKind::FunctionLiteral(id));
        self.body.functions[id.0 as usize].literal = Some(literal);
        literal
    }

    /// A function that nothing is known of yet.
    pub(super) fn add_function(&mut self, node: Node<'_>) -> FunctionId {
        let id = FunctionId(self.body.functions.len() as u32);
        let span = self.span(node);
        let parameters = node
            .child(Field::Parameters)
            .map_or(Span::new(span.start, span.start), |list| self.span(list));
        self.body.functions.push(Function {
            parent: (id != Body::DECLARED).then_some(self.function),
            literal: None,
            name: None,
            name_span: None,
            receiver: None,
            type_parameters: Box::default(),
            parameters: Box::default(),
            parameters_span: parameters,
            results: Box::default(),
            results_span: None,
            block: None,
            scope: ScopeId(0),
            span,
            statements: Vec::new(),
        });
        id
    }

    /// Parameters and results are declared in the block's own scope, after all their types have been lowered.
    fn signature_and_block(&mut self, node: Node<'_>, id: FunctionId, mut receiver: Option<Parameter>) {
        let list = node.child(Field::Parameters);
        let mut parameters = self.parameters(list.into_iter().flat_map(parameter_declarations));
        let result = node.child(Field::Result);
        let mut results = match result {
            Some(list) if list.kind() == Kind::Parameters => self.parameters(parameter_declarations(list)),
            Some(type_) => {
                let type_span = self.span(type_);
                vec![Parameter {
                    type_: self.type_(type_),
                    type_span,
                    ..unnamed(type_span)
                }]
            }
            None => Vec::new(),
        };
        let block = node.child(Field::Body);
        let visible_from = block.map_or(0, |block| self.span(block).start);
        if let Some(parameter) = &mut receiver {
            self.declare_parameter(parameter, BindingKind::Receiver, visible_from);
        }
        for (index, parameter) in parameters.iter_mut().enumerate() {
            self.declare_parameter(parameter, BindingKind::Parameter(index as u32), visible_from);
        }
        for (index, result) in results.iter_mut().enumerate() {
            self.declare_parameter(result, BindingKind::Result(index as u32), visible_from);
        }
        let results_span = result.map(|result| self.span(result));
        let function = &mut self.body.functions[id.0 as usize];
        function.receiver = receiver;
        function.parameters = parameters.into();
        function.results = results.into();
        function.results_span = results_span;
        let block = block.map(|block| self.function_block(block));
        self.body.functions[id.0 as usize].block = block;
    }

    fn declare_parameter(&mut self, parameter: &mut Parameter, kind: BindingKind, visible_from: u32) {
        let (Some(name), Some(span)) = (&parameter.name, parameter.name_span) else {
            return;
        };
        let type_ = parameter.type_.clone();
        let origin = if parameter.variadic {
            Origin::Variadic(type_)
        } else {
            Origin::Type { type_, alias: false }
        };
        parameter.binding = self.declare(name, span, kind, visible_from, origin);
    }

    /// One element a name; nothing is declared yet.
    fn parameters<'tree>(&mut self, declarations: impl Iterator<Item = Node<'tree>>) -> Vec<Parameter> {
        let mut parameters = Vec::new();
        for declaration in declarations {
            let type_node = declaration.child(Field::Type);
            let type_span = type_node.map_or_else(|| self.span(declaration), |type_| self.span(type_));
            let type_ = type_node.map(|type_| self.type_(type_)).unwrap_or_default();
            let one = Parameter {
                type_,
                variadic: is_variadic(declaration),
                ..unnamed(type_span)
            };
            let names = declaration
                .children_by_field(Field::Name)
                .filter(|name| name.is_named());
            let before = parameters.len();
            for name in names {
                let name_span = Some(self.span(name));
                parameters.push(Parameter {
                    name: Some(self.name(name)),
                    name_span,
                    ..one.clone()
                });
            }
            if parameters.len() == before {
                parameters.push(one);
            }
        }
        parameters
    }

    /// Type parameters are visible in each other's constraints.
    pub(super) fn type_parameters(&mut self, list: Option<Node<'_>>) -> Vec<TypeParameter> {
        let mut parameters = Vec::new();
        let mut constraints = Vec::new();
        let declarations = list.into_iter().flat_map(Node::named_children);
        for declaration in declarations.filter(|child| child.kind() == Kind::TypeParameterDeclaration) {
            for name in declaration
                .children_by_field(Field::Name)
                .filter(|name| name.is_named())
            {
                parameters.push(self.type_parameter(name));
                constraints.push(declaration.child(Field::Constraint));
            }
        }
        for (parameter, constraint) in parameters.iter_mut().zip(constraints) {
            parameter.constraint = constraint
                .map(|constraint| self.type_(constraint))
                .unwrap_or_default();
            if let Some(binding) = parameter.binding {
                self.body.bindings[binding.0 as usize].origin =
                    Origin::Constraint(parameter.constraint.clone());
            }
        }
        parameters
    }

    /// The `K` and `V` of `func (r *T[K, V])` declare type parameters.
    fn receiver_type_parameters(&mut self, receiver: Node<'_>) -> Vec<TypeParameter> {
        let mut type_ = receiver.child(Field::Type);
        while let Some(inner) =
            type_.filter(|type_| matches!(type_.kind(), Kind::PointerType | Kind::ParenthesizedType))
        {
            type_ = inner.named_children().last();
        }
        let arguments = type_.and_then(|type_| type_.child(Field::TypeArguments));
        let names = arguments.into_iter().flat_map(Node::named_children);
        let names = names.filter(|name| matches!(name.kind(), Kind::TypeIdentifier | Kind::Identifier));
        names.map(|name| self.type_parameter(name)).collect()
    }

    fn type_parameter(&mut self, node: Node<'_>) -> TypeParameter {
        let name = self.name(node);
        let name_span = self.span(node);
        let origin = Origin::Constraint(TypeExpression::Missing);
        let binding = self.declare(&name, name_span, BindingKind::TypeParameter, 0, origin);
        TypeParameter {
            name,
            name_span,
            binding,
            constraint: TypeExpression::Missing,
        }
    }
}

fn unnamed(type_span: Span) -> Parameter {
    Parameter {
        name: None,
        name_span: None,
        binding: None,
        type_: TypeExpression::Missing,
        type_span,
        variadic: false,
    }
}

//! Lowers `var`, `const` and `type` declarations, in functions and at package level.

use deferlint_syntax::{Field, Kind, Node};

use super::Lowering;
use crate::body::{
    BindingKind, Body, Declaration, ExpressionId, Origin, StatementKind, TypeExpression, TypeSpec, ValueSpec,
};

impl Lowering {
    /// Lowers a package-level declaration as the one statement of function 0. Its names aren't local: they have no
    /// bindings.
    pub(super) fn package_level_declaration(&mut self, node: Node<'_>) {
        self.add_function(node);
        let span = self.span(node);
        let outer = self.open_scope(span);
        let block = self.add_statement(span, |lowering| {
            let declaration =
                lowering.add_statement(span, |lowering| match lowering.declaration(node, false) {
                    Some(declaration) => StatementKind::Declare(declaration),
                    None => StatementKind::Missing,
                });
            StatementKind::Block(Box::new([declaration]))
        });
        self.close_scope(outer);
        let function = &mut self.body.functions[Body::DECLARED.0 as usize];
        function.block = Some(block);
    }

    /// Lowers a declaration; `is_local` says whether its names are declared in the innermost scope.
    pub(super) fn declaration(&mut self, node: Node<'_>, is_local: bool) -> Option<Declaration> {
        Some(match node.kind() {
            Kind::VarDeclaration => {
                Declaration::Variables(self.value_specs(node, BindingKind::Variable, is_local))
            }
            Kind::ConstDeclaration => {
                Declaration::Constants(self.value_specs(node, BindingKind::Constant, is_local))
            }
            Kind::TypeDeclaration => {
                let specs = node.named_children();
                let specs =
                    specs.filter(|spec| matches!(spec.kind(), Kind::TypeDefinition | Kind::AliasDeclaration));
                Declaration::Types(specs.filter_map(|spec| self.type_spec(spec, is_local)).collect())
            }
            _ => return None,
        })
    }

    fn value_specs(&mut self, node: Node<'_>, kind: BindingKind, is_local: bool) -> Box<[ValueSpec]> {
        let specs = node
            .named_children()
            .filter(|spec| matches!(spec.kind(), Kind::VarSpec | Kind::ConstSpec));
        let mut lowered: Vec<ValueSpec> = Vec::new();
        for spec in specs {
            // A constant without a value repeats the type and the value of the one before (Go specification, "Constant
            // declarations").
            let repeated = lowered.iter().rev().find(|spec| !spec.values.is_empty());
            let spec = self.value_spec(spec, kind, is_local, repeated);
            lowered.push(spec);
        }
        lowered.into()
    }

    /// A name is visible from the end of its spec.
    fn value_spec(
        &mut self,
        node: Node<'_>,
        kind: BindingKind,
        is_local: bool,
        before: Option<&ValueSpec>,
    ) -> ValueSpec {
        let span = self.span(node);
        let type_node = node.child(Field::Type);
        let type_ = type_node.map(|type_| self.type_(type_));
        let type_span = type_node.map(|type_| self.span(type_));
        let values = self.expressions(node.child(Field::Value));
        let names = node.children_by_field(Field::Name).filter(|name| name.is_named());
        let names: Box<[_]> = names.map(|name| (self.name(name), self.span(name))).collect();
        let (origin_type, origin_values) = match before {
            Some(before) if kind == BindingKind::Constant && values.is_empty() => {
                (&before.type_, &before.values)
            }
            _ => (&type_, &values),
        };
        let declare = |(index, (name, name_span)): (usize, &(crate::Name, crate::body::Span))| {
            let origin = match origin_type {
                Some(type_) => Origin::Type {
                    type_: type_.clone(),
                    alias: false,
                },
                None => origin_of_value(origin_values, names.len(), index),
            };
            is_local
                .then(|| self.declare(name, *name_span, kind, span.end, origin))
                .flatten()
        };
        let bindings = names.iter().enumerate().map(declare).collect();
        ValueSpec {
            names,
            bindings,
            type_,
            type_span,
            values,
            span,
        }
    }

    /// A type's name is visible from its own identifier on: types may be recursive.
    fn type_spec(&mut self, node: Node<'_>, is_local: bool) -> Option<TypeSpec> {
        let name_node = node.child(Field::Name)?;
        let (name, name_span) = (self.name(name_node), self.span(name_node));
        let is_alias = node.kind() == Kind::AliasDeclaration;
        let span = self.span(node);
        let origin = Origin::Unknown;
        let binding = is_local
            .then(|| self.declare(&name, name_span, BindingKind::Type, name_span.start, origin))
            .flatten();
        let (type_parameters, type_) = self.in_scope(span, |lowering, _| {
            let parameters = lowering.type_parameters(node.child(Field::TypeParameters));
            (parameters.into(), lowering.type_in(node, Field::Type))
        });
        if let Some(binding) = binding {
            let origin = Origin::Type {
                type_: TypeExpression::clone(&type_),
                alias: is_alias,
            };
            self.body.bindings[binding.0 as usize].origin = origin;
        }
        Some(TypeSpec {
            name,
            name_span,
            binding,
            is_alias,
            type_parameters,
            type_,
            span,
        })
    }
}

/// Where the name at `index` of `names` gets its value from these right-hand sides.
pub(super) fn origin_of_value(values: &[ExpressionId], names: usize, index: usize) -> Origin {
    match values {
        [expression] if names > 1 => Origin::Value {
            expression: *expression,
            index: Some(index as u32),
        },
        _ => match values.get(index) {
            Some(expression) => Origin::Value {
                expression: *expression,
                index: None,
            },
            None => Origin::Unknown,
        },
    }
}

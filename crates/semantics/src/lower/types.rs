//! Lowers types.

use deferlint_syntax::{Field, Kind, Node};

use super::Lowering;
use crate::Name;
use crate::body::{
    BindingKind, ChannelDirection, FieldExpression, MethodExpression, Parent, SignatureExpression,
    TypeExpression,
};

impl Lowering {
    /// Lowers a type; also an expression in a place where it can only be a type.
    pub(super) fn type_(&mut self, node: Node<'_>) -> TypeExpression {
        self.nested(|lowering| lowering.type_here(node))
            .unwrap_or_default()
    }

    /// Lowers the type in a field.
    pub(super) fn type_in(&mut self, node: Node<'_>, field: Field) -> TypeExpression {
        node.child(field)
            .map(|type_| self.type_(type_))
            .unwrap_or_default()
    }

    fn type_here(&mut self, node: Node<'_>) -> TypeExpression {
        match node.kind() {
            Kind::TypeIdentifier | Kind::Identifier => self.type_name(node),
            Kind::QualifiedIdentifier => {
                self.qualified_type(node.child(Field::Package), node.child(Field::Name))
            }
            Kind::SelectorExpression => {
                self.qualified_type(node.child(Field::Operand), node.child(Field::Field))
            }
            Kind::GenericType => {
                let base = self.type_in(node, Field::Type);
                let arguments = node
                    .child(Field::TypeArguments)
                    .into_iter()
                    .flat_map(Node::named_children);
                let arguments = arguments.filter(|argument| argument.kind() != Kind::Comment);
                let arguments = arguments.map(|argument| self.type_(argument)).collect();
                base.with_arguments(arguments)
            }
            Kind::IndexExpression => {
                let base = self.type_in(node, Field::Operand);
                let arguments = node
                    .children_by_field(Field::Index)
                    .filter(|index| index.is_named());
                let arguments = arguments.map(|argument| self.type_(argument)).collect();
                base.with_arguments(arguments)
            }
            Kind::PointerType => TypeExpression::Pointer(Box::new(self.only_child_type(node))),
            Kind::UnaryExpression => {
                let is_pointer = node
                    .child(Field::Operator)
                    .is_some_and(|operator| operator.kind() == Kind::Star);
                let operand = self.type_in(node, Field::Operand);
                if is_pointer {
                    TypeExpression::Pointer(Box::new(operand))
                } else {
                    TypeExpression::Missing
                }
            }
            Kind::ParenthesizedType | Kind::ParenthesizedExpression => self.only_child_type(node),
            Kind::SliceType => TypeExpression::Slice(Box::new(self.type_in(node, Field::Element))),
            Kind::ArrayType | Kind::ImplicitLengthArrayType => {
                if let Some(length) = node.child(Field::Length) {
                    let length = self.expression(length);
                    self.body.expressions[length.0 as usize].parent = Parent::None;
                }
                TypeExpression::Array(Box::new(self.type_in(node, Field::Element)))
            }
            Kind::MapType => {
                let key = self.type_in(node, Field::Key);
                TypeExpression::Map(Box::new((key, self.type_in(node, Field::Element))))
            }
            Kind::ChannelType => {
                let element = Box::new(self.type_in(node, Field::Element));
                TypeExpression::Channel(channel_direction(node), element)
            }
            Kind::FunctionType => TypeExpression::Function(Box::new(self.signature(node))),
            Kind::StructType => self.struct_type(node),
            Kind::InterfaceType => self.interface_type(node),
            Kind::UnderlyingType => TypeExpression::Underlying(Box::new(self.only_child_type(node))),
            Kind::TypeElem => self.constraint(node),
            _ => TypeExpression::Missing,
        }
    }

    fn type_name(&mut self, node: Node<'_>) -> TypeExpression {
        let name = self.name(node);
        let local = self.resolve(&name).filter(|binding| {
            matches!(
                self.body[*binding].kind,
                BindingKind::Type | BindingKind::TypeParameter
            )
        });
        TypeExpression::Name {
            name,
            local: local.map(|binding| binding.0),
            arguments: Box::default(),
        }
    }

    fn qualified_type(&mut self, package: Option<Node<'_>>, name: Option<Node<'_>>) -> TypeExpression {
        let (Some(package), Some(name)) = (package, name) else {
            return TypeExpression::Missing;
        };
        if !matches!(package.kind(), Kind::PackageIdentifier | Kind::Identifier) {
            return TypeExpression::Missing;
        }
        TypeExpression::Qualified {
            package: self.name(package),
            name: self.name(name),
            arguments: Box::default(),
        }
    }

    fn only_child_type(&mut self, node: Node<'_>) -> TypeExpression {
        let child = node.named_children().find(|child| child.kind() != Kind::Comment);
        child.map(|child| self.type_(child)).unwrap_or_default()
    }

    /// The parameters and results of a function type or an interface's method, as types alone.
    pub(super) fn signature(&mut self, node: Node<'_>) -> SignatureExpression {
        let mut signature = SignatureExpression::default();
        let mut parameters = Vec::new();
        for declaration in node
            .child(Field::Parameters)
            .into_iter()
            .flat_map(parameter_declarations)
        {
            signature.variadic |= is_variadic(declaration);
            self.repeat_type(declaration, &mut parameters);
        }
        signature.parameters = parameters.into();
        if let Some(result) = node.child(Field::Result) {
            let mut results = Vec::new();
            if result.kind() == Kind::Parameters {
                for declaration in parameter_declarations(result) {
                    self.repeat_type(declaration, &mut results);
                }
            } else {
                results.push(self.type_(result));
            }
            signature.results = results.into();
        }
        signature
    }

    /// The type of a parameter declaration, once for each of its names.
    fn repeat_type(&mut self, declaration: Node<'_>, types: &mut Vec<TypeExpression>) {
        let type_ = self.type_in(declaration, Field::Type);
        let names = declaration
            .children_by_field(Field::Name)
            .filter(|name| name.is_named())
            .map(|name| self.name(name))
            .count();
        types.extend(std::iter::repeat_n(type_, names.max(1)));
    }

    fn struct_type(&mut self, node: Node<'_>) -> TypeExpression {
        let mut fields = Vec::new();
        for declaration in node
            .named_children()
            .filter(|child| child.kind() == Kind::FieldDeclaration)
        {
            let type_ = self.type_in(declaration, Field::Type);
            let names: Vec<_> = declaration
                .children_by_field(Field::Name)
                .filter(|name| name.is_named())
                .map(|name| self.name(name))
                .collect();
            if names.is_empty() {
                if let Some(name) = embedded_name(&type_) {
                    fields.push(FieldExpression {
                        name,
                        embedded: true,
                        type_,
                    });
                }
            } else {
                let named = names.into_iter().map(|name| FieldExpression {
                    name,
                    embedded: false,
                    type_: type_.clone(),
                });
                fields.extend(named);
            }
        }
        TypeExpression::Struct(fields.into())
    }

    fn interface_type(&mut self, node: Node<'_>) -> TypeExpression {
        let mut methods = Vec::new();
        let mut embedded = Vec::new();
        for child in node.named_children() {
            match child.kind() {
                Kind::MethodElem => {
                    let Some(name) = child.child(Field::Name) else {
                        continue;
                    };
                    let name = self.name(name);
                    methods.push(MethodExpression {
                        name,
                        signature: self.signature(child),
                    });
                }
                Kind::TypeElem => embedded.push(self.union(child)),
                _ => {}
            }
        }
        TypeExpression::Interface {
            methods: methods.into(),
            embedded: embedded.into(),
        }
    }

    /// A constraint of a type parameter: an interface, or a union as the interface that it abbreviates.
    fn constraint(&mut self, node: Node<'_>) -> TypeExpression {
        let terms = self.union(node);
        match &*terms {
            [single] if !matches!(single, TypeExpression::Underlying(_)) => single.clone(),
            _ => TypeExpression::Interface {
                methods: Box::default(),
                embedded: Box::new([terms]),
            },
        }
    }

    fn union(&mut self, node: Node<'_>) -> Box<[TypeExpression]> {
        let terms = node.named_children().filter(|term| term.kind() != Kind::Comment);
        terms.map(|term| self.type_(term)).collect()
    }
}

/// The declarations of a parameter list.
pub(super) fn parameter_declarations(list: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    list.named_children()
        .filter(|child| child.kind() == Kind::ParameterDeclaration)
}

/// True for `...T`.
pub(super) fn is_variadic(declaration: Node<'_>) -> bool {
    declaration.children().any(|child| child.kind() == Kind::Ellipsis)
}

/// The name of an embedded field: its type's without package, pointer and type arguments.
fn embedded_name(type_: &TypeExpression) -> Option<Name> {
    match type_ {
        TypeExpression::Name { name, .. } | TypeExpression::Qualified { name, .. } => Some(name.clone()),
        TypeExpression::Pointer(inner) => embedded_name(inner),
        _ => None,
    }
}

fn channel_direction(node: Node<'_>) -> ChannelDirection {
    let mut tokens = node
        .children()
        .map(Node::kind)
        .filter(|kind| matches!(kind, Kind::ChanKeyword | Kind::Arrow));
    match (tokens.next(), tokens.next()) {
        (Some(Kind::Arrow), _) => ChannelDirection::Receive,
        (_, Some(Kind::Arrow)) => ChannelDirection::Send,
        _ => ChannelDirection::Both,
    }
}

//! Reads types.

use super::reader::Reader;
use crate::Name;
use crate::body::{ChannelDirection, FieldExpression, MethodExpression, SignatureExpression, TypeExpression};

impl Reader<'_> {
    /// Reads a type.
    pub(super) fn type_(&mut self) -> Option<TypeExpression> {
        self.nested(Self::type_here)
    }

    fn type_here(&mut self) -> Option<TypeExpression> {
        let keyword = self.peek();
        if self.is_name() {
            return self.named_type();
        }
        self.advance();
        Some(match keyword {
            "*" => TypeExpression::Pointer(Box::new(self.type_()?)),
            "(" => {
                let inner = self.type_()?;
                self.expect(")")?;
                inner
            }
            "[" if self.accept("]") => TypeExpression::Slice(Box::new(self.type_()?)),
            "[" => {
                self.length()?;
                TypeExpression::Array(Box::new(self.type_()?))
            }
            "map" => {
                self.expect("[")?;
                let key = self.type_()?;
                self.expect("]")?;
                TypeExpression::Map(Box::new((key, self.type_()?)))
            }
            "<-" => {
                self.expect("chan")?;
                TypeExpression::Channel(ChannelDirection::Receive, Box::new(self.type_()?))
            }
            "chan" if self.accept("<-") => {
                // `chan<- chan T` and `chan <-chan T` have the same tokens.
                let element = (self.peek() != "chan").then(|| self.type_())??;
                TypeExpression::Channel(ChannelDirection::Send, Box::new(element))
            }
            "chan" => TypeExpression::Channel(ChannelDirection::Both, Box::new(self.type_()?)),
            "func" => TypeExpression::Function(Box::new(self.signature()?)),
            "struct" => self.struct_type()?,
            "interface" => self.interface_type()?,
            _ => return None,
        })
    }

    /// The length of an array, as far as it is a number, a name or `...`, and the bracket behind it.
    fn length(&mut self) -> Option<()> {
        if self.is_name() {
            self.advance();
            if self.accept(".") {
                self.name()?;
            }
        } else if !self.accept("...") {
            self.number()?;
        }
        self.expect("]")
    }

    /// `T`, `p.T`, `T[A, B]`
    fn named_type(&mut self) -> Option<TypeExpression> {
        let name = self.name()?;
        let type_ = if self.accept(".") {
            TypeExpression::Qualified {
                package: name,
                name: self.name()?,
                arguments: Box::default(),
            }
        } else {
            TypeExpression::named(name)
        };
        if !self.accept("[") {
            return Some(type_);
        }
        let mut arguments = vec![self.type_()?];
        while self.accept(",") && self.peek() != "]" {
            arguments.push(self.type_()?);
        }
        self.expect("]")?;
        Some(type_.with_arguments(arguments.into()))
    }

    /// Reads the parameters and results of a function.
    pub(super) fn signature(&mut self) -> Option<SignatureExpression> {
        let (parameters, variadic) = self.parameters()?;
        Some(SignatureExpression {
            parameters: parameters.into(),
            results: self.results()?.into(),
            variadic,
        })
    }

    fn results(&mut self) -> Option<Vec<TypeExpression>> {
        match self.peek() {
            "(" => {
                let (results, variadic) = self.parameters()?;
                (!variadic).then_some(results)
            }
            "*" | "[" | "<-" | "func" | "map" | "chan" | "struct" | "interface" => Some(vec![self.type_()?]),
            _ if self.is_name() => Some(vec![self.type_()?]),
            _ => Some(Vec::new()),
        }
    }

    /// The types of a parameter list, one for each name; true when the last one is variadic.
    fn parameters(&mut self) -> Option<(Vec<TypeExpression>, bool)> {
        self.expect("(")?;
        let mut types: Vec<TypeExpression> = Vec::new();
        let mut variadic = false;
        // How many have got their types: what stands behind them are other types, or names of which the type is to come.
        let mut named = 0;
        while !self.accept(")") {
            let has_name = self.is_name_before_type(|behind| matches!(behind, "," | ")"));
            if has_name {
                self.advance();
            }
            variadic = self.accept("...");
            let type_ = self.type_()?;
            if has_name {
                let before = &mut types[named..];
                if variadic && !before.is_empty() || !before.iter().all(is_plain_name) {
                    return None;
                }
                before.fill(type_.clone());
                named = types.len() + 1;
            }
            types.push(type_);
            if !(self.accept(",") && !variadic || self.peek() == ")") {
                return None;
            }
        }
        (named == 0 || named == types.len()).then_some((types, variadic))
    }

    fn struct_type(&mut self) -> Option<TypeExpression> {
        self.expect("{")?;
        let mut fields = Vec::new();
        while !self.accept("}") {
            self.field(&mut fields)?;
            if matches!(self.peek().as_bytes(), [b'"' | b'`', ..]) {
                self.advance();
            }
            self.end_of_element("}")?;
        }
        Some(TypeExpression::Struct(fields.into()))
    }

    fn field(&mut self, fields: &mut Vec<FieldExpression>) -> Option<()> {
        let ends = |behind: &str| matches!(behind, ";" | "}") || behind.starts_with(['"', '`']);
        let has_names = self.peek_second() == "," || self.is_name_before_type(ends);
        if !has_names {
            let is_pointer = self.accept("*");
            let type_ = self.named_type()?;
            let (TypeExpression::Name { name, .. } | TypeExpression::Qualified { name, .. }) = &type_ else {
                return None;
            };
            fields.push(FieldExpression {
                name: name.clone(),
                embedded: true,
                type_: if is_pointer {
                    TypeExpression::Pointer(Box::new(type_))
                } else {
                    type_
                },
            });
            return Some(());
        }
        let mut names = vec![self.name()?];
        while self.accept(",") {
            names.push(self.name()?);
        }
        let type_ = self.type_()?;
        fields.extend(names.into_iter().map(|name| FieldExpression {
            name,
            embedded: false,
            type_: type_.clone(),
        }));
        Some(())
    }

    fn interface_type(&mut self) -> Option<TypeExpression> {
        self.expect("{")?;
        let mut methods = Vec::new();
        let mut embedded = Vec::new();
        while !self.accept("}") {
            if self.is_name() && self.peek_second() == "(" {
                methods.push(MethodExpression {
                    name: self.name()?,
                    signature: self.signature()?,
                });
            } else {
                embedded.push(self.union()?);
            }
            self.end_of_element("}")?;
        }
        Some(TypeExpression::Interface {
            methods: methods.into(),
            embedded: embedded.into(),
        })
    }

    /// The terms of a union.
    fn union(&mut self) -> Option<Box<[TypeExpression]>> {
        let mut terms = Vec::new();
        loop {
            terms.push(if self.accept("~") {
                TypeExpression::Underlying(Box::new(self.type_()?))
            } else {
                self.type_()?
            });
            if !self.accept("|") {
                return Some(terms.into());
            }
        }
    }

    /// Reads the type parameters of a function or a type in their brackets.
    pub(super) fn type_parameters(&mut self) -> Option<Vec<(Name, TypeExpression)>> {
        self.expect("[")?;
        let mut parameters = Vec::new();
        loop {
            let mut names = vec![self.name()?];
            while self.accept(",") {
                names.push(self.name()?);
            }
            let constraint = constraint(self.union()?);
            parameters.extend(names.into_iter().map(|name| (name, constraint.clone())));
            if !self.accept(",") || self.peek() == "]" {
                break;
            }
        }
        self.expect("]")?;
        Some(parameters)
    }
}

/// A constraint of a type parameter: an interface, or a union as the interface that it abbreviates.
fn constraint(mut terms: Box<[TypeExpression]>) -> TypeExpression {
    match &mut *terms {
        [single] if !matches!(single, TypeExpression::Underlying(_)) => std::mem::take(single),
        _ => TypeExpression::Interface {
            methods: Box::default(),
            embedded: Box::new([terms]),
        },
    }
}

/// True for an unqualified name without type arguments.
pub(super) fn is_plain_name(type_: &TypeExpression) -> bool {
    matches!(type_, TypeExpression::Name { arguments, .. } if arguments.is_empty())
}

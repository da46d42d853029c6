//! Types as text: for messages, and as Go that can be written at the place of the body.

use super::Context;
use super::names::is_exported;
use crate::Name;
use crate::body::ChannelDirection;
use crate::types::{InterfaceType, NamedType, Signature, Type, TypePlace};

/// What a type is printed for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// For people: every type has a text.
    Message,
    /// For the compiler: only what means the type in this file.
    Code,
}

/// How deeply types may nest that are printed.
const MAX_DEPTH: u32 = 24;

impl Context<'_> {
    /// The type for a message, as Go writes it in this file; packages that the file doesn't import have the last element
    /// of their path. What isn't known of the type is a question mark.
    pub fn describe(&self, type_: &Type) -> String {
        let mut printer = Printer::new(self, Purpose::Message);
        printer.print(type_);
        printer.text
    }

    /// The type as Go that means it in this declaration: packages under the names that the file gives them. `None` when
    /// it isn't wholly known, when it has a part that can't be written here (an array, whose length isn't kept; a struct
    /// with fields, whose tags aren't kept; a type declared in a function; an unexported name of another package; a
    /// package that isn't imported), or when a local name hides one that it needs.
    pub fn type_text(&self, type_: &Type) -> Option<String> {
        let mut printer = Printer::new(self, Purpose::Code);
        printer.print(type_);
        printer.is_valid.then_some(printer.text)
    }
}

struct Printer<'c, 'a> {
    context: &'c Context<'a>,
    purpose: Purpose,
    text: String,
    depth: u32,
    /// False when the text isn't Go that means the type.
    is_valid: bool,
}

impl<'c, 'a> Printer<'c, 'a> {
    fn new(context: &'c Context<'a>, purpose: Purpose) -> Self {
        Self {
            context,
            purpose,
            text: String::new(),
            depth: 0,
            is_valid: true,
        }
    }

    fn print(&mut self, type_: &Type) {
        if self.depth == MAX_DEPTH || !self.is_valid && self.purpose == Purpose::Code {
            self.only_for_people("?");
            return;
        }
        self.depth += 1;
        match type_ {
            Type::Unknown => self.only_for_people("?"),
            Type::Nil => self.only_for_people("nil"),
            Type::Basic(basic) if basic.is_untyped() => self.only_for_people(basic.name()),
            Type::Basic(basic) => match basic.name().split_once('.') {
                Some((package, name)) => self.imported(package, &Name::new_static(name)),
                None => self.predeclared(basic.name()),
            },
            Type::Named(named) => self.named(named),
            Type::Pointer(element) => self.prefixed("*", element),
            Type::Slice(element) => self.prefixed("[]", element),
            Type::Array(element) => {
                self.only_for_people("[...]");
                self.print(element);
            }
            Type::Map(pair) => {
                self.prefixed("map[", &pair.0);
                self.prefixed("]", &pair.1);
            }
            Type::Channel(direction, element) => self.channel(*direction, element),
            Type::Function(signature) => {
                self.text.push_str("func");
                self.signature(signature);
            }
            Type::Struct(fields) if fields.is_empty() => self.text.push_str("struct{}"),
            Type::Struct(_) => self.only_for_people("struct{...}"),
            Type::Interface(interface) => self.interface(interface),
            Type::TypeParameter(parameter) => {
                let mut bindings = self.context.body.bindings.iter();
                let is_hidden =
                    bindings.any(|other| other.name == parameter.name && other.kind.is_variable());
                self.is_valid &= !is_hidden;
                self.text.push_str(&parameter.name);
            }
            Type::Tuple(types) => {
                self.is_valid = false;
                self.list(types, None);
            }
        }
        self.depth -= 1;
    }

    /// Prints what no Go code can say.
    fn only_for_people(&mut self, text: &str) {
        self.is_valid = false;
        self.text.push_str(text);
    }

    fn prefixed(&mut self, prefix: &str, type_: &Type) {
        self.text.push_str(prefix);
        self.print(type_);
    }

    fn predeclared(&mut self, name: &str) {
        self.is_valid &= self.context.means_predeclared(name) && !self.context.is_bound(name);
        self.text.push_str(name);
    }

    fn named(&mut self, named: &NamedType) {
        match &named.place {
            TypePlace::Universe => self.predeclared(&named.name),
            TypePlace::Local(_) => self.only_for_people(&named.name),
            TypePlace::Package(path) if *path == self.context.package.path => {
                self.is_valid &= !self.context.is_bound(&named.name);
                self.text.push_str(&named.name);
            }
            TypePlace::Package(path) => self.imported(path, &named.name),
        }
        if !named.arguments.is_empty() {
            self.text.push('[');
            self.separated(&named.arguments);
            self.text.push(']');
        }
    }

    fn imported(&mut self, path: &str, name: &Name) {
        self.is_valid &= is_exported(name);
        match self.context.usable_import(path) {
            Some(package) => self.text.push_str(&package),
            None if self.is_dot_imported(path) => {
                self.is_valid &= !self.context.is_bound(name);
                self.text.push_str(name);
                return;
            }
            None => {
                self.is_valid = false;
                let last = path.rsplit('/').next().unwrap_or(path);
                self.text.push_str(last);
            }
        }
        self.text.push('.');
        self.text.push_str(name);
    }

    fn is_dot_imported(&self, path: &str) -> bool {
        let mut imports = self.context.file.imports.iter();
        imports.any(|import| import.path == path && import.name.as_deref() == Some("."))
    }

    /// `chan (<-chan T)` needs its parentheses: the arrow belongs to the leftmost `chan` possible.
    fn channel(&mut self, direction: ChannelDirection, element: &Type) {
        self.text.push_str(match direction {
            ChannelDirection::Both => "chan ",
            ChannelDirection::Send => "chan<- ",
            ChannelDirection::Receive => "<-chan ",
        });
        let needs_parentheses = matches!(element, Type::Channel(ChannelDirection::Receive, _));
        if needs_parentheses {
            self.text.push('(');
        }
        self.print(element);
        if needs_parentheses {
            self.text.push(')');
        }
    }

    fn signature(&mut self, signature: &Signature) {
        let rest = signature.variadic.then(|| signature.parameters.last()).flatten();
        self.list(&signature.parameters, rest);
        match &*signature.results {
            [] => {}
            [single] => self.prefixed(" ", single),
            several => {
                self.text.push(' ');
                self.list(several, None);
            }
        }
    }

    /// Types in parentheses; `rest` is the variadic one, the last.
    fn list(&mut self, types: &[Type], rest: Option<&Type>) {
        self.text.push('(');
        match rest {
            Some(Type::Slice(element)) => {
                let before = &types[..types.len() - 1];
                self.separated(before);
                self.text.push_str(if before.is_empty() { "" } else { ", " });
                self.prefixed("...", element);
            }
            _ => self.separated(types),
        }
        self.text.push(')');
    }

    fn separated(&mut self, types: &[Type]) {
        for (index, type_) in types.iter().enumerate() {
            self.prefixed(if index == 0 { "" } else { ", " }, type_);
        }
    }

    fn interface(&mut self, interface: &InterfaceType) {
        let is_empty = interface.methods.is_empty() && interface.embedded.is_empty();
        let any = "any";
        if !is_empty {
            self.only_for_people("interface{...}");
        } else if self.context.go_version >= super::GoVersion::new(1, 18)
            && self.context.means_predeclared(any)
            && !self.context.is_bound(any)
        {
            self.text.push_str(any);
        } else {
            self.text.push_str("interface{}");
        }
    }
}

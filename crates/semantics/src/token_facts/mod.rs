//! Reads from its tokens alone what a declaration says to the outside. Most declarations are plain enough for that, and a
//! parse costs many times as much. What isn't plain, and what may be wrong, is left to the parser: nothing is read
//! differently here.

mod header;
mod reader;
mod types;
mod values;

use deferlint_syntax::Token;
use deferlint_text::ByteRange;

pub use self::header::token_header;
use self::reader::Reader;
use self::types::is_plain_name;
use crate::Name;
use crate::body::TypeExpression;
use crate::extract::{DeclarationFacts, receiver_facts};
use crate::facts::{FunctionFacts, LazySummary, TypeFacts};

/// The facts of the declaration that consists of these tokens, with these blocks in it, as
/// [`outlined_facts`](crate::extract::outlined_facts) has them; its function has no summary. `None` when only the parser
/// can say.
pub fn token_facts(text: &str, tokens: &[Token], blocks: &[ByteRange]) -> Option<DeclarationFacts> {
    let mut reader = Reader::new(text, tokens, blocks);
    let mut facts = DeclarationFacts::default();
    let keyword = reader.peek();
    reader.advance();
    match keyword {
        "func" => facts.function = Some(reader.function()?),
        "type" => facts.types = reader.types()?,
        "var" => facts.values = reader.values(false)?,
        "const" => facts.values = reader.values(true)?,
        _ => return None,
    }
    reader.is_at_end().then_some(facts)
}

impl Reader<'_> {
    /// Reads a function, or a method whose receiver has a name.
    fn function(&mut self) -> Option<FunctionFacts> {
        let mut receiver = None;
        let mut type_parameters = Vec::new();
        if self.peek() == "(" {
            let type_ = self.receiver()?;
            type_parameters = receiver_type_parameters(&type_);
            receiver = Some(receiver_facts(&type_)?);
        }
        let name = self.name()?;
        if self.peek() == "[" {
            type_parameters.extend(self.type_parameters()?);
        }
        let signature = self.signature()?;
        if self.peek() == "{" {
            self.block()?;
        }
        Some(FunctionFacts {
            name,
            receiver,
            type_parameters,
            signature,
            summary: LazySummary::default(),
        })
    }

    /// The type of a receiver.
    fn receiver(&mut self) -> Option<TypeExpression> {
        self.expect("(")?;
        if self.is_name_before_type(|behind| matches!(behind, "," | ")")) {
            self.advance();
        }
        let type_ = self.type_()?;
        self.accept(",");
        self.expect(")")?;
        Some(type_)
    }

    /// Reads what `type` declares, behind the keyword.
    fn types(&mut self) -> Option<Vec<TypeFacts>> {
        if !self.accept("(") {
            return Some(vec![self.type_spec()?]);
        }
        let mut types = Vec::new();
        while !self.accept(")") {
            types.push(self.type_spec()?);
            self.end_of_element(")")?;
        }
        Some(types)
    }

    fn type_spec(&mut self) -> Option<TypeFacts> {
        let name = self.name()?;
        let type_parameters = if self.peek() == "[" && self.opens_type_parameters()? {
            self.type_parameters()?
        } else {
            Vec::new()
        };
        Some(TypeFacts {
            name,
            is_alias: self.accept("="),
            type_parameters,
            type_: self.type_()?,
        })
    }
}

/// The `K` and `V` of `func (r *T[K, V])` declare type parameters.
fn receiver_type_parameters(mut type_: &TypeExpression) -> Vec<(Name, TypeExpression)> {
    while let TypeExpression::Pointer(inner) = type_ {
        type_ = inner;
    }
    let (TypeExpression::Name { arguments, .. } | TypeExpression::Qualified { arguments, .. }) = type_ else {
        return Vec::new();
    };
    let names = arguments.iter().filter(|argument| is_plain_name(argument));
    let names = names.filter_map(|argument| match argument {
        TypeExpression::Name { name, .. } => Some((name.clone(), TypeExpression::Missing)),
        _ => None,
    });
    names.collect()
}

#[cfg(test)]
mod tests;

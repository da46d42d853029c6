//! The fields of nodes, resolved from the grammar's names once.

use std::{num::NonZeroU16, sync::OnceLock};

macro_rules! fields {
    ($($field:ident $name:literal)*) => {
        /// The part that a child plays in its parent.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Field {
            $(#[doc = concat!("The field `", $name, "`.")] $field,)*
        }

        impl Field {
            /// Every field with the grammar's name for it, in the order of the variants.
            const NAMES: &[(Field, &str)] = &[$((Field::$field, $name),)*];
        }
    };
}

fields! {
    Arguments "arguments"
    Body "body"
    Call "call"
    Channel "channel"
    Communication "communication"
    Condition "condition"
    Constraint "constraint"
    Element "element"
    Else "else"
    Field "field"
    Function "function"
    High "high"
    Index "index"
    InitStatement "init_statement"
    Key "key"
    Label "label"
    Left "left"
    Length "length"
    Low "low"
    Max "max"
    Name "name"
    Operand "operand"
    Operator "operator"
    Package "package"
    Parameters "parameters"
    Path "path"
    PostStatement "post_statement"
    Receiver "receiver"
    Result "result"
    Right "right"
    Statement "statement"
    Tag "tag"
    Type "type"
    TypeArguments "type_arguments"
    TypeParameters "type_parameters"
    Value "value"
}

/// The numbers of the fields, both ways.
struct Ids {
    by_field: Vec<Option<NonZeroU16>>,
    by_id: Vec<Option<Field>>,
}

impl Field {
    /// The number tree-sitter knows the field by; `None` for a field that the grammar no longer has.
    pub(crate) fn id(self) -> Option<NonZeroU16> {
        ids().by_field[self as usize]
    }

    /// The field with tree-sitter's number; `None` for a field this crate has no name for.
    pub(crate) fn from_id(id: NonZeroU16) -> Option<Self> {
        ids().by_id.get(usize::from(id.get())).copied().flatten()
    }
}

/// The numbers, resolved on first use.
fn ids() -> &'static Ids {
    static IDS: OnceLock<Ids> = OnceLock::new();
    IDS.get_or_init(|| {
        let language = crate::language();
        let by_field = Field::NAMES
            .iter()
            .map(|(_, name)| language.field_id_for_name(name))
            .collect();
        let mut by_id = vec![None; language.field_count() + 1];
        for (field, name) in Field::NAMES {
            if let Some(id) = language.field_id_for_name(name) {
                by_id[usize::from(id.get())] = Some(*field);
            }
        }
        Ids { by_field, by_id }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_variant_is_a_field_of_the_grammar() {
        for (field, name) in Field::NAMES {
            let id = field
                .id()
                .unwrap_or_else(|| panic!("the grammar has no field {name:?}"));
            assert_eq!(Field::from_id(id), Some(*field));
        }
    }

    #[test]
    fn every_field_of_the_grammar_has_a_variant() {
        assert_eq!(Field::NAMES.len(), crate::language().field_count());
    }
}

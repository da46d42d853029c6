//! The kinds of nodes, resolved from the grammar's names once.

use std::sync::OnceLock;

/// The `kind_id` that tree-sitter gives to an ERROR node: the last one, outside the grammar's own.
const ERROR_ID: u16 = u16::MAX;

macro_rules! kinds {
    (
        named { $($named:ident $named_name:literal)* }
        tokens { $($token:ident $token_name:literal)* }
    ) => {
        /// What a node is: a rule of the grammar, a token of Go, or an error.
        ///
        /// The names of rules are the grammar's, which follow the Go specification; a keyword's name ends in
        /// `Keyword`. One name may stand for several of the grammar's numbers, since a rule can have several forms.
        /// A `default` clause is the clause of its statement ([`Kind::ExpressionCaseClause`],
        /// [`Kind::TypeCaseClause`] or [`Kind::CommunicationClause`]) with a [`Kind::DefaultKeyword`] inside.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Kind {
            $(#[doc = concat!("The rule `", $named_name, "`.")] $named,)*
            $(#[doc = concat!("The token `` ", $token_name, " ``.")] $token,)*
            /// Text that no rule of the grammar takes.
            Error,
            /// A kind this crate has no name for; a later grammar may bring one.
            Other,
        }

        impl Kind {
            /// Every kind that the grammar names: its name there, and whether that is a rule (or else a token).
            const NAMES: &[(Kind, &str, bool)] = &[
                $((Kind::$named, $named_name, true),)*
                $((Kind::$token, $token_name, false),)*
            ];
        }
    };
}

kinds! {
    named {
        AliasDeclaration "alias_declaration"
        Arguments "arguments"
        ArrayType "array_type"
        Assignment "assignment"
        BinaryExpression "binary_expression"
        BlankIdentifier "blank_identifier"
        Block "block"
        BreakStatement "break_statement"
        CallExpression "call_expression"
        ChannelType "channel_type"
        Comment "comment"
        CommunicationClause "communication_clause"
        CompositeLiteral "composite_literal"
        ConstDeclaration "const_declaration"
        ConstSpec "const_spec"
        ContinueStatement "continue_statement"
        DeferStatement "defer_statement"
        Dot "dot"
        EmptyStatement "empty_statement"
        EscapeSequence "escape_sequence"
        ExpressionCaseClause "expression_case_clause"
        ExpressionList "expression_list"
        ExpressionStatement "expression_statement"
        ExpressionSwitchStatement "expression_switch_statement"
        FallthroughStatement "fallthrough_statement"
        FieldDeclaration "field_declaration"
        FieldIdentifier "field_identifier"
        FloatLiteral "float_literal"
        ForClause "for_clause"
        ForStatement "for_statement"
        FunctionDeclaration "function_declaration"
        FunctionLiteral "function_literal"
        FunctionType "function_type"
        GenericType "generic_type"
        GoStatement "go_statement"
        GotoStatement "goto_statement"
        Identifier "identifier"
        IfStatement "if_statement"
        ImaginaryLiteral "imaginary_literal"
        ImplicitLengthArrayType "implicit_length_array_type"
        ImportDeclaration "import_declaration"
        ImportSpec "import_spec"
        IncDecStatement "inc_dec_statement"
        IndexExpression "index_expression"
        IntLiteral "int_literal"
        InterfaceType "interface_type"
        InterpretedStringLiteral "interpreted_string_literal"
        KeyedElement "keyed_element"
        Label "label"
        LabeledStatement "labeled_statement"
        LiteralValue "literal_value"
        MapType "map_type"
        MethodDeclaration "method_declaration"
        MethodElem "method_elem"
        PackageClause "package_clause"
        PackageIdentifier "package_identifier"
        ParameterDeclaration "parameter_declaration"
        Parameters "parameters"
        ParenthesizedExpression "parenthesized_expression"
        ParenthesizedType "parenthesized_type"
        PointerType "pointer_type"
        QualifiedIdentifier "qualified_identifier"
        RangeClause "range_clause"
        RawStringLiteral "raw_string_literal"
        ReceiveStatement "receive_statement"
        ReturnStatement "return_statement"
        RuneLiteral "rune_literal"
        SelectStatement "select_statement"
        SelectorExpression "selector_expression"
        SendStatement "send_statement"
        ShortVarDeclaration "short_var_declaration"
        SliceExpression "slice_expression"
        SliceType "slice_type"
        SourceFile "source_file"
        StringContent "string_content"
        StructType "struct_type"
        TypeArguments "type_arguments"
        TypeAssertionExpression "type_assertion_expression"
        TypeCaseClause "type_case_clause"
        TypeDeclaration "type_declaration"
        TypeDefinition "type_definition"
        TypeElem "type_elem"
        TypeIdentifier "type_identifier"
        TypeParameterDeclaration "type_parameter_declaration"
        TypeParameters "type_parameters"
        TypeSwitchStatement "type_switch_statement"
        UnaryExpression "unary_expression"
        UnderlyingType "underlying_type"
        VarDeclaration "var_declaration"
        VarSpec "var_spec"
    }
    tokens {
        Not "!"
        NotEqual "!="
        DoubleQuote "\""
        Remainder "%"
        RemainderAssign "%="
        And "&"
        LogicalAnd "&&"
        AndAssign "&="
        AndNot "&^"
        AndNotAssign "&^="
        LeftParenthesis "("
        RightParenthesis ")"
        Star "*"
        MultiplyAssign "*="
        Plus "+"
        Increment "++"
        AddAssign "+="
        Comma ","
        Minus "-"
        Decrement "--"
        SubtractAssign "-="
        Period "."
        Ellipsis "..."
        Slash "/"
        DivideAssign "/="
        Colon ":"
        Define ":="
        Semicolon ";"
        Less "<"
        Arrow "<-"
        ShiftLeft "<<"
        ShiftLeftAssign "<<="
        LessOrEqual "<="
        Assign "="
        Equal "=="
        Greater ">"
        GreaterOrEqual ">="
        ShiftRight ">>"
        ShiftRightAssign ">>="
        LeftBracket "["
        RightBracket "]"
        Caret "^"
        XorAssign "^="
        Backquote "`"
        LeftBrace "{"
        Bar "|"
        OrAssign "|="
        LogicalOr "||"
        RightBrace "}"
        Tilde "~"
        BreakKeyword "break"
        CaseKeyword "case"
        ChanKeyword "chan"
        ConstKeyword "const"
        ContinueKeyword "continue"
        DefaultKeyword "default"
        DeferKeyword "defer"
        ElseKeyword "else"
        ForKeyword "for"
        FuncKeyword "func"
        GoKeyword "go"
        GotoKeyword "goto"
        IfKeyword "if"
        ImportKeyword "import"
        InterfaceKeyword "interface"
        MapKeyword "map"
        PackageKeyword "package"
        RangeKeyword "range"
        ReturnKeyword "return"
        SelectKeyword "select"
        StructKeyword "struct"
        SwitchKeyword "switch"
        TypeKeyword "type"
        VarKeyword "var"
    }
}

impl Kind {
    /// The kind with tree-sitter's `kind_id`.
    pub(crate) fn from_id(id: u16) -> Self {
        match table().get(usize::from(id)) {
            Some(kind) => *kind,
            None if id == ERROR_ID => Self::Error,
            None => Self::Other,
        }
    }

    /// Whether this is one of the declarations that may stand at the top level of a file: imports, constants,
    /// variables, types, functions and methods (Go specification, "Source file organization").
    pub fn is_declaration(self) -> bool {
        self.is_declaration_of_top_level_only()
            || matches!(
                self,
                Self::ConstDeclaration | Self::VarDeclaration | Self::TypeDeclaration
            )
    }

    /// Whether this is a declaration that no function body can hold: an import, a function or a method.
    pub fn is_declaration_of_top_level_only(self) -> bool {
        matches!(
            self,
            Self::ImportDeclaration | Self::FunctionDeclaration | Self::MethodDeclaration
        )
    }
}

/// The kinds by `kind_id`, built on first use.
fn table() -> &'static [Kind] {
    static TABLE: OnceLock<Vec<Kind>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let language = crate::language();
        let ids = 0..u16::try_from(language.node_kind_count()).unwrap_or(ERROR_ID);
        let kind_of = |id| {
            let name = language.node_kind_for_id(id)?;
            let named = language.node_kind_is_named(id);
            let entry = Kind::NAMES
                .iter()
                .find(|entry| (entry.1, entry.2) == (name, named))?;
            Some(entry.0)
        };
        ids.map(|id| kind_of(id).unwrap_or(Kind::Other)).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_visible_kind_of_the_grammar_has_a_variant() {
        let language = crate::language();
        for (id, kind) in table().iter().enumerate() {
            let id = id as u16;
            if language.node_kind_is_visible(id) {
                assert_ne!(
                    *kind,
                    Kind::Other,
                    "{:?} has no variant",
                    language.node_kind_for_id(id)
                );
            }
        }
    }

    #[test]
    fn every_variant_is_a_kind_of_the_grammar() {
        for (kind, name, _) in Kind::NAMES {
            assert!(table().contains(kind), "the grammar has no {name:?}");
        }
    }

    #[test]
    fn the_numbers_outside_the_grammar_are_the_error_and_nothing_else() {
        assert_eq!(Kind::from_id(u16::MAX), Kind::Error);
        assert_eq!(Kind::from_id(u16::MAX - 1), Kind::Other);
        assert!(!table().contains(&Kind::Error));
    }
}

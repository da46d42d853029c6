//! Gives a variable a map before something is written to it.

use deferlint_semantics::body::{Body, ExpressionId, StatementId, StatementKind};
use deferlint_semantics::context::Context;
use deferlint_text::TextEdit;

use super::insert::insert_before;
use super::layout::{INDENT, indentation, is_on_one_line, newline};

/// How a map is made before a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Make {
    /// In any case.
    Always,
    /// When there is none.
    IfNil,
}

/// Makes the map of a statement that writes an element of it, on the lines before the statement. `map` must be something
/// that can be assigned and that is the same thing when it is evaluated again.
pub(crate) fn make_map(
    context: &Context<'_>,
    statement: StatementId,
    map: ExpressionId,
    make: Make,
) -> Option<TextEdit> {
    let body = context.body;
    let span = body[map].span;
    let is_simple = matches!(
        body[statement].kind,
        StatementKind::Assign { .. } | StatementKind::IncDec { .. }
    );
    let type_ = context.type_text(&context.type_of(map))?;
    if !is_simple || !is_on_one_line(body, span) {
        return None;
    }
    let map = body.text_of(span);
    let lines = match make {
        Make::Always => vec![format!("{map} = {type_}{{}}")],
        Make::IfNil => vec![
            format!("if {map} == nil {{"),
            format!("{INDENT}{map} = {type_}{{}}"),
            "}".to_owned(),
        ],
    };
    let mut edit = TextEdit::builder();
    let separator = |indentation: &str| format!("{}{indentation}", newline(body));
    match alone_in_line(body, statement) {
        Some((block, outer)) => {
            let inner = separator(&format!("{outer}{INDENT}"));
            let text = body.text_of(body[statement].span);
            let lines: String = lines
                .iter()
                .map(String::as_str)
                .chain([text])
                .map(|line| format!("{inner}{line}"))
                .collect();
            let lines = format!("{{{lines}{}}}", separator(outer));
            edit.replace(body[block].span.in_file(0), lines);
        }
        None => {
            let inner = separator(indentation(body, body[statement].span.start));
            insert_before(body, statement, &lines.join(&inner), &mut edit)?;
        }
    }
    edit.finish().ok()
}

/// The block on one line that holds nothing but the statement, and the indentation of that line.
fn alone_in_line(body: &Body, statement: StatementId) -> Option<(StatementId, &str)> {
    let block = body[statement].parent?;
    let span = body[block].span;
    let inner = body.text_of(span).strip_prefix('{')?.strip_suffix('}')?;
    let is_alone = matches!(body[block].kind, StatementKind::Block(_))
        && is_on_one_line(body, span)
        && inner.trim() == body.text_of(body[statement].span);
    is_alone.then(|| (block, indentation(body, span.start)))
}

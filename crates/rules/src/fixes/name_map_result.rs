//! Makes sure that a caller gets a map, and no nil, when a panic is recovered.

use deferlint_semantics::body::FunctionId;
use deferlint_semantics::context::{Context, DeferredCall};
use deferlint_semantics::effects::RecoveryBranch;
use deferlint_text::{TextEdit, TextEditBuilder};

use super::insert::{append_to_block, insert_before};
use super::{FreshNames, NamedResults};
use crate::Fix;

/// Names the map result at `index`, unless it has a name, and sets it: in the branch that handles the recovered panic,
/// or before the `defer` where a helper recovers.
pub(crate) fn name_map_result(
    context: &Context<'_>,
    function: FunctionId,
    index: usize,
    deferred: DeferredCall,
) -> Option<Fix> {
    let body = context.body;
    let result = body[function].results.get(index)?;
    let type_ = body.text_of(result.type_span);
    if type_.contains('\n') {
        return None;
    }
    let handling = deferred
        .literal
        .and_then(|literal| context.recovery_handling(literal));
    let branch = match handling.map(|handling| handling.branch) {
        Some(RecoveryBranch::Block(block)) => Some(block),
        _ => None,
    };
    let set = |name: &str, edit: &mut TextEditBuilder| match branch {
        Some(branch) => append_to_block(body, branch, &format!("{name} = {type_}{{}}"), edit),
        None => insert_before(body, deferred.statement, &format!("{name} = {type_}{{}}"), edit),
    };
    let place = if branch.is_some() {
        "set it where the panic is recovered"
    } else {
        "give it a map before the defer"
    };
    if let Some(name) = result.name.as_ref().filter(|name| *name != "_") {
        let mut edit = TextEdit::builder();
        set(name, &mut edit)?;
        let title = match branch {
            Some(_) => "Set the map result where the panic is recovered",
            None => "Give the map result a map before the defer",
        };
        return Some(Fix::unsafe_(title, edit.finish().ok()?));
    }
    let name = FreshNames::new(body).fresh("m");
    let mut named = NamedResults::new(context, function, index, &name)?;
    set(&name, named.builder())?;
    Some(Fix::unsafe_(
        format!("Name the map result and {place}"),
        named.finish()?,
    ))
}

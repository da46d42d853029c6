//! Accepts the URIs of clients that don't write them as RFC 3986 asks.
//!
//! Clients send `file:///a b/[x]/é.go`, which the protocol library drops. What isn't legal is percent-encoded
//! before anyone sees it, and the client's own spelling is put back into everything sent to it, since many
//! clients compare URIs as strings.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::mem;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value};

/// How many spellings a generation holds. The spellings of two generations are known: those used lately stay,
/// and a client that names ever new files doesn't fill the memory.
const GENERATION_SIZE: usize = 8 * 1024;

/// The members of LSP structures whose values are URIs.
const URI_MEMBERS: [&str; 8] = [
    "uri",
    "rootUri",
    "oldUri",
    "newUri",
    "targetUri",
    "baseUri",
    "scopeUri",
    "href",
];
/// The members of LSP structures whose values are maps by URI: `WorkspaceEdit` and diagnostic reports.
const MAP_MEMBERS: [&str; 2] = ["changes", "relatedDocuments"];

/// The spellings of a client that differ from the legal ones.
#[derive(Default)]
pub(super) struct Spellings {
    /// False until the first such spelling, and for most clients for ever.
    exist: AtomicBool,
    known: Mutex<Generations>,
}

/// Legal spellings and the client's own ones.
#[derive(Default)]
struct Generations {
    recent: HashMap<String, String>,
    older: HashMap<String, String>,
}

impl Spellings {
    /// Makes every URI in the parameters of a message legal and remembers how the client writes it.
    pub(super) fn legalise(&self, params: &mut Value) {
        for_each_uri(params, &mut |uri| {
            if let Some(legal) = percent_encode(uri) {
                let own = mem::replace(uri, legal.clone());
                self.lock().remember(legal, own);
                self.exist.store(true, Ordering::Release);
            }
        });
    }

    /// Whether [`Spellings::restore`] has anything to do.
    pub(super) fn exist(&self) -> bool {
        self.exist.load(Ordering::Acquire)
    }

    /// Writes every URI in an outgoing message as the client does.
    pub(super) fn restore(&self, message: &mut Value) {
        let known = self.lock();
        for_each_map_by_uri(message, &mut |map| {
            if map.keys().any(|uri| known.own(uri).is_some()) {
                *map = mem::take(map)
                    .into_iter()
                    .map(|(uri, value)| (known.own(&uri).map_or(uri, str::to_owned), value))
                    .collect();
            }
        });
        for_each_uri(message, &mut |uri| {
            if let Some(own) = known.own(uri) {
                own.clone_into(uri);
            }
        });
    }

    fn lock(&self) -> MutexGuard<'_, Generations> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Generations {
    fn remember(&mut self, legal: String, own: String) {
        self.recent.insert(legal, own);
        if self.recent.len() >= GENERATION_SIZE {
            self.older = mem::take(&mut self.recent);
        }
    }

    fn own(&self, legal: &str) -> Option<&str> {
        self.recent
            .get(legal)
            .or_else(|| self.older.get(legal))
            .map(String::as_str)
    }
}

/// Visits the URIs in `value`. The parser has limited its depth.
fn for_each_uri(value: &mut Value, visit: &mut impl FnMut(&mut String)) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| for_each_uri(item, visit)),
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(uri) if URI_MEMBERS.contains(&name.as_str()) => visit(uri),
                    member => for_each_uri(member, visit),
                }
            }
        }
        _ => {}
    }
}

/// Visits the maps by URI in `value`.
fn for_each_map_by_uri(value: &mut Value, visit: &mut impl FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| for_each_map_by_uri(item, visit)),
        Value::Object(members) => {
            for (name, member) in members {
                for_each_map_by_uri(member, visit);
                if let Value::Object(map) = member
                    && MAP_MEMBERS.contains(&name.as_str())
                {
                    visit(map);
                }
            }
        }
        _ => {}
    }
}

/// Encodes what RFC 3986 doesn't allow where it stands; `None` if all is legal, or if there is no scheme and
/// the string is no URI at all.
fn percent_encode(uri: &str) -> Option<String> {
    let path = path_start(uri)?;
    let is_illegal = |index: usize, byte: u8, has_fragment: bool| match byte {
        b'%' => !is_escape(&uri.as_bytes()[index..]),
        b'#' => has_fragment,
        // An IPv6 address is the one place where brackets are legal.
        b'[' | b']' => index >= path || !has_address(&uri[..path]),
        _ => !(byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?".contains(&byte)),
    };
    let mut encoded: Option<String> = None;
    let mut has_fragment = false;
    for (index, byte) in uri.bytes().enumerate() {
        if is_illegal(index, byte, has_fragment) {
            let encoded = encoded.get_or_insert_with(|| uri[..index].to_owned());
            // Writing to a string can't fail.
            let _ = write!(encoded, "%{byte:02X}");
        } else {
            has_fragment |= byte == b'#';
            if let Some(encoded) = &mut encoded {
                // Only ASCII is legal.
                encoded.push(char::from(byte));
            }
        }
    }
    encoded
}

/// Where the path begins: behind the scheme and the authority. `None` without a scheme.
fn path_start(uri: &str) -> Option<usize> {
    let colon = uri.find(':')?;
    let scheme = &uri.as_bytes()[..colon];
    let is_scheme = scheme.first()?.is_ascii_alphabetic()
        && scheme
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte));
    if !is_scheme {
        return None;
    }
    let rest = colon + 1;
    Some(match uri[rest..].strip_prefix("//") {
        Some(behind) => rest + 2 + behind.find(['/', '?', '#']).unwrap_or(behind.len()),
        None => rest,
    })
}

/// Whether the host of `authority`, with whatever stands before it, is an address in brackets.
fn has_address(authority: &str) -> bool {
    let host = authority
        .rfind(['@', '/'])
        .map_or("", |separator| &authority[separator + 1..]);
    host.starts_with('[')
}

/// Whether `bytes` begin with a percent sign and two hexadecimal digits.
fn is_escape(bytes: &[u8]) -> bool {
    matches!(bytes, [b'%', high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit())
}

#[cfg(test)]
#[path = "uri_tests.rs"]
mod tests;

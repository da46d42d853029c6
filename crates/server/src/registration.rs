//! What the client is asked to report, where it can be asked.

use serde_json::json;
use tower_lsp::ls_types::Registration;

use crate::convert::SOURCE;
use crate::support::ClientSupport;

/// The files whose changes matter to open documents: other files of their packages, what says which module and which
/// Go version they belong to, and the settings.
const WATCHED: [&str; 4] = ["**/*.go", "**/go.mod", "**/go.work", "**/.deferlint.toml"];

/// What to register with a client that can do this.
pub(crate) fn registrations(support: &ClientSupport) -> Vec<Registration> {
    let mut registrations = Vec::new();
    if support.watched_files {
        let watchers: Vec<_> = WATCHED
            .iter()
            .map(|glob| json!({ "globPattern": glob }))
            .collect();
        registrations.push(Registration {
            id: format!("{SOURCE}/watched-files"),
            method: "workspace/didChangeWatchedFiles".to_owned(),
            register_options: Some(json!({ "watchers": watchers })),
        });
    }
    if support.configuration_registration {
        registrations.push(Registration {
            id: format!("{SOURCE}/configuration"),
            method: "workspace/didChangeConfiguration".to_owned(),
            register_options: Some(json!({ "section": SOURCE })),
        });
    }
    registrations
}

//! What the clients of the presets can do, and how they answer.

use serde_json::{Value, json};

use super::ResponseError;

/// JSON-RPC's "method not found".
const METHOD_NOT_FOUND: i64 = -32601;

/// A preset of client capabilities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientKind {
    /// Asks for diagnostics (`textDocument/diagnostic`) and can be told to ask again.
    Pull,
    /// Waits for `textDocument/publishDiagnostics`.
    Push,
    /// Announces no capability at all.
    Minimal,
}

impl ClientKind {
    /// The parameters of `initialize`, with `folder` (a URI) as the one workspace folder.
    pub fn initialize_params(self, folder: Option<&str>, options: &Value) -> Value {
        let mut params = json!({
            "processId": std::process::id(),
            "clientInfo": {"name": "deferlint-testkit"},
            "rootUri": folder,
            "capabilities": self.capabilities(),
            "workspaceFolders": folder.map(|uri| json!([{"uri": uri, "name": "test"}])),
        });
        if !options.is_null() {
            params["initializationOptions"] = options.clone();
        }
        params
    }

    /// The value of `ClientCapabilities`.
    pub fn capabilities(self) -> Value {
        if self == Self::Minimal {
            return json!({});
        }
        let mut capabilities = json!({
            "general": {"positionEncodings": ["utf-16"]},
            "window": {"workDoneProgress": true, "showMessage": {}},
            "workspace": {
                "applyEdit": true,
                "configuration": true,
                "didChangeConfiguration": {"dynamicRegistration": true},
                "didChangeWatchedFiles": {"dynamicRegistration": true, "relativePatternSupport": true},
                "workspaceEdit": {"documentChanges": true},
                "workspaceFolders": true,
            },
            "textDocument": {
                "synchronization": {"dynamicRegistration": true, "didSave": true},
                "codeAction": {
                    "codeActionLiteralSupport": {
                        "codeActionKind": {"valueSet": ["quickfix", "refactor", "source", "source.fixAll"]},
                    },
                    "dataSupport": true,
                    "disabledSupport": true,
                    "isPreferredSupport": true,
                    "resolveSupport": {"properties": ["edit"]},
                },
                "hover": {"contentFormat": ["markdown", "plaintext"]},
                "publishDiagnostics": {
                    "relatedInformation": true,
                    "versionSupport": true,
                    "codeDescriptionSupport": true,
                    "dataSupport": true,
                    "tagSupport": {"valueSet": [1, 2]},
                },
            },
        });
        if self == Self::Pull {
            capabilities["textDocument"]["diagnostic"] =
                json!({"dynamicRegistration": true, "relatedDocumentSupport": true});
            capabilities["workspace"]["diagnostics"] = json!({"refreshSupport": true});
        }
        capabilities
    }
}

/// Answers the server's requests as an editor without settings does.
pub(super) fn answer_server_request(method: &str, params: &Value) -> Result<Value, ResponseError> {
    match method {
        "workspace/configuration" => {
            let items = params["items"].as_array().map_or(0, Vec::len);
            Ok(Value::Array(vec![Value::Null; items]))
        }
        "workspace/applyEdit" => Ok(json!({"applied": true})),
        "client/registerCapability"
        | "client/unregisterCapability"
        | "window/workDoneProgress/create"
        | "window/showMessageRequest"
        | "workspace/diagnostic/refresh"
        | "workspace/codeLens/refresh"
        | "workspace/inlayHint/refresh"
        | "workspace/semanticTokens/refresh"
        | "workspace/workspaceFolders" => Ok(Value::Null),
        _ => Err(ResponseError {
            code: METHOD_NOT_FOUND,
            message: format!("the client does not know {method}"),
            data: None,
        }),
    }
}

//! The transport over the standard streams of the process.

use std::io;

use futures::Stream;
use tower_lsp::jsonrpc::Request;
use tower_lsp::{ClientSocket, LanguageServer, LspService};

use super::{Ended, Options, serve};

/// Serves the client at the other end of the standard streams; see [`serve`].
///
/// The messages go around the line buffer of [`std::io::Stdout`], which would flush at every header, and
/// the standard output itself then leads to the standard error: nothing that prints can harm the protocol.
///
/// # Errors
/// The streams can't be duplicated, or see [`serve`].
#[cfg(unix)]
pub fn serve_stdio<S: LanguageServer>(
    service: LspService<S>,
    socket: ClientSocket,
    notifications: impl Stream<Item = Request> + Send + Unpin + 'static,
    options: &Options,
) -> io::Result<Ended> {
    use std::fs::File;
    use std::os::fd::AsFd as _;

    let input = File::from(io::stdin().as_fd().try_clone_to_owned()?);
    let output = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    rustix::stdio::dup2_stdout(io::stderr())?;
    serve(service, socket, notifications, input, output, options)
}

/// Serves the client at the other end of the standard streams; see [`serve`].
///
/// # Errors
/// See [`serve`].
#[cfg(not(unix))]
pub fn serve_stdio<S: LanguageServer>(
    service: LspService<S>,
    socket: ClientSocket,
    notifications: impl Stream<Item = Request> + Send + Unpin + 'static,
    options: &Options,
) -> io::Result<Ended> {
    serve(service, socket, notifications, io::stdin(), io::stdout(), options)
}

"""deferlint as clients with the capabilities of real editors see it, every message held against the protocol."""

import os
import pathlib
import shutil

import pytest
import pytest_lsp
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

TESTS = pathlib.Path(__file__).resolve().parent.parent
CLIENTS = ["neovim@0.6.1", "neovim@0.10.0", "neovim@0.11.0", "visual_studio_code", "emacs"]
NAME_ERR = "Name the result err, so that the deferred assignment reaches the caller"


@pytest_lsp.fixture(
    params=CLIENTS,
    config=ClientServerConfig(server_command=[os.environ["DEFERLINT"], "lsp"]),
)
async def client(request, lsp_client: LanguageClient, tmp_path_factory):
    """A client with these capabilities that has opened a copy of the module of the tests."""
    module = tmp_path_factory.mktemp("module")
    shutil.copytree(TESTS / "module", module, dirs_exist_ok=True)
    lsp_client.module = module
    folder = types.WorkspaceFolder(uri=module.as_uri(), name="module")

    @lsp_client.feature(types.CLIENT_REGISTER_CAPABILITY)
    def register(params: types.RegistrationParams) -> None:
        """Accepts what only clients that announced it are asked for."""

    result = await lsp_client.initialize_session(
        types.InitializeParams(
            capabilities=client_capabilities(request.param), workspace_folders=[folder], root_uri=folder.uri
        )
    )
    assert result.server_info.name == "deferlint"
    lsp_client.encoding = result.capabilities.position_encoding
    lsp_client.pulls = result.capabilities.diagnostic_provider is not None
    yield
    await lsp_client.shutdown_session()


def open_document(client: LanguageClient, name: str, text: str | None = None) -> str:
    """Opens a file of the module, with its own text or another one, and returns its URI."""
    path = client.module / name
    item = types.TextDocumentItem(
        uri=path.as_uri(), language_id="go", version=1, text=path.read_text() if text is None else text
    )
    client.text_document_did_open(types.DidOpenTextDocumentParams(text_document=item))
    return item.uri


async def diagnostics(client: LanguageClient, uri: str) -> list[types.Diagnostic]:
    """The findings, asked for or waited for as the server wants it."""
    if not client.pulls:
        await client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        return list(client.diagnostics[uri])
    document = types.TextDocumentIdentifier(uri=uri)
    report = await client.text_document_diagnostic_async(types.DocumentDiagnosticParams(text_document=document))
    return list(report.items)


async def code_actions(client: LanguageClient, uri: str, where: types.Range) -> dict[str, types.CodeAction]:
    """What is offered at a place, by title; the client names no diagnostics, as some never do."""
    actions = await client.text_document_code_action_async(
        types.CodeActionParams(
            text_document=types.TextDocumentIdentifier(uri=uri),
            range=where,
            context=types.CodeActionContext(diagnostics=[]),
        )
    )
    return {action.title: action for action in actions or []}


def edits_of(action: types.CodeAction, uri: str) -> list[types.TextEdit]:
    """The edits that an action makes in one document."""
    if action.edit.document_changes:
        (change,) = action.edit.document_changes
        assert change.text_document.uri == uri
        return list(change.edits)
    return list(action.edit.changes[uri])


def width(text: str, client: LanguageClient) -> int:
    """How wide a text is in the units that client and server have agreed on."""
    if client.encoding == types.PositionEncodingKind.Utf8:
        return len(text.encode())
    return len(text.encode("utf-16-le")) // 2


def offset(text: str, position: types.Position, client: LanguageClient) -> int:
    """The place in a text, in characters, that a position means."""
    lines = text.splitlines(keepends=True)
    column = 0
    while width(lines[position.line][:column], client) < position.character:
        column += 1
    return sum(len(line) for line in lines[: position.line]) + column


def apply(text: str, edits: list[types.TextEdit], client: LanguageClient) -> str:
    """The text with edits applied, the last one first."""
    for edit in sorted(edits, key=lambda edit: (edit.range.start.line, edit.range.start.character), reverse=True):
        start, end = (offset(text, place, client) for place in (edit.range.start, edit.range.end))
        text = text[:start] + edit.new_text + text[end:]
    return text


@pytest.mark.asyncio
async def test_finding(client: LanguageClient):
    uri = open_document(client, "shelf.go")
    (finding,) = await diagnostics(client, uri)
    assert finding.code == "deferred-assignment-lost"
    assert finding.source == "deferlint"
    assert finding.severity == types.DiagnosticSeverity.Error
    assert finding.range == types.Range(types.Position(12, 2), types.Position(12, 20))
    assert "never reaches the caller" in finding.message


@pytest.mark.asyncio
async def test_fix_without_diagnostics_behind_a_clef(client: LanguageClient):
    text = (TESTS / "module" / "shelf.go").read_text()
    text = text.replace("\t\terr = file", "\t\t/* é𝄞 */ err = file").replace("func Save(", "func /* 𝄞 */ Save(")
    uri = open_document(client, "shelf.go", text)
    (finding,) = await diagnostics(client, uri)
    before = "\t\t/* é𝄞 */ "
    assert finding.range.start == types.Position(12, width(before, client))
    assert finding.range.end == types.Position(12, width(before + "err = file.Close()", client))
    actions = await code_actions(client, uri, finding.range)
    assert apply(text, edits_of(actions[NAME_ERR], uri), client) == text.replace(") error {", ") (err error) {")


@pytest.mark.asyncio
async def test_all_safe_fixes(client: LanguageClient):
    uri = open_document(client, "count.go")
    codes = [finding.code for finding in await diagnostics(client, uri)]
    assert codes == ["recover-nil-map-result", "map-returned-directly"]
    start = types.Position(0, 0)
    actions = await code_actions(client, uri, types.Range(start, start))
    (action,) = (action for action in actions.values() if action.kind == "source.fixAll.deferlint")
    fixed = apply((TESTS / "module" / "count.go").read_text(), edits_of(action, uri), client)
    assert fixed == (TESTS / "expected" / "count.go").read_text()


@pytest.mark.asyncio
async def test_wrong_settings_are_shown(client: LanguageClient):
    settings = {"deferlint": {"rules": {"no-such-rule": "error"}}}
    client.set_configuration(settings["deferlint"], section="deferlint")
    client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings=settings))
    await client.wait_for_notification(types.WINDOW_SHOW_MESSAGE)
    (message,) = client.messages
    assert message.type == types.MessageType.Warning
    assert "deferlint.rules: unknown rule or category `no-such-rule`" in message.message


@pytest.mark.asyncio
async def test_hover_and_change(client: LanguageClient):
    uri = open_document(client, "shelf.go")
    (finding,) = await diagnostics(client, uri)
    where = types.HoverParams(
        text_document=types.TextDocumentIdentifier(uri=uri), position=finding.range.start
    )
    hover = await client.text_document_hover_async(where)
    assert "deferred-assignment-lost" in hover.contents.value
    client.text_document_did_change(
        types.DidChangeTextDocumentParams(
            text_document=types.VersionedTextDocumentIdentifier(uri=uri, version=2),
            content_changes=[types.TextDocumentContentChangePartial(range=finding.range, text="_ = file.Close()")],
        )
    )
    assert await diagnostics(client, uri) == []
    assert await client.text_document_hover_async(where) is None

#!/usr/bin/env bash
# The files for Helix, Zed, Sublime Text and Kakoune: each is read by what reads it, or by a parser of its language.
set -euo pipefail
source "$(dirname "$0")/../library.sh"

# Evaluates a condition on a file that is TOML or JSON; in it the content is called `it`.
holds() {
  local format=$1 file=$2 condition=$3
  python3 - "$format" "$file" "$condition" <<'PYTHON'
import importlib, sys
format, file, condition = sys.argv[1:]
with open(file, "rb") as content:
    it = importlib.import_module(format).load(content)
sys.exit(not eval(condition))
PYTHON
}

helix_asks_gopls_first() {
  holds tomllib "$editors/helix/languages.toml" \
    'it["language"][0]["language-servers"] == ["gopls", "deferlint"] and it["language-server"]["deferlint"]["args"] == ["lsp"]'
}

sublime_text_starts_the_server() {
  holds json "$editors/sublime/LSP.sublime-settings" 'it["clients"]["deferlint"]["command"] == ["deferlint", "lsp"]'
}

zed_knows_the_server() {
  holds tomllib "$editors/zed/extension.toml" 'it["language_servers"]["deferlint"]["languages"] == ["Go"]' &&
    cargo check --quiet --locked --manifest-path "$editors/zed/Cargo.toml" --target-dir "$editors/../target/zed"
}

# kakoune-lsp declares the option; Kakoune itself reads the rest.
kakoune_reads_the_commands() {
  local answer=$scratch/kakoune.txt
  local read="try %{ source '$editors/kakoune/deferlint.kak'; set-option buffer filetype go"
  read+="; echo -to-file '$answer' %opt{lsp_servers} } catch %{ echo -to-file '$answer' %val{error} }; quit!"
  timeout 20 kak -n -ui dummy -e "declare-option str lsp_servers; $read" </dev/null &&
    grep -qF '[deferlint.settings.deferlint]' "$answer"
}

kakoune_shows_a_page() {
  local page=$scratch/page.md
  local show="try %{ source '$editors/kakoune/deferlint.kak'; deferlint-explain defer-in-loop; write '$page' }; quit!"
  PATH=$scratch/bin:$PATH timeout 20 kak -n -ui dummy -e "declare-option str lsp_servers; $show" </dev/null &&
    diff "$page" <("$DEFERLINT" explain defer-in-loop)
}

check 'Helix asks gopls first' helix_asks_gopls_first
check 'Sublime Text starts the server' sublime_text_starts_the_server
check 'Zed knows the server' zed_knows_the_server
check 'Kakoune reads its commands' kakoune_reads_the_commands
check 'Kakoune shows a page' kakoune_shows_a_page
finish configurations

#!/usr/bin/env bash
# pytest-lsp: clients with the capabilities that editors announce, which hold every message against the protocol.
set -euo pipefail
source "$(dirname "$0")/../library.sh"
cd "$tests/pytest_lsp"
report=$scratch/report.xml
export PYTHONDONTWRITEBYTECODE=1
timeout 300 pytest --quiet -p no:cacheprovider --junit-xml="$report" test_clients.py || true

# The value of an attribute of the report.
attribute() {
  grep --only-matching --max-count=1 "$1=\"[0-9]*\"" "$report" | head -n 1 | tr --delete --complement '0-9'
}

if [[ -e $report ]]; then
  failed=$(($(attribute failures) + $(attribute errors)))
  passed=$(($(attribute tests) - failed - $(attribute skipped)))
else
  failed=1
fi
finish pytest_lsp

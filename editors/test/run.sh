#!/usr/bin/env bash
# Tests deferlint in real editors, and prints as its last line how many tests passed and failed.
#   editors/test/run.sh [CLIENT...]     the clients named, or all: the directories beside this file
#   editors/test/run.sh readme          what the README says of editors, with an empty home directory; not among all
# Takes the server from $DEFERLINT, or builds it. Installs what it needs: the Debian packages in apt.txt of each client, as
# root, and everything else below target/editors. Needs Rust, Python with venv, Node 20 with npm, and
# Go or pip to get it.
set -euo pipefail
tests=$(cd "$(dirname "$0")" && pwd)
cd "$tests/../.."
tools=$PWD/target/editors
source "$tests/install.sh"

clients=("$@")
if ((${#clients[@]} == 0)); then
  for script in "$tests"/*/run.sh; do
    [[ $script == */readme/run.sh ]] || clients+=("$(basename "$(dirname "$script")")")
  done
fi

# Runs a client's tests, and adds what the last line of its output says to the sum. It is to print `CLIENT: N passed, N failed`.
run_client() {
  local client=$1 log=$tools/$1.log start=$SECONDS
  echo "== $client"
  timeout 1200 bash "$tests/$client/run.sh" 2>&1 | tee "$log" || true
  if [[ $(tail -n 1 "$log") =~ ^$client:\ ([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
    passed=$((passed + BASH_REMATCH[1]))
    failed=$((failed + BASH_REMATCH[2]))
  else
    echo "$client ended without a result"
    failed=$((failed + 1))
  fi
  echo "== $client: $((SECONDS - start)) s"
}

mkdir -p "$tools"
install_packages "${clients[@]}"
install_python_tools
install_gopls
build_server

passed=0
failed=0
for client in "${clients[@]}"; do
  run_client "$client"
done
echo "$passed passed, $failed failed"
((failed == 0))

# What the editors' tests share; they source it. It makes a scratch directory that holds a copy of the server, so that its
# processes can be told from all others, and of the Go module of the tests.
: "${DEFERLINT:?names no program}"

tests=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
editors=$(dirname "$tests")
scratch=$(mktemp -d)
mkdir "$scratch/bin"
cp "$DEFERLINT" "$scratch/bin/deferlint"
DEFERLINT=$scratch/bin/deferlint
export DEFERLINT tests editors scratch

# The module of the tests, anew.
copy_module() {
  rm -rf "$scratch/module"
  cp -r "$tests/module" "$scratch/module"
}

passed=0
failed=0

# Runs the command after the test's name, and prints whether it passed.
check() {
  local name=$1
  shift
  if "$@"; then
    passed=$((passed + 1))
    echo "ok   $name"
  else
    failed=$((failed + 1))
    echo "FAIL $name"
    if terminal_is_open; then
      terminal_text
    fi
  fi
}

# Runs a test program in another language whose last line of output has the form `N passed, M failed`, and adds these.
# One that prints no such line, or takes more than five minutes, counts as failed.
check_program() {
  local name=$1 output=$scratch/output.txt
  shift
  timeout 300 "$@" 2>"$scratch/errors.txt" | tee "$output" || true
  if [[ $(tail -n 1 "$output") =~ ([0-9]+)\ passed,\ ([0-9]+)\ failed ]]; then
    passed=$((passed + BASH_REMATCH[1]))
    failed=$((failed + BASH_REMATCH[2]))
  else
    failed=$((failed + 1))
    echo "FAIL $name ended without a result"
    cat "$scratch/errors.txt"
  fi
}

# Repeats the command until it succeeds, for at most twenty seconds. What it prints is left out.
wait_until() {
  local deadline=$((SECONDS + 20))
  until "$@" >/dev/null 2>&1; do
    if ((SECONDS >= deadline)); then
      echo "waited in vain for: $*"
      return 1
    fi
    # Gives the other processes a turn; what is waited for is the command above.
    read -r -t 0.05 <> <(:) || true
  done
}

# The processes of this test's copy of the server.
server_processes() {
  pgrep -f "^$scratch/bin/deferlint " || true
}

server_runs() {
  [[ -n $(server_processes) ]]
}

no_server_runs() {
  [[ -z $(server_processes) ]]
}

# tmux with a server of its own for each test.
terminal() {
  TMUX_TMPDIR=$scratch tmux -L deferlint -f /dev/null "$@"
}

# Opens a terminal of 150 by 45 cells that runs a command.
open_terminal() {
  terminal new-session -d -x 150 -y 45 "$@"
}

terminal_is_open() {
  terminal has-session 2>/dev/null
}

terminal_is_closed() {
  ! terminal_is_open
}

terminal_text() {
  terminal capture-pane -p
}

# Types keys, named as tmux names them.
press() {
  terminal send-keys "$@"
}

terminal_shows() {
  terminal_text | grep -qF -- "$1"
}

terminal_hides() {
  ! terminal_shows "$1"
}

# Whether a file of the module is what the fix should have made of it.
is_fixed() {
  cmp -s "$scratch/module/$1" "$tests/expected/$1"
}

# Prints the sum, ends what still runs and removes the scratch directory. Fails when a test failed.
finish() {
  local name=$1
  terminal kill-server 2>/dev/null || true
  rm -rf "$scratch"
  echo "$name: $passed passed, $failed failed"
  ((failed == 0))
}

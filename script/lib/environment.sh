# Sourced by the scripts beside it: makes .venv in the checkout and keeps it current.
# POSIX sh, because a bare machine may have no bash.

say() { printf '%s\n' "$*" >&2; }

# Print the first Python that is new enough; fail when there is none.
find_python() {
    for candidate in ${QA_PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11 python; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return 0
        fi
    done
    say "QA Portal needs Python 3.11 or newer, and none was found. Install one, or name it: QA_PYTHON=/path/to/python"
    return 1
}

# Say whether .venv works here: its Python runs, and its programs name this folder (a copied one names the old).
venv_works() {
    .venv/bin/python -c 'import pip' 2>/dev/null && [ -x .venv/bin/pip ] || return 1
    here=$(.venv/bin/python -c 'import os; print(os.path.realpath(".venv/bin"))')
    .venv/bin/python -c '
import os, re, sys
named = re.search(rb"(/[^\n\"]*)/python", open(".venv/bin/pip", "rb").read(500))
sys.exit(not named or os.path.realpath(os.fsdecode(named[1])) != sys.argv[1])' "$here"
}

# Make .venv when it is missing or does not work here.
make_venv() {
    if venv_works; then
        return 0
    fi
    python=$(find_python) || return 1
    if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
        say "$python cannot make environments: its ensurepip is missing."
        say "On Debian or Ubuntu: apt-get install python3-venv    On Fedora: dnf install python3-pip"
        return 1
    fi
    say "Making .venv with $("$python" --version) …"
    rm -rf .venv
    "$python" -m venv .venv
}

# Print what an installation depends on: the Python and the lists.
fingerprint() {
    { .venv/bin/python --version; cat requirements.txt; [ "$1" = runtime ] || cat requirements-dev.txt requirements-s3.txt; } | cksum
}

# Say whether the lists are installed as they stand.
is_installed() {
    [ "$(cat ".venv/.installed-$1" 2>/dev/null)" = "$(fingerprint "$1")" ]
}

# prepare_environment runtime|dev: install once, and again only after the lists changed. dev holds runtime.
prepare_environment() {
    make_venv || exit 1
    if is_installed "$1" || is_installed dev; then
        return 0
    fi
    list=requirements.txt
    [ "$1" = runtime ] || list=requirements-dev.txt
    say "Installing $list (once; about a minute) …"
    # Python compiles what is imported when it is.
    if ! .venv/bin/python -m pip install --disable-pip-version-check --prefer-binary --no-compile -r "$list" >&2; then
        say "The packages of $list could not be installed; pip says why above. Run this again once that is solved."
        exit 1
    fi
    fingerprint "$1" >".venv/.installed-$1"
}

# Work in the checkout, wherever the caller stands.
caller_folder=$(pwd)
cd "$(dirname "$0")/.." || exit 1
export PYTHONUNBUFFERED=1
# Compiled once, not by each of the hundred processes that the checks and tests start; a container may forbid it.
unset PYTHONDONTWRITEBYTECODE

#!/usr/bin/env bash
# What the tests need, and where it is missing, how to get it: for `tests/run.sh` and `tests/trust.sh`, which read this.
#
# Gives CHROMIUM; adds to `failed` what could not be got.

say() { printf '\n== %s\n' "$*"; }

# A browser: the one that is named, or the first that is there. Before the whole of Chromium stands its engine without a
# window ("headless shell"), which shows the same pages in half the time, for nobody looks at what it would draw.
browser() {
  if [ -n "${CHROMIUM:-}" ]; then command -v "$CHROMIUM" && return; return 1; fi
  local name
  for name in chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable; do command -v "$name" && return; done
  return 1
}

# Node.js of at least 18.19, the oldest that the tests run on.
node_is_new() { node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 18 || (a === 18 && b >= 19) ? 0 : 1)' 2>/dev/null; }

# Python of at least 3.11, which the judges from PyPI need, with what makes a place of their own.
python_is_new() { python3 -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

# Installs Debian's packages as root, or as someone who may be root without being asked.
install() {
  local as_root=()
  command -v apt-get >/dev/null || return 1
  if [ "$(id -u)" -ne 0 ]; then
    sudo -n true 2>/dev/null || return 1
    as_root=(sudo -n)
  fi
  say "installing $*"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -q &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"
}

say 'what the tests need'
wanted=()
command -v node >/dev/null || wanted+=(nodejs)
command -v npm >/dev/null || wanted+=(npm)
if [ ${#wanted[@]} -gt 0 ]; then
  install "${wanted[@]}" || echo "Could not install ${wanted[*]} with apt-get."
fi
browser >/dev/null || install chromium-headless-shell fonts-liberation || install chromium fonts-liberation ||
  echo 'Could not install Chromium with apt-get.'

judges=()
command -v ruby >/dev/null || judges+=(ruby)
command -v pdftotext >/dev/null || judges+=(poppler-utils)
command -v strace >/dev/null || judges+=(strace)
command -v bindfs >/dev/null || judges+=(bindfs)
command -v valgrind >/dev/null || judges+=(valgrind)
command -v openssl >/dev/null || judges+=(openssl)
command -v c++ >/dev/null || judges+=(g++)
python_is_new || judges+=(python3-venv)
if [ ${#judges[@]} -gt 0 ]; then
  install "${judges[@]}" || echo "Could not install ${judges[*]} with apt-get: what they judge is left out."
fi

missing=()
command -v cargo >/dev/null || missing+=('Rust with cargo: https://www.rust-lang.org/tools/install')
node_is_new || missing+=('Node.js 18.19 or newer: https://nodejs.org/')
command -v npm >/dev/null || missing+=('npm, which comes with Node.js')
browser >/dev/null || missing+=('Chromium or Chrome; if it is there, name it: CHROMIUM=/path/to/chrome bash tests/run.sh')
if [ ${#missing[@]} -gt 0 ]; then
  echo 'Missing, and not to be installed from here:'
  printf '  - %s\n' "${missing[@]}"
  echo 'FAILED: nothing was tested.'
  exit 1
fi
CHROMIUM="$(browser)"
export CHROMIUM
command -v java >/dev/null || echo 'No java: the Nu checker of the W3C is left out.'

# The packages of a folder as its lock file names them; not again if nothing changed. No package needs a script of its own to run.
packages() {
  cmp -s package-lock.json node_modules/.installed ||
    { npm ci --ignore-scripts --no-audit --no-fund && cp package-lock.json node_modules/.installed; }
}
for folder in tests/browser tests/online; do
  (cd "$folder" && packages) || failed+=("npm ci in $folder")
done

# The judges from PyPI, in a place of their own.
from_pypi() {
  cmp -s requirements.txt .venv/.installed ||
    { rm -rf .venv && python3 -m venv .venv && .venv/bin/pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements.txt && cp requirements.txt .venv/.installed; }
}
if python_is_new; then
  (cd tests/judges && from_pypi) || failed+=('pip install')
fi

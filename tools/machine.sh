# Getting a machine ready: shared by ./quickstart and ./check, which source it. Bash; Debian and Ubuntu.
# Changes nothing that is already right: packages that are there, an engine that runs and installed modules stay.
# shellcheck shell=bash

ENGINE_WAIT_S=30
ENGINE_LOG=/var/log/slipway-dockerd.log
# Set when start_engine started a dockerd of its own.
STARTED_ENGINE_PID=""

say() { printf '%s\n' "$*" >&2; }

die() {
  printf '\nerror: %s\n' "$1" >&2
  shift
  local line
  for line in "$@"; do printf '→ %s\n' "$line" >&2; done
  exit 1
}

# step TEXT COMMAND…: says what goes on and how long it took.
step() {
  local text=$1 started=$SECONDS
  shift
  say "• $text"
  "$@"
  local took=$((SECONDS - started))
  ((took < 2)) || say "  ${took} s"
}

as_root() {
  if ((EUID == 0)); then "$@"; else sudo "$@"; fi
}

# The engine's command line, as a user who may use its socket.
engine() {
  if [[ -w /var/run/docker.sock ]]; then docker "$@"; else as_root docker "$@"; fi
}

# A name is looked up; a path must be there.
has() {
  if [[ $1 == /* ]]; then [[ -e $1 ]]; else command -v "$1" > /dev/null 2>&1 || [[ -x /usr/sbin/$1 || -x /sbin/$1 ]]; fi
}

require_rights() { require_rights_of "$EUID"; }

require_rights_of() {
  (($1 == 0)) && return
  has sudo || die "This needs root: it installs packages, starts the engine and sets firewall rules." \
    "Run it as root, or install sudo."
  sudo -n true 2> /dev/null && return
  [[ -t 0 ]] || die "sudo wants a password, and nobody is here to type it." "Run this as root or in a terminal."
  say "• sudo is needed to install packages, start the engine and run Slipway (it sets firewall rules)"
  sudo -v || die "sudo was refused." "Run this as root, or as a user who may use sudo."
}

require_node() {
  if ! has node || ! has npm; then
    die "Node and npm are needed to install the rest." \
      "Install Node 20 or newer with npm: your distribution's packages nodejs and npm, or https://nodejs.org."
  fi
  local major
  major=$(node -p 'process.versions.node.split(".")[0]')
  ((major >= 20)) || die "Node $(node -v) is too old to install the rest; 20 or newer is needed." \
    "Install a newer one: https://nodejs.org. Slipway itself brings the Node it runs on."
}

is_debian() {
  has apt-get && grep -Eq '^(ID|ID_LIKE)=.*(debian|ubuntu)' /etc/os-release 2> /dev/null
}

# install_missing COMMAND:PACKAGE…: installs the packages whose command is not there.
install_missing() {
  local missing=()
  find_missing "$@"
  ((${#missing[@]} > 0)) || return 0
  is_debian || die "This is not Debian or Ubuntu: install these yourself, then run this again:" \
    "${missing[*]}" "(Docker Engine 20.10 or newer, HAProxy 2.6 or newer, iptables, git 2.37 or newer)"
  step "Installing ${missing[*]}" install_packages "${missing[@]}"
}

# install_recommended LOSS COMMAND:PACKAGE…: the same, but goes on where they cannot be had, and says what is lost.
install_recommended() {
  local loss=$1 missing=()
  shift
  find_missing "$@"
  ((${#missing[@]} > 0)) || return 0
  if is_debian; then
    say "• Installing ${missing[*]} (recommended)"
    try_packages "${missing[@]}" && return
  fi
  say "  Without ${missing[*]} $loss."
}

# Into the caller's `missing`.
find_missing() {
  local entry
  for entry in "$@"; do
    if has "${entry%%:*}" || [[ " ${missing[*]} " == *" ${entry##*:} "* ]]; then continue; fi
    missing+=("${entry##*:}")
  done
}

# In a shell of its own, which a failure ends.
try_packages() { (trap release_services EXIT && install_packages "$@") 2> /dev/null; }

install_packages() {
  local packages=("$@") log
  log=$(mktemp)
  hold_services
  if ! apt_install "${packages[@]}" > "$log" 2>&1; then
    if ! { apt_get update && apt_install "${packages[@]}"; } > "$log" 2>&1; then
      release_services
      tail -n 20 "$log" >&2
      rm -f "$log"
      die "The packages could not be installed: ${packages[*]}" "Mend what apt-get says above, then run this again."
    fi
  fi
  release_services
  rm -f "$log"
  # From Debian 13 on the engine's command line is a package of its own.
  has docker || [[ " ${packages[*]} " != *" docker.io "* ]] || install_packages docker-cli
}

apt_get() { as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 "$@"; }
apt_install() { apt_get install -y --no-install-recommends "$@"; }

# Packages start their services when installed; we start the one we want ourselves, and leave the others alone.
POLICY=/usr/sbin/policy-rc.d
HOLDS_SERVICES=0
hold_services() {
  [[ -e $POLICY ]] && return
  printf '#!/bin/sh\nexit 101\n' | as_root tee "$POLICY" > /dev/null
  as_root chmod 755 "$POLICY"
  HOLDS_SERVICES=1
}
release_services() {
  ((HOLDS_SERVICES == 1)) || return 0
  as_root rm -f "$POLICY"
  HOLDS_SERVICES=0
}

has_systemd() { [[ -d /run/systemd/system ]]; }

engine_answers() { engine version > /dev/null 2>&1; }

ensure_engine() {
  engine_answers || step "Starting the container engine" start_engine
}

start_engine() {
  if has_systemd; then
    as_root systemctl start docker || die "systemd cannot start docker." "See: journalctl -u docker"
    wait_for_engine || die "docker was started but does not answer." "See: journalctl -u docker"
    return
  fi
  # --live-restore: containers go on when the daemon is restarted.
  as_root sh -c "setsid nohup dockerd --live-restore > '$ENGINE_LOG' 2>&1 < /dev/null & echo \$! > /run/slipway-dockerd.pid"
  STARTED_ENGINE_PID=$(as_root cat /run/slipway-dockerd.pid)
  wait_for_engine && return
  as_root tail -n 5 "$ENGINE_LOG" >&2
  die "The container engine could not be started (its last words are above)." "All of them: $ENGINE_LOG"
}

wait_for_engine() {
  local deadline=$((SECONDS + ENGINE_WAIT_S))
  until engine_answers; do
    ((SECONDS < deadline)) || return 1
    if [[ -n $STARTED_ENGINE_PID ]] && ! as_root kill -0 "$STARTED_ENGINE_PID" 2> /dev/null; then return 1; fi
    sleep 0.3
  done
}

stop_started_engine() {
  [[ -n $STARTED_ENGINE_PID ]] || return 0
  as_root kill "$STARTED_ENGINE_PID" 2> /dev/null || true
  local deadline=$((SECONDS + 20))
  while as_root kill -0 "$STARTED_ENGINE_PID" 2> /dev/null && ((SECONDS < deadline)); do sleep 0.2; done
  as_root rm -f /run/slipway-dockerd.pid
}

# A hash over files, names included.
hash_files() { find "$@" -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -c1-16; }

MODULES_STAMP=node_modules/.slipway-lock
ensure_modules() {
  local wanted
  wanted=$(hash_files package-lock.json)
  [[ $(cat "$MODULES_STAMP" 2> /dev/null) == "$wanted" ]] && return
  step "Installing modules (npm ci)" install_modules
  echo "$wanted" > "$MODULES_STAMP"
}

install_modules() {
  local log
  log=$(mktemp)
  if ! npm ci --no-audit --no-fund --loglevel=error > "$log" 2>&1; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    die "npm ci failed (see above)." "Check the network and npm's registry setting, then run this again."
  fi
  rm -f "$log"
}

# Puts the Node of the lockfile first, for everything started from here.
use_own_node() { export PATH="$PWD/node_modules/.bin:$PATH"; }

BUILD_STAMP=dist/.stamp
# 1 when it had to build.
# shellcheck disable=SC2034 # read by ./quickstart
HAS_BUILT=0
ensure_build() {
  local wanted
  wanted=$(hash_files src console rolldown.config.ts package-lock.json)
  [[ -f dist/slipway.mjs && $(cat "$BUILD_STAMP" 2> /dev/null) == "$wanted" ]] && return
  step "Building" build_quietly
  echo "$wanted" > "$BUILD_STAMP"
  # shellcheck disable=SC2034
  HAS_BUILT=1
}

build_quietly() {
  local log
  log=$(mktemp)
  if ! npm run --silent build > "$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    die "The build failed (see above)."
  fi
  rm -f "$log"
}

# tell_found DIRECTORY SERVICES SINCE: one line, when the installation there was made before SINCE (seconds since 1970). The
# time of its making is not kept by every file system; then it is that of the last change.
tell_found() {
  local directory=$1 services=$2 since=$3 made noun=services
  made=$(as_root stat -c '%W %Y' "$directory/slipway.db" 2> /dev/null | awk '{ print ($1 > 0) ? $1 : $2 }') || return 0
  [[ -n $made ]] && ((made < since)) || return 0
  ((services != 1)) || noun=service
  say "• Uses the installation of $(date -d "@$made" +%F) in $directory, with $services $noun"
}

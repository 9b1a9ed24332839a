# The example image, examples/hello: built on a public base where a registry can be reached, else on one put together
# from this machine's C library and the Node of node_modules. Sourced by ./quickstart.
# shellcheck shell=bash

PUBLIC_BASE=node:24-slim
PULL_WAIT_S=20

# Prints the image's name; its tag is a hash of what is in it.
example_image_name() { printf 'slipway/hello:%s' "$(hash_files examples/hello)"; }

ensure_example_image() {
  local image=$1
  engine image inspect "$image" > /dev/null 2>&1 || step "Getting the example image" build_example_image "$image"
  # The name that the README types.
  engine tag "$image" slipway/hello:latest
}

build_example_image() {
  local image=$1 base context log
  base=$(find_base) || die "No base image for the example." "See what went wrong above."
  context=$(mktemp -d)
  install -m 644 examples/hello/{Dockerfile,package.json,server.js} "$context"
  log=$(mktemp)
  engine build --quiet --build-arg "BASE=$base" --tag "$image" "$context" > "$log" 2>&1 || {
    cat "$log" >&2
    die "The example image could not be built (see above)."
  }
  rm -rf "$context" "$log"
}

find_base() {
  local own
  own="slipway/node:$(node_modules/.bin/node -p process.versions.node)"
  if engine image inspect "$own" > /dev/null 2>&1; then
    echo "$own"
  elif engine image inspect "$PUBLIC_BASE" > /dev/null 2>&1 || pull_base; then
    echo "$PUBLIC_BASE"
  else
    say "  no registry within reach: using this machine's own C library and Node"
    assemble_base "$own" >&2 && echo "$own"
  fi
}

pull_base() {
  # Without name resolution this fails at once; where packets are dropped it would take minutes.
  timeout "$PULL_WAIT_S" bash -c "$(declare -f engine as_root); engine pull --quiet $PUBLIC_BASE" > /dev/null 2>&1
}

# A root file system of one program: node, the libraries it is linked to, and the few files they read.
assemble_base() {
  local image=$1 root node library
  root=$(mktemp -d)
  node=$(readlink -f node_modules/.bin/node)
  mkdir -p "$root"/{etc,tmp,usr/local/bin,proc,sys,dev,home/node}
  cp "$node" "$root/usr/local/bin/node"
  while read -r library; do
    mkdir -p "$root$(dirname "$library")"
    cp -L "$library" "$root$library"
  done < <(ldd "$node" | awk '$2 == "=>" && $3 ~ /^\// { print $3 } $1 ~ /^\// { print $1 }')
  printf 'root:x:0:0:root:/:/none\nnode:x:1000:1000:node:/home/node:/none\n' > "$root/etc/passwd"
  printf 'root:x:0:\nnode:x:1000:\n' > "$root/etc/group"
  printf 'hosts: files dns\n' > "$root/etc/nsswitch.conf"
  chmod 755 "$root"
  chmod 1777 "$root/tmp"
  tar --create --directory "$root" --numeric-owner --owner=0 --group=0 . \
    | engine import \
      --change 'ENV PATH=/usr/local/bin' \
      --change 'CMD ["node"]' \
      - "$image" > /dev/null
  rm -rf "$root"
}

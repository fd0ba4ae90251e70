#!/usr/bin/env bash
# Runs a command beside the newest engine that Debian has (of its suite sid), while the engine of this machine goes on:
#   scripts/newest-engine.sh npx vitest run --project load
# In namespaces of its own (mounts, network, processes), so that nothing of the machine is changed and everything ends
# with the command. With CANARY_ENGINE_STORE=containerd its images are in containerd's store, where an id is the digest of a
# manifest. The images of the tests are taken from the machine's engine. Needs root and Debian; the first time
# takes minutes, for it installs a Debian of its own.
set -euo pipefail

home=/var/lib/canary-newest-engine
root=$home/root
images=$home/images.tar

# With the suite's own programs and libraries, and every other folder as the machine has it, so that what is mounted
# into a container is the same for both.
if [ "${1:-}" = --engine ]; then
  # What the command mounts, the engine has too; never the other way.
  mount --make-rslave /
  mount --bind "$root" "$root"
  for folder in /*/; do
    name=$(basename "$folder")
    case $name in bin | sbin | lib* | usr | etc | var | boot) continue ;; esac
    [ -L "/$name" ] && continue
    mkdir -p "$root/$name"
    mount --rbind "/$name" "$root/$name"
  done
  mkdir -p "$root/before"
  # Whom the tests let an engine trust.
  mkdir -p /etc/docker/certs.d "$root/etc/docker/certs.d"
  mount --bind /etc/docker/certs.d "$root/etc/docker/certs.d"
  cd "$root"
  pivot_root . before
  umount -l /before
  mkdir -p /etc/docker
  printf '{"features":{"containerd-snapshotter":%s}}\n' "$([ "${CANARY_ENGINE_STORE:-}" = containerd ] && echo true || echo false)" >/etc/docker/daemon.json
  export PATH=/usr/sbin:/usr/bin:/sbin:/bin
  # It ends and comes back when a test wants it to.
  while :; do dockerd || true; done
fi

if [ "${1:-}" = --beside ]; then
  shift
  mount --make-rprivate /
  mount --make-rshared /
  # Canary takes processes of this name for its own host's, and those of the machine have other ids here.
  hostname newest-engine
  # Socket and process ids of this machine's engine stay out of sight.
  mount -t tmpfs none /run
  ip link set lo up
  # An address as users of other machines have it.
  ip link add users0 type bridge
  ip address add 192.0.2.10/24 dev users0
  ip link set users0 up
  mkdir -p "$root/var/lib/docker"
  unshare --mount --propagation slave "${BASH_SOURCE[0]}" --engine >"$home/engine.log" 2>&1 &
  for _ in $(seq 60); do
    docker version >/dev/null 2>&1 && break
    sleep 1
  done
  docker version --format 'on Engine {{.Server.Version}}' || { tail -n 20 "$home/engine.log" >&2 && exit 1; }
  docker load --quiet --input "$images" >/dev/null
  # Nobody else uses this engine, and it starts again when it ends.
  export CANARY_OWN_ENGINE=1
  # The engine ends with this process, the first of its namespace.
  "$@"
  exit
fi

[ $# -gt 0 ] || { echo "Usage: scripts/newest-engine.sh COMMAND [ARGUMENT]..." >&2 && exit 2; }
mkdir -p "$home"
if [ ! -x "$root/usr/sbin/dockerd" ]; then
  echo "installing the newest engine in $home (a minute or two)" >&2
  rm -rf "$root"
  debootstrap --variant=minbase --include=docker.io,iptables,ca-certificates,iproute2,kmod \
    sid "$root" >"$home/install.log" 2>&1 || { tail -n 20 "$home/install.log" >&2 && exit 1; }
fi
mapfile -t names < <(docker image ls --format '{{.Repository}}:{{.Tag}}' | grep -E '^canary-(standin|test)/')
docker save --output "$images" "${names[@]}"
exec unshare --mount --net --uts --pid --fork --mount-proc --kill-child "${BASH_SOURCE[0]}" --beside "$@"

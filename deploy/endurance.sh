#!/usr/bin/env bash
# Hurts a cluster on loopback and compares what clients were told with what is there; ends with one line of JSON.
#   deploy/endurance.sh kills [N]          kill -9 of an agent N times (200) under load, with a log of 1 GiB
#   deploy/endurance.sh snapshot [MIB]     a snapshot of MIB (1100) taken, and sent to an emptied member; agents' heap 256 MiB
#   deploy/endurance.sh disk-full [MIB]    volumes of MIB (700) filled on one member, then on two, then freed; needs root
#   deploy/endurance.sh growth [N]         N commands (10000000) of 128 bytes with snapshots on: bytes on disk
#   deploy/endurance.sh apps [N]           N commands (1000000) through sessions; applications, agents and clients fail all the time
#   deploy/endurance.sh languages [N]      N commands (100000) for kv in Java, Node and Python side by side; needs node and python3
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
case ${1-} in
  kills) size=${2-200} ;;
  snapshot) size=${2-1100} ;;
  disk-full) size=${2-700} ;;
  growth) size=${2-10000000} ;;
  apps) size=${2-1000000} ;;
  languages) size=${2-100000} ;;
  *) sed -n '2,8s/^# //p' "$0" >&2 && exit 2 ;;
esac
[[ $# -le 2 && $size =~ ^[1-9][0-9]*$ ]] || { sed -n '2,8s/^# //p' "$0" >&2 && exit 2; }

"$here/build.sh" --load
work=$(mktemp -d "${TMPDIR:-/tmp}/outrigger-endurance.XXXXXX")
trap '[[ $? == 0 ]] && rm -rf "$work" || echo "logs are in $work" >&2' EXIT
java -cp "$here/target/classes:$here/../sdk-java/target/classes" dev.outrigger.deploy.endurance.Endurance "$here/.." "$work" "$1" "$size"

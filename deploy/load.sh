#!/usr/bin/env bash
# Measures a cluster on loopback: commands/s, p50 and p99 with 1, 64 and 256 commands in flight, by SDK and plain HTTP.
#   deploy/load.sh [leader|follower] [SECONDS]     which agent takes the commands (leader), seconds a point (5)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
at=${1-leader} seconds=${2-5}
[[ $# -le 2 && $at =~ ^(leader|follower)$ && $seconds =~ ^[1-9][0-9]*$ ]] || { sed -n '2,3s/^# //p' "$0" >&2 && exit 2; }

"$here/build.sh" --load
work=$(mktemp -d "${TMPDIR:-/tmp}/outrigger-load.XXXXXX")
trap '[[ $? != 1 ]] && rm -rf "$work" || echo "logs are in $work" >&2' EXIT
java -cp "$here/target/classes:$here/../sdk-java/target/classes" dev.outrigger.deploy.load.Load "$here/.." "$work" "$at" "$seconds"

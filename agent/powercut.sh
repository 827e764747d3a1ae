#!/usr/bin/env bash
# Cuts the power of a real file system under a member's storage, again and again, and looks for what was acknowledged.
#   agent/powercut.sh [--images N] [--seed S]   so many cuts (20), at moments that follow from a seed
# The disk is an ext4 image on a loop device, copied at some moment and mounted again: it takes root and loop devices.
# The last line is a summary in JSON; exit 0 only when nothing acknowledged was lost, 2 when no power can be cut here.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[[ ${1-} != -h && ${1-} != --help ]] || { sed -n '2,5s/^# //p' "$0" && exit 0; }

classpath=$here/target/powercut.classpath
mvn -q -B -f "$here/../pom.xml" -pl agent test-compile dependency:build-classpath \
  -Dmdep.outputFile="$classpath" -Dmdep.includeScope=test >&2
exec java --add-opens=java.base/java.lang.reflect=ALL-UNNAMED --add-opens=java.base/sun.nio.ch=ALL-UNNAMED \
  --add-exports=java.base/jdk.internal.ref=ALL-UNNAMED \
  -Dlogback.configurationFile="$here/src/test/resources/simulator-logback.xml" \
  -cp "$here/target/test-classes:$here/target/classes:$(<"$classpath")" dev.outrigger.agent.storage.chronicle.PowerCut "$@"

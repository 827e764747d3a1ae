#!/usr/bin/env bash
# Runs simulated clusters, each from one seed, on all cores; what goes wrong is told with the line that replays it.
#   agent/simulate.sh [--seeds N | --seconds N] [--first S]   many seeds (1000 from 1)
#   agent/simulate.sh --seed S [--trace | --min]              one seed; every event of it, or the least that still fails
#   agent/simulate.sh --seed S --without LOSS --skip 3,8-12   a reduction of it, as --min prints it (also --clients N ...)
#   agent/simulate.sh --mutants                               known mistakes, each until it is found
# The last line is a summary in JSON; exit 0 only when nothing failed (and every mutant that must be was caught).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[[ ${1-} != -h && ${1-} != --help ]] || { sed -n '2,7s/^# //p' "$0" && exit 0; }

classpath=$here/target/simulate.classpath
mvn -q -B -f "$here/../pom.xml" -pl agent test-compile dependency:build-classpath \
  -Dmdep.outputFile="$classpath" -Dmdep.includeScope=test >&2
exec java -XX:+UseParallelGC -Dlogback.configurationFile="$here/src/test/resources/simulator-logback.xml" -Dagent.sources="$here/src" \
  -cp "$here/target/test-classes:$here/target/classes:$(<"$classpath")" dev.outrigger.agent.simulator.Simulate "$@"

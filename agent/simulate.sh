#!/bin/sh
# Runs seeds of the cluster simulator on all cores: agent/simulate.sh --seeds 1000. Options: see Simulate.java.
# Compiles first; SIMULATE_COMPILED=1 takes what is compiled already.
set -eu
cd "$(dirname "$0")/.."
classpath=agent/target/simulate.classpath
if [ "${SIMULATE_COMPILED:-}" != 1 ] || [ ! -f "$classpath" ]; then
    mvn -q -B -pl agent test-compile dependency:build-classpath \
        -DincludeScope=test -Dmdep.outputFile=target/simulate.classpath >&2
fi
exec java -XX:+UseParallelGC -Xmx"${SIMULATE_HEAP:-1g}" \
    -cp "agent/target/test-classes:agent/target/classes:$(cat "$classpath")" \
    dev.outrigger.agent.simulator.Simulate "$@"

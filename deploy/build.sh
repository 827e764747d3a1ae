#!/usr/bin/env bash
# Builds the jars that are missing or older than their sources. Tests are left to "mvn verify".
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

modules=(agent sdk-java/examples)
jars=(agent/target/outrigger.jar sdk-java/examples/target/outrigger-examples.jar)
sources=(pom.xml agent/pom.xml agent/src sdk-java/pom.xml sdk-java/src sdk-java/examples/pom.xml sdk-java/examples/src)
if [[ ${1-} == --load ]]; then
  modules+=(deploy)
  jars+=(deploy/target/classes/dev/outrigger/deploy/load/Load.class)
  sources+=(deploy/pom.xml deploy/src/main)
fi

for jar in "${jars[@]}"; do
  if [[ ! -e $jar || -n $(find "${sources[@]}" -newer "$jar" -print -quit) ]]; then
    echo "building (mvn package, without tests) ..."
    exec mvn -q -B -Dmaven.test.skip=true -pl "$(IFS=,; echo "${modules[*]}")" -am package </dev/null
  fi
done

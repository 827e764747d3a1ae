#!/usr/bin/env bash
# Appends one marker after the other to the kv key "journal" through one agent, until the file STOP exists.
#   deploy/demo-load.sh NAME CLIENT-API-URL LEDGER STOP
# The ledger gets one line for each: "ack MARKER LENGTH", "none MARKER" (certainly not executed) or "unknown MARKER".
set -uo pipefail
name=$1 api=$2 ledger=$3 stop=$4

for ((n = 0; ; n++)); do
  [[ ! -e $stop ]] || exit 0
  marker=$(printf '%s%07d;' "$name" "$n")
  command='{"op":"append","key":"journal","value":"'$marker'"}'
  answer=$(curl -sS --max-time 10 -w '\n%{http_code}' --data-binary "$command" "$api/v1/commands" 2>/dev/null)
  case $?,$answer in
    0,*200) echo "ack $marker $(grep -o '"length" *: *[0-9]*' <<<"$answer" | grep -o '[0-9]*$')" ;;
    7,* | 0,*'"outcome":"none"'*) echo "none $marker" && sleep 0.1 ;; # 7: could not connect
    *) echo "unknown $marker" && sleep 0.1 ;;
  esac >>"$ledger"
done

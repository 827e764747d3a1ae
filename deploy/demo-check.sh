# The scripted scenario behind "demo.sh --check"; sourced by it. One line per step, exit 0 or 1.
# shellcheck shell=bash disable=SC2154 # the variables are demo.sh's

marker_length=9 # as demo-load.sh writes them: a name, seven digits, a semicolon

step() { printf 'ok   %5ss  %s\n' "$((SECONDS - started))" "$1"; }
fail() {
  show_logs
  printf 'FAIL %5ss  %s\n' "$((SECONDS - started))" "$1"
  exit 1
}
expect() { # WANTED GOT WHAT
  [[ $2 == "$1" ]] || fail "$3: expected $1, got $2"
}

others() { for name in "${names[@]}"; do [[ $name == "$1" ]] || echo "$name"; done; } # NAME
acknowledged() { grep -c '^ack' "$work/$1/ledger" || true; }        # NAME
acknowledges_past() { (($(acknowledged "$1") > $2)); }                # NAME COUNT
leader_is_not() { local now && now=$(leader) && [[ $now != "$1" ]]; } # NAME

# Each of these instances acknowledges 20 commands more than it has until now.
commands_go_on() { # NAME...
  local name before=()
  for name in "$@"; do before+=("$(acknowledged "$name")"); done
  for name in "$@"; do
    within 60 acknowledges_past "$name" $((before[0] + 20)) || fail "no more commands go through $name"
    before=("${before[@]:1}")
  done
}

check_formation() {
  start_all
  within 120 all_ready || fail "not every member became ready within 120 s"
  within 30 leader >"$work/leader" || fail "no leader"
  step "$agents agents and $agents applications run; the leader is $(<"$work/leader")"
}

check_follower_answers() {
  local follower
  follower=$(others "$(leader)" | head -1)
  expect '{"previous":null}' "$(submit "$follower" '{"op":"put","key":"k","value":"1"}')" "put"
  expect '{"previous":"1"}' "$(submit "$follower" '{"op":"put","key":"k","value":"2"}')" "put again"
  expect '{"swapped":true}' "$(submit "$follower" '{"op":"cas","key":"k","expect":"2","value":"3"}')" "cas"
  expect '{"actual":"3"}' "$(submit "$follower" '{"op":"cas","key":"k","expect":"2","value":"4"}')" "refused cas"
  expect '{"value":"3"}' "$(query "$follower" '{"op":"get","key":"k"}' local)" "local read of its own write"
  for name in "${names[@]}"; do
    expect '{"value":"3"}' "$(query "$name" '{"op":"get","key":"k"}')" "linearizable read on $name"
  done
  step "commands through the agent of follower $follower are answered by its own application"
}

start_load() {
  local name
  for name in "${names[@]}"; do
    : >"$work/$name/ledger"
    in_group "$here/demo-load.sh" "$name" "$(url "$name" api)" "$work/$name/ledger" "$work/stop"
  done
  commands_go_on "${names[@]}"
  step "load runs through every agent"
}

check_loss_of_leader() {
  local old victim started_at=$SECONDS rest
  old=$(leader) && victim=$(pid "$old" agent)
  kill9 "$old" agent
  mapfile -t rest < <(others "$old")
  commands_go_on "${rest[@]}"
  within 30 leader_is_not "$old" || fail "no new leader after the death of $old"
  step "kill -9 of the leader's agent ($old, pid $victim): commands went on within $((SECONDS - started_at)) s, leader is $(leader)"
  start "$old" agent
  within 120 ready "$old" || fail "agent $old did not become ready after its restart"
  commands_go_on "${names[@]}"
  step "agent $old is back and has caught up"
}

check_loss_of_application() {
  local victim rest
  victim=$(others "$(leader)" | tail -1)
  kill9 "$victim" app
  mapfile -t rest < <(others "$victim")
  commands_go_on "${rest[@]}"
  step "kill -9 of the application of $victim: commands go on through the others"
  start "$victim" app
  within 120 ready "$victim" || fail "the application of $victim did not catch up after its restart"
  commands_go_on "${names[@]}"
  step "the application of $victim is back and has been given every command again"
}

stop_load() {
  touch "$work/stop"
  wait "${groups[@]:1}"
}

# Every application has applied all that was committed, and all have the same state.
same_state() {
  local name digests=()
  for name in "${names[@]}"; do fetch -o /dev/null "$(url "$name" api)/v1/barrier" || return 1; done
  for name in "${names[@]}"; do digests+=("$(query "$name" '{"op":"digest"}' local)") || return 1; done
  printf '%s\n' "${digests[@]}" | sort -u >"$work/digests"
  [[ $(wc -l <"$work/digests") == 1 ]] && grep -q '"sha256" *: *"[0-9a-f]' "$work/digests"
}

check_same_state() {
  within 60 same_state || fail "the applications differ: $(tr '\n' ' ' <"$work/digests")"
  step "all applications have the same state: $(<"$work/digests")"
}

ledger() { cat "$work"/*/ledger | sed -n "s/^$1 //p"; } # ack|none|unknown
markers() { cut -d' ' -f1 | sort; }
count() { printf ' %s' "$(ledger "$1" | wc -l)"; }

# What was acknowledged stands where it was acknowledged, once; what certainly failed is not there.
check_ledger() {
  local journal marker length
  journal=$(query "${names[0]}" '{"op":"get","key":"journal"}' local | sed 's/.*"value" *: *"\([^"]*\)".*/\1/')
  fold -w $marker_length <<<"$journal" | sort >"$work/there"
  expect '' "$(uniq -d "$work/there")" "commands that took effect twice"
  expect '' "$(ledger ack | markers | comm -23 - "$work/there")" "acknowledged commands that are missing"
  expect '' "$(ledger none | markers | comm -12 - "$work/there")" "commands that took effect though reported as not executed"
  while read -r marker length; do
    expect "$marker" "${journal:length-marker_length:marker_length}" "the command acknowledged at length $length"
  done < <(ledger ack)
  step "every acknowledged command is there, once, as acknowledged:$(count ack) acknowledged,$(count unknown) of unknown outcome,$(count none) not executed"
}

check() {
  local LC_ALL=C started=$SECONDS
  check_formation
  check_follower_answers
  start_load
  check_loss_of_leader
  check_loss_of_application
  stop_load
  check_same_state
  check_ledger
  echo "check passed in $((SECONDS - started)) s"
}

#!/usr/bin/env bash
# Starts an Outrigger cluster on loopback, an example application beside each agent, every one a process of its own.
#
#   deploy/demo.sh [--app kv|lightbulb] [--agents N] [--keep DIR] [--check]
#
# Runs until Ctrl-C and leaves nothing behind. --keep puts data and logs into DIR and leaves them there.
# --check runs a scripted scenario (kill -9 under load, restart, equal state everywhere) and exits 0 or 1.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
agent_jar=$here/../agent/target/outrigger.jar
examples_jar=$here/../sdk-java/examples/target/outrigger-examples.jar
app=kv agents=3 keep='' check=''

usage() {
  sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
  echo "demo.sh: $1" >&2
  exit 2
}

while (($#)); do
  case $1 in
    --app) app=${2-}; shift 2 || usage "--app needs a name" ;;
    --agents) agents=${2-}; shift 2 || usage "--agents needs a number" ;;
    --keep) keep=${2-}; shift 2 || usage "--keep needs a directory" ;;
    --check) check=yes; shift ;;
    *) usage "unknown argument: $1" ;;
  esac
done
[[ $app == kv || $app == lightbulb ]] || usage "no such application: $app"
[[ $agents =~ ^[1-9]$ ]] || usage "--agents takes 1 to 9"
[[ -z $keep || ! -d $keep || -z $(ls -A "$keep") ]] || usage "--keep takes a new or empty directory"
[[ -z $check || ($app == kv && $agents -ge 3) ]] || usage "--check takes kv and at least 3 agents"

# ---- Nothing stays behind --------------------------------------------------------------------------------------------

work=''
groups=() # process groups of ours, other than agents and applications

cleanup() {
  trap '' INT TERM HUP
  for group in "${groups[@]}"; do kill -KILL -- "-$group" 2>/dev/null || true; done
  if [[ -n $work ]]; then
    for file in "$work"/*/*.pid; do kill -KILL "$(<"$file")" 2>/dev/null || true; done
    [[ -n $keep ]] || rm -rf "$work"
  fi
}
trap cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# Even a kill -9 of this script takes its children along.
tether=(setsid)
if setpriv --pdeathsig KILL true 2>/dev/null; then tether+=(setpriv --pdeathsig KILL); fi

# In the background, so that a signal is handled at once; in its own process group, so that cleanup finds all of it.
in_group() {
  "${tether[@]}" "$@" &
  groups+=($!)
}

# ---- Instances: a name, five ports, an agent and an application ------------------------------------------------------

names=(a b c d e f g h i)
names=("${names[@]:0:agents}")
base_port=0

position() { local letters=abcdefghi before; before=${letters%%"$1"*}; echo "${#before}"; }
port() { # NAME app|api|peer|ops|web
  local kinds=(app api peer ops web) i
  for i in "${!kinds[@]}"; do [[ ${kinds[i]} != "$2" ]] || echo $((base_port + 10 * $(position "$1") + i)); done
}
url() { echo "http://127.0.0.1:$(port "$1" "$2")"; }
pid() { cat "$work/$1/$2.pid"; }
taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Below the range that the kernel gives to outgoing connections, which could take a port while its agent is down.
choose_ports() {
  local tries candidate
  for tries in {1..50}; do
    base_port=$((20000 + RANDOM % 120 * 100))
    for ((candidate = base_port; candidate < base_port + 10 * agents; candidate++)); do
      if taken "$candidate"; then continue 2; fi
    done
    return
  done
  echo "demo.sh: no free ports after $tries tries" >&2
  exit 1
}

# What starts one process, as a file, so that one that was killed can be started again by hand.
write_start() { # FILE COMMAND...
  local file=$1
  shift
  # shellcheck disable=SC2016 # the started shell's own pid is meant
  printf '#!/usr/bin/env bash\necho $$ >%q.pid\nexec %s>>%q.log 2>&1 </dev/null\n' "$file" "$(printf '%q ' "$@")" "$file" >"$file"
}

prepare() { # NAME
  local members='' name web=()
  for name in "${names[@]}"; do members+=,$name=127.0.0.1:$(port "$name" peer); done
  mkdir -p "$work/$1/data"
  write_start "$work/$1/agent" java -jar "$agent_jar" agent --cluster demo --node "$1" --members "${members#,}" \
    --data "$work/$1/data" --app "$(url "$1" app)" --api "127.0.0.1:$(port "$1" api)" \
    --peer "127.0.0.1:$(port "$1" peer)" --ops "127.0.0.1:$(port "$1" ops)"
  if [[ $app == lightbulb ]]; then web=(--web-port "$(port "$1" web)"); fi
  write_start "$work/$1/app" java -jar "$examples_jar" "$app" --port "$(port "$1" app)" --agent "$(url "$1" api)" "${web[@]}"
}

start() { # NAME agent|app
  "${tether[@]}" bash "$work/$1/$2" &
  echo $! >"$work/$1/$2.pid"
  disown # or bash would report its death
}

kill9() { # NAME agent|app
  kill -KILL "$(pid "$1" "$2")"
}

# ---- Asking ----------------------------------------------------------------------------------------------------------

within() { # SECONDS COMMAND...: until it succeeds
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < deadline)) || return 1
    sleep 0.1
  done
}
fetch() { curl -sS --fail --max-time 10 "$@" 2>/dev/null; }
submit() { curl -sS --max-time 10 --data-binary "$2" "$(url "$1" api)/v1/commands"; }           # NAME COMMAND
query() { fetch --data-binary "$2" "$(url "$1" api)/v1/queries?consistency=${3-linearizable}"; } # NAME QUERY [CONSISTENCY]
ready() { fetch -o /dev/null "$(url "$1" ops)/readyz"; }                                         # NAME
all_ready() { local name; for name in "${names[@]}"; do ready "$name" || return 1; done; }
leader() { # the one that says so itself
  local name
  for name in "${names[@]}"; do
    if fetch "$(url "$name" ops)/status" | grep -q '"role" *: *"leader"'; then echo "$name" && return; fi
  done
  return 1
}

show_logs() {
  local log
  for log in "$work"/*/*.log; do printf -- '---- %s\n' "$log" && tail -n 15 "$log"; done >&2
}

# ---- The demonstration -----------------------------------------------------------------------------------------------

start_all() {
  local name
  for name in "${names[@]}"; do prepare "$name"; done
  for name in "${names[@]}"; do start "$name" agent && start "$name" app; done
}

print_table() {
  local name bulb
  printf '\n%-5s %-10s %-8s %-24s %-24s %s\n' name 'agent pid' 'app pid' 'client API' 'status page' \
    "$([[ $app == kv ]] || echo 'bulb page')"
  for name in "${names[@]}"; do
    bulb=''
    if [[ $app == lightbulb ]]; then bulb=$(url "$name" web)/; fi
    printf '%-5s %-10s %-8s %-24s %-24s %s\n' "$name" "$(pid "$name" agent)" "$(pid "$name" app)" \
      "$(url "$name" api)" "$(url "$name" ops)/" "$bulb"
  done
}

show_command() { printf '%s  %s  ->  %s\n' "$1" "$2" "$(submit "$1" "$2")"; } # NAME COMMAND

demonstrate() {
  local name
  echo "commands, each to another agent, each answered by the application beside it:"
  for name in "${names[@]}"; do
    case $app in
      kv) show_command "$name" '{"op":"put","key":"greeting","value":"hello from '"$name"'"}' ;;
      lightbulb) show_command "$name" '{"op":"toggle"}' ;;
    esac
  done
  print_table
  printf '\nThe leader is %s. Data and logs: %s\n' "$(leader)" "$work"
  printf 'Try: kill -9 %s        start it again: bash %s &\n' "$(pid a agent)" "$work/a/agent"
  printf 'Ctrl-C stops everything.\n'
  in_group sleep infinity
  wait $!
}

unset "${!OUTRIGGER_@}" # settings of somebody else's agent
in_group "$here/build.sh"
wait $! || { echo "demo.sh: the build failed" >&2 && exit 1; }
work=${keep:-$(mktemp -d "${TMPDIR:-/tmp}/outrigger-demo.XXXXXX")}
mkdir -p "$work" && work=$(cd "$work" && pwd)
choose_ports

if [[ -n $check ]]; then
  # shellcheck source=deploy/demo-check.sh
  source "$here/demo-check.sh"
  check
else
  echo "starting $agents agents and $agents applications ($app) ..."
  start_all
  within 120 all_ready || { show_logs && echo "demo.sh: not every member became ready within 120 s" >&2 && exit 1; }
  demonstrate
fi

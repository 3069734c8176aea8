# shellcheck shell=bash disable=SC2154  # sourced together: one room sets what another reads
# Starting, awaiting and ending what the demo runs; nothing of it outlives the demo. To be sourced.

declare -A process_ids=()  # by name; NAME's output is in $work/NAME.log

# in_place PLACE COMMAND...: runs it in the network namespace of that place.
# Not `ip netns exec`: that remounts /sys, and bpffs and cgroup2 vanish inside.
in_place() {
  nsenter --net="/run/netns/rpdemo-$1" -- "${@:2}" 9>&-  # 9 is the lock: a child must not keep it
}

# start NAME PLACE COMMAND...: runs it there in the background.
start() {
  local name=$1 place=$2
  # exec: the process id is the program's own.
  (exec nsenter --net="/run/netns/rpdemo-$place" -- "${@:3}" 9>&-) </dev/null >"$work/$name.log" 2>&1 &
  process_ids[$name]=$!
}

is_running() { kill -0 "${process_ids[$1]}" 2>/dev/null; }
has_ended() { ! is_running "$1"; }

# stop NAME: asks it to end, and waits until it has.
stop() {
  kill -TERM "${process_ids[$1]}" 2>/dev/null || return 0
  wait_for 15 "$1 to end" has_ended "$1"
}

# wait_for SECONDS WHAT COMMAND...: until the command succeeds; fails, and says for what it waited, after SECONDS.
wait_for() {
  local deadline=$((SECONDS + $1)) what=$2
  until "${@:3}" >/dev/null 2>&1; do
    if ((SECONDS > deadline)); then
      fail "waited $1 s in vain for $what"
      return 1
    fi
    sleep 0.05
  done
}

# start_listening NAME PLACE ADDRESS:PORT COMMAND...: starts it, and waits until it listens there.
start_listening() {
  local name=$1 place=$2 address=$3
  start "$name" "$place" "${@:4}"
  wait_for 30 "$name to listen on $address" ended_or_listens "$name" "$place" "$address"
  is_running "$name" || { fail "$name ended before it listened on $address"; return 1; }
}

ended_or_listens() {
  has_ended "$1" || in_place "$2" ss -Hltn src "$3" | grep -q LISTEN
}

# Ends every process in the demo's namespaces, whoever started it: this run, or an earlier one that was killed.
end_processes() {
  local signal
  for signal in TERM KILL; do
    # shellcheck disable=SC2046  # one process id a word
    [ -z "$(processes_inside)" ] || kill -"$signal" $(processes_inside) 2>/dev/null || true
    if wait_until_empty; then return 0; fi
  done
  fail "still running: $(processes_inside | tr '\n' ' ')"
}

processes_inside() {
  local place
  for place in "${places[@]}"; do
    [ ! -e "/run/netns/rpdemo-$place" ] || ip netns pids "rpdemo-$place"
  done
}

wait_until_empty() {
  local round
  for ((round = 0; round < 100; round++)); do
    [ -n "$(processes_inside)" ] || return 0
    sleep 0.05
  done
  return 1
}

# What the programs said last; for a failed run, whose files are about to go.
show_logs() {
  local log said
  for log in "$work"/*.log "$work"/*-access.json; do
    said=$(grep -v '^[┌│└]' "$log" 2>/dev/null | tail -n 8)  # without the banner of wireguard-go
    [ -z "$said" ] || printf -- '--- %s\n%s\n' "$(basename "$log")" "$said"
  done >&2
}

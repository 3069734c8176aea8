# shellcheck shell=bash disable=SC2154,SC2034  # sourced together: one room sets what another reads
# Two backends that know nothing of the PROXY protocol, as Debian ships them: OpenSSH and PostgreSQL. They see the client
# because the kernel tells them (identity: peername). To be sourced.

openssh_port=2222  # of the edge and of production; the servers listen on their usual ports
postgres_port=5432

start_unaware_backends() {
  mkdir -p "$work/sshd"
  ssh-keygen -q -t ed25519 -N "" -f "$work/sshd/host_key"
  cat >"$work/sshd/sshd_config" <<SSHD
ListenAddress $unaware_address
Port 22
HostKey $work/sshd/host_key
PidFile none
LogLevel VERBOSE
UseDNS no
UsePAM no
PasswordAuthentication yes
SSHD
  mkdir -p /run/sshd
  start_listening sshd backends "$unaware_address:22" /usr/sbin/sshd -D -e -f "$work/sshd/sshd_config"

  mkdir -p "$work/postgres"
  chown postgres "$work/postgres"
  postgres_bin=$(dirname "$(find /usr/lib/postgresql -path '*/bin/initdb' | sort -V | tail -n 1)")
  as_postgres "$postgres_bin/initdb" --pgdata="$work/postgres/data" --auth=trust --no-sync --locale=C --encoding=UTF8 \
    >"$work/initdb.log" 2>&1
  # Who may log in is decided by the address: the client's network, and nobody else.
  printf '%s\n' "host all visitor 203.0.113.0/24 trust" "local all postgres trust" >"$work/postgres/hba"
  start postgres backends setpriv --reuid=postgres --regid=postgres --clear-groups "$postgres_bin/postgres" \
    -D "$work/postgres/data" -c listen_addresses="$unaware_address" -c port=$postgres_port -c hba_file="$work/postgres/hba" \
    -c unix_socket_directories="$work/postgres" -c fsync=off
  wait_for 30 "PostgreSQL to be ready" in_place backends "$postgres_bin/pg_isready" -q -h "$unaware_address"
  as_postgres "$postgres_bin/createuser" -h "$work/postgres" visitor
}

as_postgres() { setpriv --reuid=postgres --regid=postgres --clear-groups -- "$@" </dev/null; }

# visit_unaware_backends RUN: leaves in $work/openssh-RUN.json and postgres-RUN.json whom each took the visitor for.
visit_unaware_backends() {
  local said before
  before=$(failed_logins)
  try_to_log_in || true
  wait_for 10 "OpenSSH to note the visitor" more_failed_logins_than "$before"
  said=$(grep 'Failed password' "$work/sshd.log" | tail -n 1 | tr -d '\r"\\')
  write_answer openssh "$1" "$(sed -n 's/.* from \([^ ]*\) port.*/\1/p' <<<"$said")" "$said"

  said=$(ask_postgres 2>&1 | tr -d '\r"\\') || true
  write_answer postgres "$1" \
    "$(sed -n 's/.*no pg_hba.conf entry for host \([^,]*\),.*/\1/p; t; s/^\([0-9.]*\)$/\1/p' <<<"$said")" "$said"
}

# write_answer BACKEND RUN ADDRESS WORDS
write_answer() {
  printf '{"client": "%s", "said": "%s"}\n' "$3" "$(tr '\n' ' ' <<<"$4")" >"$work/$1-$2.json"
}

failed_logins() { grep -c 'Failed password' "$work/sshd.log" || true; }
more_failed_logins_than() { [ "$(failed_logins)" -gt "$1" ]; }

# With a password that is wrong: it is the attempt that is logged.
try_to_log_in() {
  in_place client timeout 30 env SSH_ASKPASS=/bin/echo SSH_ASKPASS_REQUIRE=force ssh -F none -o StrictHostKeyChecking=no \
    -o UserKnownHostsFile=/dev/null -o PreferredAuthentications=password -o NumberOfPasswordPrompts=1 -o LogLevel=ERROR \
    -p $openssh_port "visitor@$edge_address" true 2>/dev/null
}

ask_postgres() {
  in_place client "$postgres_bin/psql" --no-psqlrc --no-align --tuples-only \
    --command="SELECT host(client_addr) FROM pg_stat_activity WHERE pid = pg_backend_pid()" \
    "host=$edge_address port=$postgres_port user=visitor dbname=postgres sslmode=disable connect_timeout=10"
}

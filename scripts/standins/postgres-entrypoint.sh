#!/bin/bash
# Does what the official image's entry point is used for here: on an empty volume it makes the
# cluster, the user and the database and runs /docker-entrypoint-initdb.d once; then it becomes
# Postgres. While it prepares, Postgres listens on its local socket only, so that a check over TCP
# says 'ready' when it is.
set -euo pipefail

if [ "${1:-postgres}" != postgres ] && [ "${1:0:1}" != - ]; then
  exec "$@"
fi
if [ "${1:0:1}" = - ]; then
  set -- postgres "$@"
fi

if [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA" /var/run/postgresql
  chmod 0700 "$PGDATA"
  chmod 2775 /var/run/postgresql
  find "$PGDATA" /var/run/postgresql \! -user postgres -exec chown postgres:postgres '{}' +
  exec setpriv --reuid=postgres --regid=postgres --init-groups -- "$0" "$@"
fi

# NAME, or the content of the file that NAME_FILE points at, or the default.
setting() {
  local file_variable="$1_FILE"
  if [ -n "${!file_variable:-}" ]; then
    cat -- "${!file_variable}"
  else
    printf '%s' "${!1:-$2}"
  fi
}

local_psql() {
  psql --host=/var/run/postgresql --username="$user" --no-password --no-psqlrc \
    --set=ON_ERROR_STOP=1 --quiet "$@"
}

run_init_files() {
  local file
  for file in /docker-entrypoint-initdb.d/*; do
    case "$file" in
      *.sql) echo "running $file"; local_psql --dbname="$database" --file="$file" ;;
      *.sql.gz) echo "running $file"; gunzip -c "$file" | local_psql --dbname="$database" ;;
      *.sh) echo "running $file"; bash "$file" ;;
      *) if [ -e "$file" ]; then echo "left alone: $file"; fi ;;
    esac
  done
}

initialise() {
  user="$(setting POSTGRES_USER postgres)"
  password="$(setting POSTGRES_PASSWORD '')"
  database="$(setting POSTGRES_DB "$user")"
  local method="${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}"
  if [ -z "$password" ] && [ "$method" != trust ]; then
    echo 'The database has no password yet. Set POSTGRES_PASSWORD to one that is not empty.' >&2
    exit 1
  fi

  local arguments=(--username="$user" --auth-local=trust --auth-host="$method" --encoding=UTF8)
  # shellcheck disable=SC2206 # several arguments in one variable, as in the official image
  arguments+=(${POSTGRES_INITDB_ARGS:-})
  if [ -n "$password" ]; then
    initdb "${arguments[@]}" --pwfile=<(printf '%s\n' "$password")
  else
    initdb "${arguments[@]}"
  fi
  printf '\nhost all all all %s\n' "$method" >> "$PGDATA/pg_hba.conf"

  pg_ctl --pgdata="$PGDATA" --wait --options="-c listen_addresses=''" start
  if [ "$database" != postgres ]; then
    local_psql --dbname=postgres --set=name="$database" <<< 'CREATE DATABASE :"name";'
  fi
  run_init_files
  pg_ctl --pgdata="$PGDATA" --mode=fast --wait stop
}

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  initialise
fi
# What follows needs no secret.
unset POSTGRES_PASSWORD PGPASSWORD
exec "$@"

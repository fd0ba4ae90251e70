#!/bin/bash
# Does what the official image's entry point is used for here: on an empty volume it makes the data folder, the accounts
# and the database and runs /docker-entrypoint-initdb.d once; then it becomes MariaDB. While it prepares, MariaDB listens
# on its local socket only.
set -euo pipefail

if [ "${1:-mariadbd}" != mariadbd ] && [ "${1:0:1}" != - ]; then
  exec "$@"
fi
if [ "${1:0:1}" = - ]; then
  set -- mariadbd "$@"
fi

data=/var/lib/mysql
if [ "$(id -u)" = 0 ]; then
  mkdir -p "$data" /run/mysqld
  find "$data" /run/mysqld \! -user mysql -exec chown mysql:mysql '{}' +
  exec setpriv --reuid=mysql --regid=mysql --init-groups -- "$0" "$@"
fi

# MARIADB_NAME or MYSQL_NAME, or the content of the file that one of them with _FILE points at.
setting() {
  local variable file
  for variable in "MARIADB_$1" "MYSQL_$1"; do
    file="${variable}_FILE"
    if [ -n "${!file:-}" ]; then
      cat -- "${!file}"
      return
    elif [ -n "${!variable:-}" ]; then
      printf '%s' "${!variable}"
      return
    fi
  done
}

# A text as a literal of SQL.
literal() {
  local text="${1//\\/\\\\}"
  printf "'%s'" "${text//\'/\'\'}"
}

local_client() {
  MYSQL_PWD="$password" mariadb --user=root --default-character-set=utf8mb4 "$@"
}

run_init_files() {
  local file
  for file in /docker-entrypoint-initdb.d/*; do
    case "$file" in
      *.sql) echo "running $file"; local_client ${database:+"$database"} < "$file" ;;
      *.sql.gz) echo "running $file"; gunzip -c "$file" | local_client ${database:+"$database"} ;;
      *.sh) echo "running $file"; bash "$file" ;;
      *) if [ -e "$file" ]; then echo "left alone: $file"; fi ;;
    esac
  done
}

accounts() {
  local user host
  host="$(literal "$(setting ROOT_HOST)")"
  [ "$host" != "''" ] || host="'%'"
  echo "ALTER USER root@localhost IDENTIFIED BY $(literal "$root_password");"
  [ "$host" = "'localhost'" ] || cat << SQL
CREATE USER root@$host IDENTIFIED BY $(literal "$root_password");
GRANT ALL ON *.* TO root@$host WITH GRANT OPTION;
SQL
  [ -z "$database" ] || echo "CREATE DATABASE IF NOT EXISTS \`$database\`;"
  user="$(setting USER)"
  if [ -n "$user" ]; then
    echo "CREATE USER $(literal "$user")@'%' IDENTIFIED BY $(literal "$(setting PASSWORD)");"
    [ -z "$database" ] || echo "GRANT ALL ON \`${database//_/\\_}\`.* TO $(literal "$user")@'%';"
  fi
}

initialise() {
  root_password="$(setting ROOT_PASSWORD)"
  database="$(setting DATABASE)"
  if [ -z "$root_password" ] && [ -z "$(setting ALLOW_EMPTY_ROOT_PASSWORD)$(setting ALLOW_EMPTY_PASSWORD)" ]; then
    echo 'The database has no password for root yet. Set MARIADB_ROOT_PASSWORD.' >&2
    exit 1
  fi
  mariadb-install-db --datadir="$data" --auth-root-authentication-method=normal \
    --skip-test-db --cross-bootstrap > /dev/null
  mariadbd "${@:2}" --skip-networking &
  password=''
  until local_client --execute='SELECT 1' > /dev/null 2>&1; do
    kill -0 $! 2> /dev/null || exit 1
    sleep 0.1
  done
  accounts | local_client
  password="$root_password"
  run_init_files
  MYSQL_PWD="$password" mariadb-admin --user=root shutdown
  wait $!
}

if [ ! -d "$data/mysql" ]; then
  initialise "$@"
fi
exec "$@"

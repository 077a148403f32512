# Runs a throw-away PostgreSQL server for as long as somebody holds our standard input open.
#
#   sh installed.sh BIN_DIRECTORY RUN_DIRECTORY PORT...        (PASSWORD in the environment)
#
# Answers "ready PORT" or "failed", a line each on standard output; what went wrong stands in
# RUN_DIRECTORY/log, which is handed over before the directory goes. The test process cannot tidy up
# after itself when it is killed, so it is this script that stops the server: the end of the test
# process, however it comes, closes the pipe that `read` waits on.

bin=$1 run=$2
shift 2
# PIPE: when nobody is left to hear "ready", there is still a server to stop.
trap '' HUP INT TERM PIPE
umask 077
# What comes as standard error is the lock that keeps others from sweeping RUN_DIRECTORY away. We hold it
# until we have tidied up; the server does not (3>&-), or nobody could sweep after us.
exec 3>&2 2>>"$run/log"

start() {
    printf '%s' "$PASSWORD" >"$run/password"
    "$bin/initdb" --pgdata="$run/data" --username=huiyin --pwfile="$run/password" \
        --auth=scram-sha-256 --encoding=UTF8 --no-locale >>"$run/log" || return 1
    rm "$run/password"
    for port in "$@"; do
        if "$bin/pg_ctl" start --silent --wait --pgdata="$run/data" --log="$run/log" --options="-p $port \
            -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=200" \
            >>"$run/log" 3>&-; then
            echo "ready $port"
            return 0
        fi
    done
    return 1
}

if start "$@"; then
    read -r _
    "$bin/pg_ctl" stop --silent --wait --mode=immediate --pgdata="$run/data" >>"$run/log"
else
    echo failed
    cat "$run/log"
fi
rm -rf "$run"

# Runs a PostgreSQL server for as long as somebody holds our standard input open.
#
#   sh server.sh BIN_DIRECTORY RUN_DIRECTORY PORT
#
# What RUN_DIRECTORY/data holds already is used again. Answers "ready" or "failed"; what went wrong stands in
# RUN_DIRECTORY/start.log. It is this script that stops the server: the end of the benchmark, however it comes,
# closes the pipe that `read` waits on.

bin=$1 run=$2 port=$3
trap '' HUP INT TERM PIPE
umask 077
exec 2>>"$run/start.log"

start() {
    if [ ! -e "$run/data/PG_VERSION" ]; then
        "$bin/initdb" --pgdata="$run/data" --username=huiyin --auth-local=trust --auth-host=reject \
            --encoding=UTF8 --no-locale >>"$run/start.log" || return 1
        echo "include_if_exists = '$run/bench.conf'" >>"$run/data/postgresql.conf"
    fi
    "$bin/pg_ctl" start --silent --wait --timeout=600 --pgdata="$run/data" --log="$run/start.log" \
        --options="-p $port -k $run" >>"$run/start.log"
}

if start; then
    echo ready
    read -r _
    "$bin/pg_ctl" stop --silent --wait --timeout=600 --mode=fast --pgdata="$run/data" >>"$run/start.log"
else
    echo failed
fi

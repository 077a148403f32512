# Runs the `postgres` service of docker-compose.yml for as long as somebody holds our standard input open.
#
#   sh compose.sh DOCKER_COMPOSE_YML PROJECT PORT              (HUIYIN_POSTGRES_PASSWORD in the environment)
#
# Answers "ready PORT" or "failed" and the reason, on standard output. The containers are a project of
# their own, so that they neither meet a server somebody started by hand nor outlive the tests.

file=$1 project=$2
export HUIYIN_POSTGRES_PORT=$3
trap '' HUP INT TERM PIPE

for compose in 'docker compose' 'podman compose' docker-compose; do
    # Unquoted on purpose: a program and its first word.
    if $compose version >/dev/null 2>&1; then
        if said=$($compose --file "$file" --project-name "$project" up --detach --wait postgres 2>&1); then
            echo "ready $HUIYIN_POSTGRES_PORT"
            read -r _
        else
            echo failed
            echo "$compose: $said"
        fi
        $compose --file "$file" --project-name "$project" down --volumes >/dev/null 2>&1
        exit
    fi
done
echo failed
echo 'neither "docker compose" nor "podman compose" nor "docker-compose" is here'

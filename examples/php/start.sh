#!/bin/sh
# PHP's own server takes one request at a time unless it is given more processes, and as the first process of a
# container it would not hear SIGTERM.
export PHP_CLI_SERVER_WORKERS=4
php -S "0.0.0.0:${PORT:-8080}" -t public public/index.php &
server=$!
trap 'kill "$server"' TERM
wait "$server"

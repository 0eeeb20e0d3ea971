#!/usr/bin/env bash
# libcurl sends a POST a second time, without a word, when a connection that it uses again ends
# before a byte of the answer: a server that counts (or bills) has two. The application made one
# call, gets one answer, and is told of no error and no retry.
#
# Versions:  curl and libcurl 7.88.1 of Debian 12 (7.88.1-10+deb12u15)
# Guess:     only methods that may be repeated are; a POST fails with "empty reply" (52)
# Seen:      two transfers succeed, the server received three POSTs; on a new connection the same
#            end is error 52
# shellcheck source=findings/support/setup.sh
source "$(dirname "$0")/support/setup.sh"
debian_with curl=7.88.1-10+deb12u15 libcurl4=7.88.1-10+deb12u15
curl() {
  local libraries
  libraries=$scratch/debian/usr/lib/$(gcc -print-multiarch)
  LD_LIBRARY_PATH=$libraries "$scratch/debian/usr/bin/curl" --silent --output "$scratch/answer" "$@"
}
cat > "$scratch/server.py" <<'PY'
"""Answers the first POST of each connection, and closes at the second one, which it has read."""
import socket
import sys

def read_request(stream):
    length = 0
    for line in iter(stream.readline, b"\r\n"):
        if not line:
            return False
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    stream.read(length)
    return True

listener = socket.create_server(("127.0.0.1", 0))
close_first = sys.argv[2] == "first"
print(listener.getsockname()[1], flush=True)
with open(sys.argv[1], "a", buffering=1) as log:
    while True:
        connection, _ = listener.accept()
        with connection, connection.makefile("rb") as stream:
            for answered in (False, True):
                if not read_request(stream):
                    break
                log.write("POST\n")
                if answered or close_first:
                    break
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
PY
# serve FAULT: a server that closes each connection at its first or second request.
serve() {
  : > "$scratch/log"
  : > "$scratch/port"
  python3 "$scratch/server.py" "$scratch/log" "$1" > "$scratch/port" &
  server=$!
  until [ -s "$scratch/port" ]; do sleep 0.01; done
  address=http://127.0.0.1:$(< "$scratch/port")/
}
stop() {
  kill "$server"
  wait "$server" || true
}

serve second
curl --data one "$address" --next --silent --output "$scratch/answer" --data two "$address"
posts=$(wc -l < "$scratch/log")
stop
serve first
fresh=0
curl --data one "$address" || fresh=$?
once=$(wc -l < "$scratch/log")
stop
echo "libcurl 7.88.1: two calls, $posts POSTs, no error; on a new connection $once, error $fresh"
test "$posts" = 3
test "$fresh" = 52
test "$once" = 1

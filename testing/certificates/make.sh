#!/bin/sh
# Makes the certificates of the TLS tests again: an authority, one below it, and a server's, for a hundred years.
# Nothing but tests believes them, and their keys protect nothing.
set -eu
cd "$(dirname "$0")"
new='openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 36500'
ca='basicConstraints=critical,CA:TRUE'
$new -keyout root.key -out root.pem -subj '/CN=Suture tests, authority' -addext "$ca"
$new -CA root.pem -CAkey root.key -keyout middle.key -out middle.pem -subj '/CN=Suture tests, below' -addext "$ca"
$new -CA middle.pem -CAkey middle.key -keyout server.key -out leaf.pem -subj '/CN=suture.example' \
  -addext 'subjectAltName=DNS:suture.example,DNS:localhost,IP:127.0.0.1' -addext 'basicConstraints=critical,CA:FALSE'
cat leaf.pem middle.pem >server.pem
rm root.key middle.key middle.pem leaf.pem

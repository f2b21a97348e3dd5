#!/bin/sh
# service.sh UNIT BINARY: systemd understands the unit and finds it closed enough (exposure at most
# 2.0 of 10).
set -eu
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
sed "s#^ExecStart=[^ ]*#ExecStart=$2#" "$1" >"$here/machiai-cloud.service"
said=$(systemd-analyze verify "$here/machiai-cloud.service" 2>&1) || { echo "$said"; exit 1; }
[ -z "$said" ] || { echo "systemd-analyze verify: $said"; exit 1; }
systemd-analyze security --offline=yes --threshold=20 "$here/machiai-cloud.service" --no-pager

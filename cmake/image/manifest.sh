#!/bin/sh
# manifest.sh CARD IMAGE VERSION [ADDRESS]: what Raspberry Pi Imager shows and checks (its repository format,
# version 4), for the image CARD that is compressed in IMAGE. Imager fetches it from ADDRESS with the file's
# name behind it; without ADDRESS whoever publishes it writes that in front.
set -eu
icon=$(base64 -w 0 "$(dirname "$0")/../../ui/web/images/icon.svg")
cat <<J
{
  "os_list": [
    {
      "name": "Machiai $3",
      "description": "Ticket terminal and monitor of a clinic's waiting room",
      "icon": "data:image/svg+xml;base64,$icon",
      "url": "${4:-}$(basename "$2")",
      "extract_size": $(stat -c %s "$1"),
      "extract_sha256": "$(sha256sum "$1" | cut -d ' ' -f 1)",
      "image_download_size": $(stat -c %s "$2"),
      "image_download_sha256": "$(sha256sum "$2" | cut -d ' ' -f 1)",
      "release_date": "$(date -u -d "@${SOURCE_DATE_EPOCH:-$(date +%s)}" +%Y-%m-%d)",
      "init_format": "none",
      "architecture": "armv8",
      "devices": ["pi3-64bit", "pi4-64bit"]
    }
  ]
}
J

#!/bin/sh
# manifest.sh CARD IMAGE VERSION: what Raspberry Pi Imager shows and checks (its repository format,
# version 4), for the image CARD that is compressed in IMAGE. The address is the file's name: whoever
# publishes it writes his own in front.
set -eu
cat <<J
{
  "os_list": [
    {
      "name": "Machiai $3",
      "description": "Ticket terminal and monitor of a clinic's waiting room",
      "url": "$(basename "$2")",
      "extract_size": $(stat -c %s "$1"),
      "extract_sha256": "$(sha256sum "$1" | cut -d ' ' -f 1)",
      "image_download_size": $(stat -c %s "$2"),
      "image_download_sha256": "$(sha256sum "$2" | cut -d ' ' -f 1)",
      "release_date": "$(date -u -d "@${SOURCE_DATE_EPOCH:-$(date +%s)}" +%Y-%m-%d)",
      "init_format": "none",
      "devices": ["pi3-64bit", "pi4-64bit"]
    }
  ]
}
J

# Every outside library is found here once; targets link the names below.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
foreach(lib IN ITEMS
        "CJSON:libcjson" "SODIUM:libsodium" "SQLITE:sqlite3" "MHD:libmicrohttpd>=0.9.75"
        "GNUTLS:gnutls" "OATH:liboath" "CURL:libcurl" "INIH:inih" "SDL:sdl2" "SDLTTF:SDL2_ttf"
        "JPEG:libjpeg" "PNG:libpng" "VLC:libvlc" "QRENCODE:libqrencode" "OPUSFILE:opusfile"
        "GPIOD:libgpiod<2" "CMOCKA:cmocka")
    string(REPLACE ":" ";" lib "${lib}")
    list(GET lib 0 name)
    list(GET lib 1 module)
    if(name STREQUAL "CMOCKA" AND NOT BUILD_TESTING)
        continue()
    endif()
    pkg_check_modules(${name} REQUIRED IMPORTED_TARGET GLOBAL ${module})
endforeach()
# Debian's libcups2-dev brings cups-config and no .pc file.
find_package(Cups REQUIRED)

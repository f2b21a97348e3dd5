# machiai_embed(TABLE.c FOLDER [HEADER pages_table.h] [DEPENDS ...]): makes TABLE.c, which holds all files of
# FOLDER; HEADER declares what stands in it.
# Runs itself as a script at build time: cmake -DFOLDER=.. -DOUT=.. -DGZIP=.. -P embed.cmake
if(NOT CMAKE_SCRIPT_MODE_FILE)
    find_program(GZIP_PROGRAM gzip REQUIRED)
    set(machiai_embed_script "${CMAKE_CURRENT_LIST_FILE}")
    function(machiai_embed table folder)
        cmake_parse_arguments(ARG "" "HEADER" "DEPENDS" ${ARGN})
        if(NOT ARG_HEADER)
            set(ARG_HEADER pages_table.h)
        endif()
        add_custom_command(OUTPUT "${table}"
            COMMAND "${CMAKE_COMMAND}" "-DFOLDER=${folder}" "-DOUT=${table}" "-DHEADER=${ARG_HEADER}" "-DGZIP=${GZIP_PROGRAM}"
                -P "${machiai_embed_script}"
            DEPENDS "${machiai_embed_script}" ${ARG_DEPENDS}
            COMMENT "Embedding the web pages" VERBATIM)
    endfunction()
    return()
endif()

function(type_of name ret)
    set(types "html=text/html@" "css=text/css@"
        "js=text/javascript@" "json=application/json" "svg=image/svg+xml"
        "png=image/png" "jpg=image/jpeg" "webp=image/webp" "ico=image/x-icon" "woff2=font/woff2"
        "mp3=audio/mpeg" "txt=text/plain@" "webmanifest=application/manifest+json")
    foreach(type IN LISTS types)
        if(type MATCHES "^([a-z0-9]+)=(.*)$")
            set(ending "${CMAKE_MATCH_1}")
            string(REPLACE "@" "; charset=utf-8" value "${CMAKE_MATCH_2}")
            if(name MATCHES "\\.${ending}$")
                set(${ret} "${value}" PARENT_SCOPE)
                return()
            endif()
        endif()
    endforeach()
    message(FATAL_ERROR "${name}: no type is known for this ending; add it to embed.cmake")
endfunction()

set(blobs "")
set(externs "")
set(rows "")
set(number 0)
set(packed "${OUT}.packed")
file(REMOVE_RECURSE "${packed}")
file(MAKE_DIRECTORY "${packed}")

macro(add_blob symbol file)
    string(APPEND blobs "    \".balign 16\\n${symbol}: .incbin \\\"${file}\\\"\\n\"\n")
    string(APPEND externs "extern const unsigned char ${symbol}[];\n")
endmacro()

file(GLOB_RECURSE files RELATIVE "${FOLDER}" "${FOLDER}/*")
list(SORT files)
foreach(name IN LISTS files)
    type_of("${name}" type)
    file(SIZE "${FOLDER}/${name}" size)
    file(SHA256 "${FOLDER}/${name}" hash)
    string(SUBSTRING "${hash}" 0 16 hash)
    add_blob("page_${number}" "${FOLDER}/${name}")
    set(gzip "NULL, ${size}, 0")
    # what is packed already grows; and a few bytes are not worth a second copy
    execute_process(COMMAND "${GZIP}" -9 -n -c "${FOLDER}/${name}"
        OUTPUT_FILE "${packed}/${number}" COMMAND_ERROR_IS_FATAL ANY)
    file(SIZE "${packed}/${number}" packed_size)
    math(EXPR worth "${size} * 9 / 10")
    if(packed_size LESS worth)
        add_blob("page_${number}_gzip" "${packed}/${number}")
        set(gzip "page_${number}_gzip, ${size}, ${packed_size}")
    endif()
    string(APPEND rows
        "    {\"${name}\", \"${type}\", \"\\\"${hash}\\\"\", page_${number}, ${gzip}},\n")
    math(EXPR number "${number} + 1")
endforeach()
if(number EQUAL 0)
    message(FATAL_ERROR "${FOLDER}: there are no web pages to embed")
endif()

file(WRITE "${OUT}" "/* Made by embed.cmake. */\n#include \"${HEADER}\"\n\n"
    "__asm__(\".pushsection .rodata\\n\"\n${blobs}    \".popsection\\n\");\n\n${externs}\n"
    "const struct page pages_table[] = {\n${rows}};\n"
    "const size_t pages_table_count = ${number};\n")

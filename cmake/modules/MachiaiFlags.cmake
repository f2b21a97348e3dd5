# Compiler settings of every target: gnu11, warnings as errors, hardening, sanitizers on request.
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# Assertions stay on: they check what must hold, in a clinic as well.
set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O2 -g")

add_compile_options(-Wall -Wextra -Wconversion -Wno-sign-conversion -Wshadow -Wvla
    -Wmissing-prototypes -Wstrict-prototypes -Wpointer-arith -Wundef -Wwrite-strings
    -Wformat=2 -Werror -fno-common -fstack-protector-strong)
add_compile_definitions(_GNU_SOURCE)

# a * b + c is rounded twice everywhere: by ARM's fused instruction a letter would stand a dot off there.
if(NOT CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64") # which has none, unless it is asked for
    add_compile_options(-ffp-contract=off)
endif()

# A cut that snprintf() makes is meant where a field has its size by contract, and gcc's opinion of
# it changes with the optimisation level.
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-Wno-format-truncation)
endif()

# With sanitizers -O1: pictures and films are drawn in the tests by the million pixels.
if(MACHIAI_SANITIZE)
    add_compile_options(-O1 -fsanitize=address,undefined -fno-sanitize-recover=undefined
        -fno-omit-frame-pointer)
    add_link_options(-fsanitize=address,undefined)
elseif(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
    add_compile_definitions(_FORTIFY_SOURCE=2)
endif()

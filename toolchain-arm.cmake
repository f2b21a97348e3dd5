# Cross build for 64-bit ARM boards (Raspberry Pi 3 and later) with Debian's compiler.
#   cmake -B build/arm -DCMAKE_TOOLCHAIN_FILE=toolchain-arm.cmake -DMACHIAI_SYSROOT=DIR
# DIR holds a Debian 12 arm64 tree with the -dev packages of the build: cmake/image/sysroot.sh DIR.
# ctest then runs the programs under qemu-user; cmake/cross.sh does all of it.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
if(MACHIAI_SYSROOT)
    set(CMAKE_SYSROOT "${MACHIAI_SYSROOT}")
    set(ENV{PKG_CONFIG_SYSROOT_DIR} "${MACHIAI_SYSROOT}")
    set(ENV{PKG_CONFIG_LIBDIR}
        "${MACHIAI_SYSROOT}/usr/lib/aarch64-linux-gnu/pkgconfig:${MACHIAI_SYSROOT}/usr/share/pkgconfig")
endif()
find_program(MACHIAI_QEMU qemu-aarch64-static)
if(MACHIAI_SYSROOT AND MACHIAI_QEMU)
    set(CMAKE_CROSSCOMPILING_EMULATOR "${MACHIAI_QEMU};-L;${MACHIAI_SYSROOT}")
endif()
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES MACHIAI_SYSROOT)

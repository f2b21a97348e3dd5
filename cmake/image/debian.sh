# Functions for scripts that lay out Debian trees of other architectures; read with `.`.

# Every script here stops at its first mistake and says where it was made.
fail()
{
    echo "$(basename "$0"): $*" >&2
    exit 1
}

step()
{
    echo "== $(date +%H:%M:%S) $*"
}

# What only root may do is told before anything was begun.
need_root()
{
    [ "$(id -u)" -eq 0 ] || fail "owners of files and binfmt_misc are root's: run it as root"
}

# Debian's archives as this machine knows them, as lines for apt: a mirror is named in the machine's
# own sources and nowhere in the project. $1: components.
debian_sources()
{
    apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
        awk -v components="$1" '$3 == "main" && $2 ~ /^bookworm/ && !seen[$1 $2]++ {
            print "deb", $1, $2, components
        }'
}

# Of the files that a card is made of, as they lie here; "" where there is no repository to ask.
card_source()
{
    parts='CMakeLists.txt LICENSE NOTICE toolchain-arm.cmake assets cmake drivers firmware ui'
    git rev-parse --git-dir >/dev/null 2>&1 || return 0
    { git ls-tree -r HEAD $parts; git diff HEAD -- $parts; } | sha256sum | cut -d ' ' -f 1
}

# The kernel starts 64-bit ARM programs by qemu-user, in foreign roots too (flag F).
run_foreign()
{
    [ "$(uname -m)" != aarch64 ] || return 0
    mountpoint -q /proc/sys/fs/binfmt_misc ||
        mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc ||
        fail "no binfmt_misc: this kernel starts no ARM programs"
    [ -e /proc/sys/fs/binfmt_misc/qemu-aarch64 ] || update-binfmts --enable qemu-aarch64
}

#include "font.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FONT_PATH = 512, FIRST_PX = 24 };

static const struct {
    const char *file[2]; /* bold, regular */
    long index;          /* of the face in a collection */
} files[FONTS] = {
    [FONT_UD] = {{"BIZUDGothic-Bold.ttf", "BIZUDGothic-Regular.ttf"}, 0},
    [FONT_UDP] = {{"BIZUDPGothic-Bold.ttf", "BIZUDPGothic-Regular.ttf"}, 0},
    [FONT_JP] = {{"NotoSansCJK-Bold.ttc", "NotoSansCJK-Regular.ttc"}, 0},
    [FONT_KR] = {{"NotoSansCJK-Bold.ttc", "NotoSansCJK-Regular.ttc"}, 1},
    [FONT_SC] = {{"NotoSansCJK-Bold.ttc", "NotoSansCJK-Regular.ttc"}, 2},
    [FONT_NOTO] = {{"NotoSans-Bold.ttf", "NotoSans-Regular.ttf"}, 0},
};

static const char *const places[] = {
    "/usr/share/machiai/fonts",       "/usr/share/fonts/truetype/bizud-gothic",
    "/usr/share/fonts/opentype/noto", "/usr/share/fonts/truetype/noto",
    "/usr/share/fonts/noto-cjk",      "/usr/share/fonts/noto",
};

/* All faces of SDL_ttf are of one FreeType library, which lets each be used by a thread of its own,
 * but opens and closes them one at a time. */
static pthread_mutex_t library = PTHREAD_MUTEX_INITIALIZER;

struct face {
    char path[FONT_PATH]; /* "" = not installed */
    TTF_Font *ttf;        /* NULL until it is asked for */
    void *bytes;          /* of the file, mapped: read from it, each letter is 20 system calls */
    size_t size;
    int px;
};

struct font_store {
    struct face faces[FONTS][2]; /* bold, regular */
};

static bool exists_in(const char *dir, const char *file, char *ret)
{
    char path[FONT_PATH];
    int length = snprintf(path, sizeof path, "%s/%s", dir, file);

    if (length < 0 || (size_t)length >= sizeof path || access(path, R_OK) != 0)
        return false;
    memcpy(ret, path, (size_t)length + 1);
    return true;
}

static void find(const char *dir, const char *file, char *ret)
{
    if (dir && exists_in(dir, file, ret))
        return;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (exists_in(places[i], file, ret))
            return;
}

static void face_close(struct face *face)
{
    pthread_mutex_lock(&library);
    if (face->ttf)
        TTF_CloseFont(face->ttf);
    pthread_mutex_unlock(&library);
    if (face->bytes)
        munmap(face->bytes, face->size);
    face->ttf = NULL;
    face->bytes = NULL;
}

int font_store_create(const char *dir, struct font_store **ret)
{
    struct font_store *store = calloc(1, sizeof *store);

    if (!store)
        return -ENOMEM;
    for (int font = 0; font < FONTS; font++)
        for (int weight = 0; weight < 2; weight++)
            find(dir, files[font].file[weight], store->faces[font][weight].path);
    if (!font_at(store, FONT_UD, true, FIRST_PX) && !font_at(store, FONT_JP, true, FIRST_PX)) {
        font_store_destroy(store);
        return -ENOENT;
    }
    *ret = store;
    return 0;
}

void font_store_destroy(struct font_store *store)
{
    if (!store)
        return;
    for (int font = 0; font < FONTS; font++)
        for (int weight = 0; weight < 2; weight++)
            face_close(&store->faces[font][weight]);
    free(store);
}

const enum font *font_chain(const char *language)
{
    static const enum font ja[FONT_CHAIN] = {FONT_UD, FONT_JP, FONT_NOTO, FONT_SC, FONT_KR};
    static const enum font latin[FONT_CHAIN] = {FONT_UDP, FONT_NOTO, FONT_JP, FONT_SC, FONT_KR};
    static const enum font vi[FONT_CHAIN] = {FONT_NOTO, FONT_UDP, FONT_JP, FONT_SC, FONT_KR};
    static const enum font zh[FONT_CHAIN] = {FONT_SC, FONT_UD, FONT_JP, FONT_NOTO, FONT_KR};
    static const enum font ko[FONT_CHAIN] = {FONT_KR, FONT_UD, FONT_JP, FONT_NOTO, FONT_SC};
    static const struct {
        const char *language;
        const enum font *chain;
    } chains[] = {{"en", latin}, {"pt", latin}, {"vi", vi}, {"zh-Hans", zh}, {"ko", ko}};

    for (size_t i = 0; language && i < sizeof chains / sizeof *chains; i++)
        if (strcmp(language, chains[i].language) == 0)
            return chains[i].chain;
    return ja;
}

/* Fonts are of the system or the image: no file of theirs is cut short while it is mapped. */
static void face_map(struct face *face)
{
    struct stat file;
    int fd = open(face->path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return;
    if (fstat(fd, &file) == 0 && file.st_size > 0) {
        void *bytes = mmap(NULL, (size_t)file.st_size, PROT_READ, MAP_PRIVATE, fd, 0);

        if (bytes != MAP_FAILED) {
            face->bytes = bytes;
            face->size = (size_t)file.st_size;
        }
    }
    close(fd);
}

static void face_load(struct face *face, long index)
{
    face_map(face);
    if (!face->bytes)
        return;
    pthread_mutex_lock(&library);
    face->ttf =
        TTF_OpenFontIndexRW(SDL_RWFromConstMem(face->bytes, (int)face->size), 1, FIRST_PX, index);
    pthread_mutex_unlock(&library);
}

static TTF_Font *face_open(struct face *face, long index)
{
    if (!face->ttf && *face->path) {
        face_load(face, index);
        face->px = FIRST_PX;
        if (face->ttf) {
            TTF_SetFontHinting(face->ttf, TTF_HINTING_NONE);
        } else {
            face_close(face);
            *face->path = '\0'; /* broken: do not try again with every letter */
        }
    }
    return face->ttf;
}

bool font_has(struct font_store *store, enum font font, bool bold, uint32_t letter)
{
    TTF_Font *ttf = face_open(&store->faces[font][bold ? 0 : 1], files[font].index);

    return ttf && TTF_GlyphIsProvided32(ttf, letter);
}

TTF_Font *font_at(struct font_store *store, enum font font, bool bold, int px)
{
    struct face *face = &store->faces[font][bold ? 0 : 1];

    if (!face_open(face, files[font].index))
        return NULL;
    if (face->px != px) {
        if (TTF_SetFontSize(face->ttf, px) != 0)
            return NULL;
        face->px = px;
    }
    return face->ttf;
}

#include "font.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FONT_PATH = 512, PROBE_PX = 24 };

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

struct open_font {
    enum font font;
    bool bold;
    int px;
    uint64_t used;
    TTF_Font *ttf;
};

struct font_store {
    char path[FONTS][2][FONT_PATH]; /* "" = not installed */
    TTF_Font *probe[FONTS][2];
    struct open_font open[FONT_OPEN_MAX];
    int count;
    uint64_t tick;
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

int font_store_create(const char *dir, struct font_store **ret)
{
    struct font_store *store = calloc(1, sizeof *store);

    if (!store)
        return -ENOMEM;
    for (int font = 0; font < FONTS; font++)
        for (int weight = 0; weight < 2; weight++)
            find(dir, files[font].file[weight], store->path[font][weight]);
    if (!font_open(store, FONT_UD, true, PROBE_PX) && !font_open(store, FONT_JP, true, PROBE_PX)) {
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
    for (int i = 0; i < store->count; i++)
        TTF_CloseFont(store->open[i].ttf);
    for (int font = 0; font < FONTS; font++)
        for (int weight = 0; weight < 2; weight++)
            if (store->probe[font][weight])
                TTF_CloseFont(store->probe[font][weight]);
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

static TTF_Font *open_file(const struct font_store *store, enum font font, bool bold, int px)
{
    const char *path = store->path[font][bold ? 0 : 1];
    TTF_Font *ttf;

    if (!*path)
        return NULL;
    ttf = TTF_OpenFontIndex(path, px, files[font].index);
    if (ttf)
        TTF_SetFontHinting(ttf, TTF_HINTING_NONE);
    return ttf;
}

bool font_has(struct font_store *store, enum font font, bool bold, uint32_t letter)
{
    TTF_Font **probe = &store->probe[font][bold ? 0 : 1];

    if (!*probe)
        *probe = open_file(store, font, bold, PROBE_PX);
    return *probe && TTF_GlyphIsProvided32(*probe, letter);
}

TTF_Font *font_open(struct font_store *store, enum font font, bool bold, int px)
{
    struct open_font *place = NULL;
    TTF_Font *ttf;

    for (int i = 0; i < store->count; i++) {
        struct open_font *open = &store->open[i];

        if (open->font == font && open->bold == bold && open->px == px) {
            open->used = ++store->tick;
            return open->ttf;
        }
        if (!place || open->used < place->used)
            place = open;
    }
    ttf = open_file(store, font, bold, px);
    if (!ttf)
        return NULL;
    if (store->count < FONT_OPEN_MAX)
        place = &store->open[store->count++];
    else
        TTF_CloseFont(place->ttf);
    *place = (struct open_font){font, bold, px, ++store->tick, ttf};
    return ttf;
}

/* The player's self-test after the start, see codec_test.h; what it finds goes to log and cloud. */
#include <stdio.h>

#include "data_dir.h"
#include "kiosk.h"

int kiosk_open_codecs(struct kiosk *kiosk, const char *program)
{
    char clips[VIDEO_PATH_SIZE];
    data_dir_find("codecs", "MACHIAI_CODECS", MACHIAI_CODEC_DIR, clips, sizeof clips);
    return codec_test_create(program, clips, &kiosk->codecs);
}

static void report(const struct codec_test *codecs)
{
    int good = 0;
    for (int i = 0; i < CODECS; i++) {
        enum codec codec = (enum codec)i;
        enum codec_state state = codec_test_state(codecs, codec);
        if (state == CODEC_OK)
            good++;
        else
            fprintf(stderr, "machiai-kiosk: codec %s is %s: %s%s\n", codec_name(codec),
                    codec_state_name(state), codec_test_reason(codecs, codec),
                    state == CODEC_MISSING ? "; is vlc-plugin-base whole?" : "");
    }
    printf("machiai-kiosk: the player's self-test: %d of %d codecs play\n", good, CODECS);
}

void kiosk_test_codecs(struct kiosk *kiosk)
{
    if (kiosk->codecs == NULL ||
        !codec_test_tick(kiosk->codecs, kiosk->now, playlist_decodes(kiosk->playlist)))
        return;
    report(kiosk->codecs);
    codec_test_missing(kiosk->codecs, kiosk->codecs_missing);
    station_codecs(kiosk->station, kiosk->codecs_missing);
}

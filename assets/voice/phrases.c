/* phrases [MAX]: every clip of the voice, one a line: NAME, a tab, the text in kana.
 *
 * Numbers of the main series up to MAX (199), lettered ones up to LETTERED_MAX, the usual rooms,
 * the phrases without a name. Readings come from reading.h, so that glass and ear have one source.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reading.h"

enum { DEFAULT_MAX = 199, LETTERED_MAX = 20, NUMBERED_ROOMS = 10, NAME_SIZE = 64 };

/* Series that a device or a clinic uses first; the other letters are too rare for a clip. */
static const char letters[] = "ARXYHMK";

static const char *const plain[] = {
    "診察室", "処置室", "検査室",   "採血室",     "点滴室",       "相談室",
    "中待合", "予診室", "内視鏡室", "リハビリ室", "レントゲン室",
};
static const char *const windows[] = {"受付", "会計", "会計窓口"};
/* %d of these is 1..NUMBERED_ROOMS */
static const char *const numbered[] = {"第%d診察室", "診察室%d", "%d診", "第%d処置室",
                                       "第%d検査室"};

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

/* What the engine's dictionary misreads in hiragana: はち as the particle "wa", ろっぴゃくろく as
 * "roppiyaku". In katakana it looks for no particle. */
static const struct {
    const char *kana, *engine;
} respelt[] = {{"はち", "ハチ"}, {"ろっぴゃく", "ロッピャク"}};

static void say(const char *name, const char *before, const char *kana, const char *after)
{
    printf("%s\t%s", name, before);
    while (*kana != '\0') {
        size_t i = 0;
        while (i < COUNT(respelt) && strncmp(kana, respelt[i].kana, strlen(respelt[i].kana)) != 0)
            i++;
        if (i < COUNT(respelt)) {
            fputs(respelt[i].engine, stdout);
            kana += strlen(respelt[i].kana);
        } else {
            putchar(*kana++);
        }
    }
    printf("%s\n", after);
}

static void number(char letter, int value)
{
    char text[NUMBER_TEXT_SIZE], kana[READING_SIZE], name[NAME_SIZE];
    struct number is = {letter, value};
    number_format(is, text);
    reading_number(is, kana);
    snprintf(name, sizeof name, "number/%s", text);
    say(name, "うけつけばんごう、", kana, "のかた、");
}

static void room(const char *name, const char *come)
{
    char kana[READING_SIZE], clip[READING_SIZE + 8];
    if (!reading_room(name, kana)) {
        fprintf(stderr, "phrases: %s has no reading\n", name);
        exit(1);
    }
    snprintf(clip, sizeof clip, "room/%s", kana);
    say(clip, "", kana, come);
}

static void numbered_room(size_t kind, int value)
{
    char name[NAME_SIZE], digits[16];
    const char *place = strstr(numbered[kind], "%d");
    snprintf(digits, sizeof digits, "%d", value);
    snprintf(name, sizeof name, "%.*s%s%s", (int)(place - numbered[kind]), numbered[kind], digits,
             place + 2);
    room(name, "へ、おはいりください。");
}

int main(int argc, char **argv)
{
    int max = argc > 1 ? atoi(argv[1]) : DEFAULT_MAX;
    if (argc > 2 || max < 1 || max > NUMBER_MAX) {
        fprintf(stderr, "usage: phrases [1..%d]\n", NUMBER_MAX);
        return 2;
    }
    puts("phrase/screen\tがめんのおへやへ、おはいりください。");
    puts("phrase/check\tばんごうを、ごかくにんください。");
    puts("phrase/payment\tおかいけいまどぐちへ、おこしください。");
    for (size_t i = 0; i < COUNT(plain); i++)
        room(plain[i], "へ、おはいりください。");
    for (size_t i = 0; i < COUNT(windows); i++)
        room(windows[i], "へ、おこしください。");
    for (size_t i = 0; i < COUNT(numbered); i++)
        for (int value = 1; value <= NUMBERED_ROOMS; value++)
            numbered_room(i, value);
    for (int value = 1; value <= max; value++)
        number('\0', value);
    for (const char *letter = letters; *letter != '\0'; letter++)
        for (int value = 1; value <= LETTERED_MAX; value++)
            number(*letter, value);
    return 0;
}

/* phrases [MAX [ROOMS]]: every clip of the voice, one a line: NAME, a tab, the text in kana.
 *
 * Numbers of the main series up to MAX (199), lettered ones up to LETTERED_MAX, the usual rooms,
 * the phrases without a name, and the rooms of the file ROOMS: a clinic's own よみ, one a line.
 * Higher lettered numbers are a letter's clip and a whole number's, which meet behind の.
 * Readings come from reading.h, so that glass and ear have one source.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reading.h"

enum { DEFAULT_MAX = 199, LETTERED_MAX = 20, NUMBERED_ROOMS = 10, NAME_SIZE = 64 };

/* Letters that a device gets first: their low numbers have a clip of their own. */
enum { WHOLE_LETTERS = 7 };

static const char *const plain[] = {
    "診察室",   "処置室",   "検査室",     "採血室",       "点滴室",     "相談室", "中待合",
    "予診室",   "内視鏡室", "リハビリ室", "レントゲン室", "内科",       "小児科", "外科",
    "整形外科", "皮膚科",   "眼科",       "耳鼻科",       "耳鼻咽喉科", "婦人科", "産婦人科",
    "泌尿器科", "歯科",     "予防接種",   "発熱外来",     "健診",       "診察",
};
static const char *const windows[] = {"受付", "会計", "会計窓口"};
/* %d of these is 1..NUMBERED_ROOMS */
static const char *const numbered[] = {"第%d診察室", "診察室%d", "%d診", "第%d処置室",
                                       "第%d検査室"};

/* Spoken guidance at the terminal, by its screens. */
static const struct {
    const char *screen, *kana;
} guide[] = {
    {"start", "ごようけんの、ボタンを、おしてください。"},
    {"checkin", "ばんごうを、おして、けってい、を、おしてください。"},
    {"persons", "なんにんぶんか、えらんでください。"},
    {"wait", "すこし、おまちください。"},
    {"ticket", "うけつけ、しました。ばんごうひょうを、おとりください。ばんごうで、およびします。"},
    {"no_slip", "うけつけ、しました。がめんの、ばんごうを、しゃしんに、とってください。"},
    {"refused", "うけつけ、できませんでした。まどぐちへ、おこえがけください。"},
    {"closed", "ただいま、うけつけを、しておりません。"},
    {"unavailable", "まどぐちへ、おこえがけください。"},
};

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

/* What the engine's dictionary misreads in hiragana: はち as the particle "wa", ろっぴゃくろく as
 * "roppiyaku", さんびゃくろくばん alone as "sanbiyaku", シー in the English way. In katakana it
 * looks for no particle. */
static const struct {
    const char *kana, *engine;
} respelt[] = {{"はち", "ハチ"},
               {"ろっぴゃく", "ロッピャク"},
               {"さんびゃくろくばん", "サンビャクろくばん"},
               {"シー", "シイ"}};

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

/* The same in two halves: うけつけばんごう、エーの | じゅうよんばんのかた */
static void letter_alone(char letter)
{
    char kana[READING_SIZE], name[NAME_SIZE];
    snprintf(name, sizeof name, "letter/%c", letter);
    reading_letter(letter, kana);
    say(name, "うけつけばんごう、", kana, "の、");
}

static void value_alone(int value)
{
    char kana[READING_SIZE], name[NAME_SIZE];
    snprintf(name, sizeof name, "value/%d", value);
    reading_number((struct number){0, value}, kana);
    say(name, "", kana, "のかた、");
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

/* Kana only: anything else the engine would read as it likes. */
static bool is_kana(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    for (; *at != '\0'; at += 3) {
        /* U+3041..U+30FF: hiragana, katakana, the long stroke */
        if (at[0] != 0xe3 || at[1] < 0x81 || at[1] > 0x83 || (at[2] & 0xc0) != 0x80)
            return false;
    }
    return text[0] != '\0';
}

/* A clinic's own rooms: their よみ, one a line; a line that begins with # says something else. */
static int own_rooms(const char *path)
{
    char line[READING_SIZE], clip[READING_SIZE + 8];
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        perror(path);
        return 1;
    }
    for (int at = 1; fgets(line, sizeof line, file) != NULL; at++) {
        line[strcspn(line, "\r\n")] = '\0';
        if (line[0] == '\0' || line[0] == '#')
            continue;
        if (!is_kana(line)) {
            fprintf(stderr, "%s:%d: \"%s\" is not kana; write the room's よみ\n", path, at, line);
            (void)fclose(file);
            return 1;
        }
        snprintf(clip, sizeof clip, "room/%s", line);
        say(clip, "", line, "へ、おはいりください。");
    }
    (void)fclose(file);
    return 0;
}

static void all_rooms(void)
{
    for (size_t i = 0; i < COUNT(plain); i++)
        room(plain[i], "へ、おはいりください。");
    for (size_t i = 0; i < COUNT(windows); i++)
        room(windows[i], "へ、おこしください。");
    for (size_t i = 0; i < COUNT(numbered); i++)
        for (int value = 1; value <= NUMBERED_ROOMS; value++)
            numbered_room(i, value);
}

static void all_numbers(int max)
{
    for (int value = 1; value <= max; value++)
        number('\0', value);
    for (int i = 0; i < WHOLE_LETTERS; i++)
        for (int value = 1; value <= LETTERED_MAX; value++)
            number(number_letters[i], value);
    for (const char *letter = number_letters; *letter != '\0'; letter++)
        letter_alone(*letter);
    for (int value = 1; value <= max; value++)
        value_alone(value);
}

int main(int argc, char **argv)
{
    int max = argc > 1 ? atoi(argv[1]) : DEFAULT_MAX;
    if (argc > 3 || max < 1 || max > NUMBER_MAX) {
        fprintf(stderr, "usage: phrases [1..%d [ROOMS]]\n", NUMBER_MAX);
        return 2;
    }
    for (size_t i = 0; i < COUNT(guide); i++)
        printf("guide/%s\t%s\n", guide[i].screen, guide[i].kana);
    puts("phrase/screen\tがめんのおへやへ、おはいりください。");
    puts("phrase/check\tばんごうを、ごかくにんください。");
    puts("phrase/payment\tおかいけいまどぐちへ、おこしください。");
    all_rooms();
    all_numbers(max);
    return argc > 2 ? own_rooms(argv[2]) : 0;
}

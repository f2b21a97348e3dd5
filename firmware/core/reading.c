#include "reading.h"

#include <stdio.h>
#include <string.h>

static const char *const ones[] = {"",   "いち", "に",   "さん", "よん",
                                   "ご", "ろく", "なな", "はち", "きゅう"};
static const char *const hundreds[] = {"",           "ひゃく",      "にひゃく",   "さんびゃく",
                                       "よんひゃく", "ごひゃく",    "ろっぴゃく", "ななひゃく",
                                       "はっぴゃく", "きゅうひゃく"};
static const char *const tens[] = {"",           "じゅう",      "にじゅう",   "さんじゅう",
                                   "よんじゅう", "ごじゅう",    "ろくじゅう", "ななじゅう",
                                   "はちじゅう", "きゅうじゅう"};

static const struct {
    char letter;
    const char *kana;
} letters[] = {{'A', "エー"},   {'R', "アール"}, {'X', "エックス"},  {'Y', "ワイ"}, {'H', "エイチ"},
               {'M', "エム"},   {'K', "ケー"},   {'C', "シー"},      {'E', "イー"}, {'F', "エフ"},
               {'J', "ジェー"}, {'L', "エル"},   {'N', "エヌ"},      {'P', "ピー"}, {'T', "ティー"},
               {'U', "ユー"},   {'V', "ブイ"},   {'W', "ダブリュー"}};

void reading_value(int value, char ret[static READING_VALUE_SIZE])
{
    ret[0] = '\0';
    if (value < 1 || value > NUMBER_MAX)
        return;
    (void)snprintf(ret, READING_VALUE_SIZE, "%s%s%s", hundreds[value / 100], tens[value / 10 % 10],
                   ones[value % 10]);
}

void reading_letter(char letter, char ret[static READING_LETTER_SIZE])
{
    ret[0] = '\0';
    for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++)
        if (letters[i].letter == letter)
            (void)snprintf(ret, READING_LETTER_SIZE, "%s", letters[i].kana);
}

void reading_number(struct number number, char ret[static READING_SIZE])
{
    char value[READING_VALUE_SIZE], letter[READING_LETTER_SIZE];

    ret[0] = '\0';
    if (!number_valid(number))
        return;
    reading_letter(number.letter, letter);
    reading_value(number.value, value);
    (void)snprintf(ret, READING_SIZE, "%s%s%sばん", letter, letter[0] != '\0' ? "の" : "", value);
}

/* -- rooms ---------------------------------------------------------------------------------------
 */

static const struct {
    const char *name, *kana;
} plain_rooms[] = {
    {"診察室", "しんさつしつ"},
    {"処置室", "しょちしつ"},
    {"検査室", "けんさしつ"},
    {"採血室", "さいけつしつ"},
    {"点滴室", "てんてきしつ"},
    {"相談室", "そうだんしつ"},
    {"レントゲン室", "れんとげんしつ"},
    {"会計", "かいけい"},
    {"会計窓口", "かいけいまどぐち"},
    {"受付", "うけつけ"},
    {"中待合", "なかまちあい"},
    {"予診室", "よしんしつ"},
    {"内視鏡室", "ないしきょうしつ"},
    {"リハビリ室", "リハビリしつ"},
    {"内科", "ないか"},
    {"小児科", "しょうにか"},
    {"外科", "げか"},
    {"整形外科", "せいけいげか"},
    {"皮膚科", "ひふか"},
    {"眼科", "がんか"},
    {"耳鼻科", "じびか"},
    {"耳鼻咽喉科", "じびいんこうか"},
    {"婦人科", "ふじんか"},
    {"産婦人科", "さんふじんか"},
    {"泌尿器科", "ひにょうきか"},
    {"歯科", "しか"},
    {"予防接種", "よぼうせっしゅ"},
    {"発熱外来", "はつねつがいらい"},
    {"健診", "けんしん"},
    {"診察", "しんさつ"},
};

/* 診 as a counter: the number before it changes its sound. */
static const char *const consultations[] = {"",         "いっしん",   "にしん",   "さんしん",
                                            "よんしん", "ごしん",     "ろくしん", "ななしん",
                                            "はっしん", "きゅうしん", "じっしん"};

static const char *plain_room(const char *name)
{
    for (size_t i = 0; i < sizeof plain_rooms / sizeof plain_rooms[0]; i++)
        if (strcmp(plain_rooms[i].name, name) == 0)
            return plain_rooms[i].kana;
    return NULL;
}

/* Reads digits 1..99 and moves on; 0 when there are none. */
static int take_value(const char **text)
{
    int value = 0;
    while (**text >= '0' && **text <= '9' && value < 100)
        value = value * 10 + (*(*text)++ - '0');
    return value < 100 ? value : 0;
}

static bool starts(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* 第1診察室 */
static bool ordinal_room(const char *name, char ret[static READING_SIZE])
{
    char value_kana[READING_VALUE_SIZE];
    const char *rest = name + strlen("第");
    if (!starts(name, "第"))
        return false;
    int value = take_value(&rest);
    const char *room = plain_room(rest);
    if (value == 0 || !room)
        return false;
    reading_value(value, value_kana);
    (void)snprintf(ret, READING_SIZE, "だい%s%s", value_kana, room);
    return true;
}

/* 1診 */
static bool counted_room(const char *name, char ret[static READING_SIZE])
{
    int value = take_value(&name);
    if (value < 1 || value > 10 || strcmp(name, "診") != 0)
        return false;
    (void)snprintf(ret, READING_SIZE, "%s", consultations[value]);
    return true;
}

/* 診察室2 */
static bool numbered_room(const char *name, char ret[static READING_SIZE])
{
    char base[64], value_kana[READING_VALUE_SIZE];
    size_t length = strcspn(name, "0123456789");
    if (length == 0 || length >= sizeof base)
        return false;
    memcpy(base, name, length);
    base[length] = '\0';
    const char *rest = name + length, *room = plain_room(base);
    int value = take_value(&rest);
    if (!room || value == 0 || *rest)
        return false;
    reading_value(value, value_kana);
    (void)snprintf(ret, READING_SIZE, "%s%s", room, value_kana);
    return true;
}

bool reading_room(const char *name, char ret[static READING_SIZE])
{
    const char *plain = plain_room(name);
    if (plain) {
        (void)snprintf(ret, READING_SIZE, "%s", plain);
        return true;
    }
    return ordinal_room(name, ret) || counted_room(name, ret) || numbered_room(name, ret);
}

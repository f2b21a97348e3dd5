#include "escpos_report.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { WORD_SIZE = 48, LINE_SIZE = 256 };

static bool stands(const char *list, const char *word)
{
    char wrapped[WORD_SIZE];

    (void)snprintf(wrapped, sizeof(wrapped), ",%s,", word);
    return strstr(list, wrapped) != NULL;
}

/* Keeps the record with commas all around, so that a word is never found in another one. */
static void add_word(char *list, size_t size, const char *word)
{
    size_t used = strlen(list);

    if (used + strlen(word) + 2 <= size)
        (void)snprintf(list + used, size - used, "%s,", word);
}

static void remove_word(char *list, const char *word)
{
    char wrapped[WORD_SIZE];

    (void)snprintf(wrapped, sizeof(wrapped), ",%s,", word);
    char *at = strstr(list, wrapped);
    if (at != NULL) {
        const char *rest = at + strlen(wrapped) - 1;
        memmove(at, rest, strlen(rest) + 1);
    }
}

void escpos_report_init(struct escpos_report *report, const char *reasons)
{
    (void)snprintf(report->standing, sizeof(report->standing), ",");
    if (reasons != NULL && strlen(reasons) + 3 <= sizeof(report->standing))
        (void)snprintf(report->standing, sizeof(report->standing), ",%s,", reasons);
}

static void change(struct escpos_report *report, const char *word, bool on)
{
    if (stands(report->standing, word) == on)
        return;
    (void)fprintf(stderr, "STATE: %c%s\n", on ? '+' : '-', word);
    if (on)
        add_word(report->standing, sizeof(report->standing), word);
    else
        remove_word(report->standing, word);
}

/* At a job's end cupsd forgets "offline-report" for all but its own USB backend; our own word for
 * it stays with the job. */
static void keep_offline(struct escpos_report *report)
{
    change(report, ESCPOS_REASON_OFFLINE, stands(report->standing, "offline-report"));
}

void escpos_report_state(struct escpos_report *report, const struct escpos_status *status)
{
    char reasons[ESCPOS_REASONS_SIZE], wrapped[ESCPOS_REASONS_SIZE + 2];
    char owned[] = ESCPOS_REASONS_OWNED;
    char *save = NULL;

    escpos_status_reasons(status, reasons);
    (void)snprintf(wrapped, sizeof(wrapped), ",%s,", reasons);
    for (char *word = strtok_r(owned, ",", &save); word != NULL; word = strtok_r(NULL, ",", &save))
        if (!stands(wrapped, word))
            change(report, word, false);
    save = NULL;
    for (char *word = strtok_r(reasons, ",", &save); word != NULL;
         word = strtok_r(NULL, ",", &save))
        if (strcmp(word, "none") != 0)
            change(report, word, true);
    keep_offline(report);
}

void escpos_report_unconfirmed(struct escpos_report *report, bool unconfirmed)
{
    change(report, ESCPOS_REASON_UNCONFIRMED, unconfirmed);
}

void escpos_report_printed(void)
{
    (void)fputs("PAGE: 1 1\n", stderr);
}

void escpos_report_message(const char *level, const char *format, ...)
{
    char line[LINE_SIZE];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    (void)fprintf(stderr, "%s: %s\n", level, line);
}

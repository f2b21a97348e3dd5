#include "patients_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIELD_SIZE = 80, FIELDS = 2 };

struct row {
    char fields[FIELDS][FIELD_SIZE];
    int count;
    bool long_field;
};

struct reading {
    struct patients_file *file;
    int *lines; /* of each patient of the list */
    int64_t now;
};

static void add_fault(struct patients_file *file, int line, const char *why)
{
    if (file->fault_count < PATIENTS_FILE_FAULTS_MAX)
        file->faults[file->fault_count] = (struct patients_fault){line, why};
    file->fault_count++;
}

/* -- a line ------------------------------------------------------------------------------------ */

static void keep_field(struct row *row, const char *text, size_t size)
{
    static const char trimmed[] = " \r\"";

    while (size > 0 && strchr(trimmed, *text)) {
        text++;
        size--;
    }
    while (size > 0 && strchr(trimmed, text[size - 1]))
        size--;
    if (row->count < FIELDS) {
        row->long_field = row->long_field || size >= FIELD_SIZE;
        (void)snprintf(row->fields[row->count], FIELD_SIZE, "%.*s",
                       size < FIELD_SIZE ? (int)size : FIELD_SIZE - 1, text);
    }
    row->count++;
}

static void split(const char *line, size_t size, struct row *ret)
{
    size_t from = 0;

    *ret = (struct row){.count = 0};
    for (size_t i = 0; i <= size; i++) {
        if (i < size && line[i] != ',' && line[i] != '\t')
            continue;
        keep_field(ret, line + from, i - from);
        from = i + 1;
    }
}

/* "1951/4/7" and "19510407" as "1951-04-07"; false: neither. */
static bool read_date(const char *text, char ret[static PATIENTS_BIRTH_SIZE])
{
    int year = 0, month = 0, day = 0, end = 0;
    char first = 0, second = 0;
    size_t size = strlen(text);

    if (size == 8 && strspn(text, "0123456789") == size) {
        (void)snprintf(ret, PATIENTS_BIRTH_SIZE, "%.4s-%.2s-%.2s", text, text + 4, text + 6);
        return true;
    }
    if (strspn(text, "0123456789") != 4 ||
        sscanf(text, "%4d%c%2d%c%2d%n", &year, &first, &month, &second, &day, &end) != 5 ||
        (size_t)end != size || first != second || !strchr("-/.", first) || month < 0 || day < 0)
        return false;
    (void)snprintf(ret, PATIENTS_BIRTH_SIZE, "%04d-%02d-%02d", year, month % 100, day % 100);
    return true;
}

static bool is_heading(const struct row *row)
{
    for (int i = 0; i < row->count && i < FIELDS; i++)
        if (strpbrk(row->fields[i], "0123456789"))
            return false;
    return true;
}

/* NULL, or what is wrong. */
static const char *read_patient(const struct row *row, int64_t now, struct patient *ret)
{
    if (row->count != FIELDS)
        return "must have two columns: the card number and the birth date";
    if (row->long_field || patients_read_card(row->fields[0], ret->card) < 0)
        return "card number: must be 1 to 20 letters and digits";
    if (!read_date(row->fields[1], ret->birth))
        return "birth date: must be such as 1951-04-07";
    return patients_birth_ok(ret->birth, now) ? NULL
                                              : "birth date: there is no such day in the past";
}

/* -- the file ---------------------------------------------------------------------------------- */

static int read_line(struct reading *reading, const char *line, size_t size, int number)
{
    struct patients_file *file = reading->file;
    struct patient patient = {.card = ""};
    const char *why;
    struct row row;

    split(line, size, &row);
    if ((row.count == 1 && !*row.fields[0]) || (number == 1 && is_heading(&row)))
        return 0;
    why = read_patient(&row, reading->now, &patient);
    if (why) {
        add_fault(file, number, why);
        return 0;
    }
    if (file->count == PATIENTS_MAX)
        return -E2BIG;
    reading->lines[file->count] = number;
    file->list[file->count++] = patient;
    return 0;
}

struct place {
    const struct patient *patient;
    int line;
};

static int by_card(const void *left, const void *right)
{
    const struct place *a = left, *b = right;
    int order = strcmp(a->patient->card, b->patient->card);

    return order ? order : (a->line > b->line) - (a->line < b->line);
}

/* One card, two birth dates: one of them is wrong, and the list cannot say which. */
static int find_doubles(const struct reading *reading)
{
    struct patients_file *file = reading->file;
    struct place *places = calloc((size_t)file->count + 1, sizeof(*places));

    if (!places)
        return -ENOMEM;
    for (int i = 0; i < file->count; i++)
        places[i] = (struct place){&file->list[i], reading->lines[i]};
    qsort(places, (size_t)file->count, sizeof(*places), by_card);
    for (int i = 1; i < file->count; i++)
        if (strcmp(places[i].patient->card, places[i - 1].patient->card) == 0 &&
            strcmp(places[i].patient->birth, places[i - 1].patient->birth) != 0)
            add_fault(file, places[i].line,
                      "an earlier line has this card with another birth date");
    free(places);
    return 0;
}

static int read_lines(struct reading *reading, const char *text)
{
    static const char bom[] = "\xEF\xBB\xBF";
    int number = 0, result = 0;

    if (strncmp(text, bom, strlen(bom)) == 0)
        text += strlen(bom);
    while (*text && result == 0) {
        size_t size = strcspn(text, "\n");

        result = read_line(reading, text, size, ++number);
        text += size + (text[size] == '\n');
    }
    return result < 0 ? result : find_doubles(reading);
}

int patients_file_read(const char *text, int64_t now, struct patients_file *ret)
{
    struct patients_file file = {.count = 0};
    size_t rows = 1;
    int result = -ENOMEM;

    for (const char *c = text; *c; c++)
        rows += *c == '\n';
    if (rows > PATIENTS_MAX)
        rows = PATIENTS_MAX;
    file.list = calloc(rows, sizeof(*file.list));
    struct reading reading = {&file, calloc(rows, sizeof(int)), now};

    if (file.list && reading.lines)
        result = read_lines(&reading, text);
    free(reading.lines);
    if (result < 0) {
        patients_file_finish(&file);
        return result;
    }
    *ret = file;
    return 0;
}

void patients_file_finish(struct patients_file *file)
{
    free(file->list);
    *file = (struct patients_file){.count = 0};
}

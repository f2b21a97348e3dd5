#include "wire.h"

#include <stdio.h>
#include <string.h>

enum { VERSION_MAX = 1000000 };

void wire_read_version(struct decoder *d, const cJSON *json, int newest)
{
    int version = 1;
    decode_int(d, json, "", "v", DECODE_OPTIONAL, 1, VERSION_MAX, &version);
    if (!d->failed && version > newest)
        decode_fail(d, "", "v", "is of a newer program");
}

void wire_read_uid(struct decoder *d, const cJSON *json, const char *path, const char *key,
                   int required, char ret[static UID_SIZE])
{
    decode_string(d, json, path, key, required, ret, UID_SIZE);
    if (!d->failed && (*ret || required) && !uid_valid(ret))
        decode_fail(d, path, key, "must be a lower-case UUID");
}

void wire_read_number(struct decoder *d, const cJSON *json, const char *path, const char *key,
                      struct number *ret)
{
    char text[NUMBER_TEXT_SIZE] = "";
    decode_string(d, json, path, key, DECODE_OPTIONAL, text, sizeof text);
    if (*text && number_parse(text, ret) < 0)
        decode_fail(d, path, key, "must be such as 14 or A3");
}

void wire_read_session(struct decoder *d, const cJSON *json, const char *path, const char *key,
                       struct session *ret)
{
    char inner[80], kind[16] = "";
    struct session read = {.date = ""};
    const cJSON *session = decode_object(d, json, path, key, DECODE_OPTIONAL);
    if (!session)
        return;
    (void)snprintf(inner, sizeof inner, "%s%s.", path, key);
    decode_string(d, session, inner, "date", DECODE_REQUIRED, read.date, DATE_SIZE);
    decode_string(d, session, inner, "kind", DECODE_REQUIRED, kind, sizeof kind);
    if (d->failed)
        return;
    if (!session_valid(&read))
        decode_fail(d, inner, "date", "must be a date such as 2026-11-24");
    if (session_kind_parse(kind, &read.kind) < 0)
        decode_fail(d, inner, "kind", "must be am, pm or evening");
    *ret = read;
}

void wire_write_string(cJSON *json, const char *key, const char *value)
{
    if (*value)
        cJSON_AddStringToObject(json, key, value);
}

void wire_write_int(cJSON *json, const char *key, int64_t value)
{
    if (value)
        cJSON_AddNumberToObject(json, key, (double)value);
}

void wire_write_bool(cJSON *json, const char *key, bool value)
{
    if (value)
        cJSON_AddTrueToObject(json, key);
}

void wire_write_number(cJSON *json, const char *key, struct number number)
{
    char text[NUMBER_TEXT_SIZE];
    number_format(number, text);
    wire_write_string(json, key, text);
}

void wire_write_session(cJSON *json, const char *key, const struct session *session)
{
    if (!*session->date)
        return;
    cJSON *object = cJSON_AddObjectToObject(json, key);
    cJSON_AddStringToObject(object, "date", session->date);
    cJSON_AddStringToObject(object, "kind", session_kind_name(session->kind));
}

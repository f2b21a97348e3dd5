/* Any JSON text as a play: refused with a path, or read and written back to the same. */
#include <cjson/cJSON.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "play.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct play value, again;
    char error[200] = "", first[HASH_SIZE], second[HASH_SIZE];
    cJSON *json = cJSON_ParseWithLength((const char *)data, size);
    if (!json)
        return 0;
    if (play_from_json(json, &value, error, sizeof error) < 0) {
        if (!*error)
            abort();
    } else {
        cJSON *written = play_to_json(&value);
        if (!written || play_from_json(written, &again, error, sizeof error) < 0)
            abort();
        play_hash(value.prev, &value, first);
        play_hash(again.prev, &again, second);
        if (strcmp(first, second) != 0)
            abort();
        cJSON_Delete(written);
    }
    cJSON_Delete(json);
    return 0;
}

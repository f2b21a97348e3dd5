/* Any JSON text as an entry: refused with a path, or read and written back to the same. */
#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "entry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct entry value, again;
    char error[200] = "";
    cJSON *json = cJSON_ParseWithLength((const char *)data, size);
    if (!json)
        return 0;
    if (entry_from_json(json, &value, error, sizeof error) < 0) {
        if (!*error)
            abort();
    } else {
        cJSON *written = entry_to_json(&value);
        if (!written || entry_from_json(written, &again, error, sizeof error) < 0)
            abort();
        cJSON_Delete(written);
        entry_finish(&again);
        entry_finish(&value);
    }
    cJSON_Delete(json);
    return 0;
}

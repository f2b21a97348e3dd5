/* Any JSON text as an event: refused with a path, or read and written back to the same. */
#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "event.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct event value, again;
    char error[200] = "";
    cJSON *json = cJSON_ParseWithLength((const char *)data, size);
    if (!json)
        return 0;
    if (event_from_json(json, &value, error, sizeof error) < 0) {
        if (!*error)
            abort();
    } else {
        cJSON *written = event_to_json(&value);
        if (!written || event_from_json(written, &again, error, sizeof error) < 0)
            abort();
        cJSON_Delete(written);
        event_finish(&again);
        event_finish(&value);
    }
    cJSON_Delete(json);
    return 0;
}

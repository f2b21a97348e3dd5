/* Any JSON text as a signed document: refused with a path, or read and written back to the same. */
#include <cjson/cJSON.h>
#include <stdint.h>
#include <stdlib.h>

#include "programme.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct programme_set value, again;
    char error[200] = "";
    cJSON *json = cJSON_ParseWithLength((const char *)data, size);
    if (!json)
        return 0;
    if (programme_set_from_json(json, &value, error, sizeof error) < 0) {
        if (!*error)
            abort();
    } else {
        cJSON *written = programme_set_to_json(&value);
        if (!written || programme_set_from_json(written, &again, error, sizeof error) < 0)
            abort();
        cJSON_Delete(written);
    }
    cJSON_Delete(json);
    return 0;
}

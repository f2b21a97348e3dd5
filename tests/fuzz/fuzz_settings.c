/* Any JSON text as a settings value: refused with a path, or read and written back to the same. */
#include <cjson/cJSON.h>
#include <stdint.h>
#include <stdlib.h>

#include "settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct settings value, again;
    char error[200] = "";
    cJSON *json = cJSON_ParseWithLength((const char *)data, size);
    if (!json)
        return 0;
    if (settings_from_json(json, &value, error, sizeof error) < 0) {
        if (!*error)
            abort();
    } else {
        cJSON *written = settings_to_json(&value);
        if (!written || settings_from_json(written, &again, error, sizeof error) < 0)
            abort();
        cJSON_Delete(written);
    }
    cJSON_Delete(json);
    return 0;
}

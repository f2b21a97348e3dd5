/* Any bytes as a page: refused with a sentence, or held against its template, whose every fault has
 * a sentence too. */
#include <stdint.h>
#include <stdlib.h>

#include "template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct templates *templates;
    static struct template_page page;
    char error[200] = "";
    struct template_fault fault = {.over = 0};
    const struct template *template;
    if (!templates && templates_create(TEMPLATE_DIR, &templates, error, sizeof error) < 0)
        abort();
    if (template_page_parse((const char *)data, size, &page, error, sizeof error) < 0) {
        if (!*error)
            abort();
        return 0;
    }
    template = templates_find(templates, page.key);
    if (template && template_check(template, &page, &fault) < 0 && (!*fault.text || fault.over < 0))
        abort();
    return 0;
}

/* Every template against pictures that people have approved: sample, least and most text, with
 * photographs; wide and tall.
 *
 * After an intended change: MACHIAI_GOLDEN_UPDATE=1 test_template_golden, look at the new pictures,
 * commit.
 */
#include "golden.h"
#include "template_scenes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static void compare(struct template_press *press, const struct template *template,
                    enum template_scene scene, struct template_place place)
{
    struct template_page page;
    const struct template_job job = {.page = &page,
                                     .clinic = "さくら台クリニック",
                                     .place = place,
                                     .photos = &template_scene_photos};
    SDL_Surface *picture;
    char name[96];

    template_scene_page(template, scene, &page);
    if (scene == SCENE_PHOTOS && page.photo_count == 0)
        return; /* no other picture than its sample */
    assert_int_equal(template_press_draw(press, &job, &picture, NULL), 0);
    snprintf(name, sizeof name, "%s-%s-%s", page.key, template_scene_names[scene],
             place.width > place.height ? "wide" : "tall");
    golden_compare(picture, GOLDEN_DIR, name);
    SDL_FreeSurface(picture);
}

static void templates_look_as_approved(void **state)
{
    static const struct template_place wide = {.width = 1280, .height = 720};
    static const struct template_place tall = {.width = 1080, .height = 1920};
    struct template_press *press = template_scenes_press();
    const struct template *template;

    (void)state;
    for (int i = 0; (template = templates_at(template_press_templates(press), i)); i++) {
        for (int scene = 0; scene < TEMPLATE_SCENES; scene++) {
            compare(press, template, (enum template_scene)scene, wide);
            compare(press, template, (enum template_scene)scene, tall);
        }
    }
    template_press_destroy(press);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(templates_look_as_approved)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Pages of every template: as its file's samples say, with as little as it takes, with as much.
 */
#ifndef MACHIAI_TESTS_TEMPLATE_SCENES_H
#define MACHIAI_TESTS_TEMPLATE_SCENES_H

#include "template_press.h"

enum template_scene { SCENE_SAMPLE, SCENE_LEAST, SCENE_MOST, SCENE_PHOTOS, TEMPLATE_SCENES };

extern const char *const template_scene_names[TEMPLATE_SCENES];

/* Where the pages are seen: beside one desk, three, eight; on an upright screen's head; full. */
extern const struct template_place template_places[];
extern const int template_place_count;

/* Ends the test program with a message when the machine cannot draw. */
struct template_press *template_scenes_press(void);
void template_scene_page(const struct template *template, enum template_scene scene,
                         struct template_page *ret);
/* Gives one and the same photograph for every SHA-256. */
extern const struct template_photos template_scene_photos;
/* A page with one field of this text. */
void template_scene_set(struct template_page *page, const char *field, const char *text);

#endif

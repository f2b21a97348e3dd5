/* What the panels show while the kiosk starts: the technician's screen, as far as the machine is
 * known, from the kernel's frame buffer and then in the windows until their first own picture. Only
 * where the panels are the kiosk's alone. */
#include <stdlib.h>
#include <string.h>

#include "enrol.h"
#include "first_light.h"
#include "health_read.h"
#include "kiosk.h"
#include "terminal_setup_view.h"

/* What the station will tell when it has started. */
static void look(const struct config *config, struct station_status *ret)
{
    const char *root = getenv("MACHIAI_SYSTEM_ROOT"); /* a test's */
    struct health_memory memory = {0};
    struct enrolment enrolment;
    *ret = (struct station_status){0};
    health_read(root != NULL ? root : "", config->data, 0, &memory, &ret->health);
    ret->enrolled = enrol_load(config->data, &enrolment) == 0;
    ret->letter = ret->enrolled ? enrolment.letter : '\0';
}

void kiosk_first_light(struct kiosk *kiosk, const char *languages)
{
    const struct config *config = kiosk->config;
    struct station_status station;
    struct machine machine;
    if (!first_light_wanted())
        return;
    machine_read(config->data, &machine);
    look(config, &station);
    const struct terminal_world world = {
        .issues = config->role != ROLE_MONITOR, .station = &station, .machine = &machine};
    terminal_setup_starting(&world, kiosk->words, &kiosk->terminal_view);
    first_light(config, languages, &kiosk->terminal_view);
}

void kiosk_first_windows(struct kiosk *kiosk)
{
    struct window *windows[] = {kiosk->terminal, kiosk->monitor};
    for (int i = 0; first_light_wanted() && i < 2; i++)
        if (windows[i] != NULL) {
            terminal_draw(&windows[i]->canvas, &kiosk->terminal_view, &kiosk->widgets);
            window_present(windows[i]);
        }
    memset(&kiosk->terminal_view, 0, sizeof kiosk->terminal_view);
    widgets_clear(&kiosk->widgets);
}

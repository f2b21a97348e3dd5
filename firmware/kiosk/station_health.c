/* How the board is, for the cloud and the technician's screen. */
#include <string.h>

#include "health_read.h"
#include "station_private.h"

enum { HEALTH_EVERY_MS = 10 * 1000 };

/* What the cloud is told of at once; the rest goes with the next report. */
static bool other(const struct health *a, const struct health *b)
{
    return health_troubles(a) != health_troubles(b) || a->clock != b->clock;
}

int station_health_tick(struct station *station)
{
    struct board *board = &station->board;
    const char *root = station->options.system ? station->options.system : "";
    int left = station_left(board->next_ms);
    struct health health;
    if (board->read && left > 0)
        return left;
    health_read(root, station->config->data, station_up(), &board->memory, &health);
    if (station->clock.by_cloud && health.clock != HEALTH_CLOCK_NTP)
        health.clock = HEALTH_CLOCK_CLOUD;
    if (!board->read || other(&health, &board->health))
        station->device.status_due = true;
    board->health = health;
    board->read = true;
    board->next_ms = station_up() + HEALTH_EVERY_MS;
    return HEALTH_EVERY_MS;
}

/* Acts of staff at the kiosk. */
#include "station_private.h"

void station_act_begin(struct station *station, const struct command *command)
{
    station_news_acted(station, command->request, "act.failed", NULL);
}

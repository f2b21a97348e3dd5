/* A patient with a booking has come. */
#include "station_private.h"

void station_check_in_begin(struct station *station, const struct command *command)
{
    station_news_refused(station, command->request, STATION_UNAVAILABLE);
}

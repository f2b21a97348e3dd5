/* A kiosk that was moved: the configuration has a code of another site (or a new one of the same).
 * What the old site has not got is uploaded first; what cannot be is written to a file beside the
 * journal. Then the code is used; the old site's journal is set aside, and its films go. Its letter
 * stays the old site's. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "station_private.h"
#include "station_report.h"

enum {
    MOVE_UPLOAD_MS = 2 * 60 * 1000, /* the old site's cloud may never be reached from here */
    MOVE_RETRY_MIN_MS = 2 * 1000,
    MOVE_RETRY_MAX_MS = 60 * 1000,
    EXPORTS_MAX = 100
};

void station_move_check(struct station *station)
{
    struct enrolment *enrolment = &station->enrolment;
    char code[ENROL_CODE_HASH_SIZE];
    if (!station->config->code[0])
        return;
    enrol_code_hash(station->config->code, code);
    if (!enrolment
             ->code[0]) { /* of an earlier version: the code it was made with, for all we know */
        memcpy(enrolment->code, code, sizeof code);
        station->unsaved = true;
        return;
    }
    if (strcmp(enrolment->code, code) == 0)
        return;
    station->move = (struct move){.due = true, .since_ms = station_up()};
    station_report("[cloud] code is a new one: this kiosk leaves the site %s",
                   enrolment->clinic_no);
}

/* -- what the old site has not got ------------------------------------------------------------- */

static int open_export(const struct station *station, char path[static JOURNAL_PATH_SIZE])
{
    for (int i = 1; i <= EXPORTS_MAX; i++) {
        (void)snprintf(path, JOURNAL_PATH_SIZE, "%.500s/not-uploaded-%.40s-%d.jsonl",
                       station->config->data, station->enrolment.clinic_no, i);
        int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd >= 0 || errno != EEXIST)
            return fd < 0 ? -errno : fd;
    }
    return -EEXIST;
}

static int export_events(struct station *station)
{
    const struct outbox *outbox = &station->log.outbox;
    char path[JOURNAL_PATH_SIZE];
    int r = 0, fd = open_export(station, path);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
    if (!file)
        return fd < 0 ? fd : -errno;
    for (int i = 0; i < outbox->count && r == 0; i++)
        if (fprintf(file, "%s\n", outbox->items[i]->text) < 0)
            r = -EIO;
    if (fflush(file) != 0 || fsync(fd) < 0)
        r = -errno;
    (void)fclose(file); /* flushed and synced */
    if (r == 0)
        station_report("%d events that the old site has not got are in %s", outbox->count, path);
    return r;
}

/* True: there is nothing more to do for the old site. */
static bool old_site_has_all(struct station *station)
{
    struct move *move = &station->move;
    bool waited = station_up() - move->since_ms >= MOVE_UPLOAD_MS;
    if (move->exported || (station->enrolled && station->log.outbox.count == 0))
        return true;
    if (!station->enrolled || (!waited && !station->sync.revoked))
        return false;
    int r = export_events(station);
    if (r < 0) {
        station_report("what the old site has not got cannot be written: %s", strerror(-r));
        move->since_ms = station_up(); /* the disk may have room later */
    }
    move->exported = r == 0;
    return move->exported;
}

/* -- the new site ------------------------------------------------------------------------------ */

/* The next turn adopts it: the journal of another device is set aside then. */
static void take_identity(struct station *station, const struct enrolment *enrolment)
{
    station_report("moved from site %s to site %s", station->enrolment.clinic_no,
                   enrolment->clinic_no);
    sync_reset(station);
    if (station->sync.upload)
        http_client_cancel(station->http, station->sync.upload);
    station->sync.upload = 0;
    station->enrolment = *enrolment;
    station->unsaved = true;
    station->records_lost = false;
    station->enrolled = false;
    station->device.adopt_next_ms = 0;
    station->move = (struct move){.done = true};
}

static void on_enrolled(const struct http_client_answer *answer, void *context)
{
    struct station *station = context;
    struct move *move = &station->move;
    struct enrolment enrolment;
    enum station_error error;
    char detail[STATION_DETAIL_SIZE];
    move->enrol = 0;
    switch (
        enrol_judge(answer, station->config, station->config->code, &enrolment, &error, detail)) {
    case ENROL_DONE:
        take_identity(station, &enrolment);
        station_programme_enrolled(station, answer->body);
        break;
    case ENROL_REFUSED: /* stays where it was, and says so */
        station_report("this kiosk stays at its site: %s", detail);
        *move = (struct move){0};
        station_fail(station, error, detail);
        break;
    case ENROL_LATER: {
        int64_t wait = (int64_t)MOVE_RETRY_MIN_MS << (move->attempts < 5 ? move->attempts : 5);
        move->attempts++;
        move->enrol_next_ms =
            station_up() + sync_jittered(wait > MOVE_RETRY_MAX_MS ? MOVE_RETRY_MAX_MS : wait);
        station_fail(station, error, detail);
        break;
    }
    }
}

int station_move_tick(struct station *station)
{
    struct move *move = &station->move;
    if (!move->due || move->enrol || !old_site_has_all(station))
        return STATION_TURN_MS;
    int left = station_left(move->enrol_next_ms);
    if (left > 0)
        return left;
    move->enrol = station_enrol_send(station, on_enrolled);
    if (move->enrol == 0)
        move->enrol_next_ms = station_up() + MOVE_RETRY_MIN_MS;
    return STATION_TURN_MS;
}

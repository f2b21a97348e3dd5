#include "site_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "intake.h"
#include "notices.h"
#include "recovery.h"

static const char clinic[] =
    "{\"clinic_no\":\"1024\",\"name\":\"さくら内科\",\"phone\":\"03-0000-0000\","
    "\"desks\":[{\"desk_no\":1,\"name\":\"診察\",\"first\":1,\"last\":199},"
    "{\"desk_no\":2,\"name\":\"小児科\",\"first\":201,\"last\":205},"
    "{\"desk_no\":3,\"name\":\"会計\",\"kind\":\"payment\"}],"
    "\"rooms\":[{\"id\":\"r1\",\"desk_no\":1,\"name\":\"第1診察室\"}],"
    "\"services\":[{\"id\":\"s1\",\"desk_no\":1,\"name\":\"内科\"}],\"unused\":[4,9]}";

static int64_t rig_clock(void *context)
{
    return ((struct rig *)context)->now;
}

static void rig_told(struct site *site, void *context)
{
    (void)site;
    ((struct rig *)context)->told++;
}

static void open_parts(struct rig *rig)
{
    char error[DB_ERROR_SIZE] = "";
    struct sites_options options = {.clock = rig_clock, .changed = rig_told, .context = rig};

    if (db_open(rig->path, &rig->db, error, sizeof(error)) < 0)
        fail_msg("%s", error);
    options.db = rig->db;
    if (sites_create(&options, &rig->sites, error, sizeof(error)) < 0)
        fail_msg("%s", error);
    rig->site = sites_at(rig->sites, 0);
}

int rig_make(void **state)
{
    struct rig *rig = calloc(1, sizeof(*rig));
    cJSON *settings = cJSON_Parse(clinic);
    char error[DB_ERROR_SIZE] = "";

    assert_non_null(rig);
    (void)snprintf(rig->folder, sizeof(rig->folder), P_tmpdir "/machiai-site-XXXXXX");
    assert_non_null(mkdtemp(rig->folder));
    (void)snprintf(rig->path, sizeof(rig->path), "%s/machiai.db", rig->folder);
    rig->now = RIG_MORNING;
    open_parts(rig);
    if (sites_add(rig->sites, settings, "test", &rig->site, error, sizeof(error)) < 0)
        fail_msg("%s", error);
    cJSON_Delete(settings);
    *state = rig;
    return 0;
}

int rig_make_desk(void **state)
{
    char error[DB_ERROR_SIZE] = "";
    int result = rig_make(state);
    struct db *db = ((struct rig *)*state)->db;

    if (recovery_migrate(db, error, sizeof(error)) < 0 ||
        notices_migrate(db, error, sizeof(error)) < 0 ||
        intake_migrate(db, error, sizeof(error)) < 0)
        fail_msg("%s", error);
    return result;
}

struct cloud rig_cloud(const struct rig *rig)
{
    return (struct cloud){.db = rig->db, .sites = rig->sites};
}

struct rig *rig_open_again(const struct rig *rig)
{
    struct rig *again = calloc(1, sizeof(*again));

    assert_non_null(again);
    memcpy(again->path, rig->path, sizeof(again->path));
    again->now = rig->now;
    open_parts(again);
    return again;
}

static void close_parts(struct rig *rig)
{
    sites_destroy(rig->sites);
    db_close(rig->db);
    rig->sites = NULL;
    rig->db = NULL;
}

void rig_close(struct rig *rig)
{
    close_parts(rig);
    free(rig);
}

void rig_restart(struct rig *rig)
{
    close_parts(rig);
    open_parts(rig);
}

int rig_remove(void **state)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    struct rig *rig = *state;

    close_parts(rig);
    for (size_t i = 0; i < 3; i++) {
        char path[320];

        (void)snprintf(path, sizeof(path), "%s%s", rig->path, ends[i]);
        (void)unlink(path);
    }
    (void)rmdir(rig->folder);
    free(rig);
    return 0;
}

const char *rig_uid(int number)
{
    static _Thread_local char texts[8][UID_SIZE];
    static _Thread_local int next;
    char *text = texts[next++ % 8];

    (void)snprintf(text, UID_SIZE, "00000000-0000-4000-8000-%012d", number);
    return text;
}

struct site_put rig_put(struct site *site, const struct event *event)
{
    struct event copy = *event;
    struct site_put put;

    assert_int_equal(site_begin(site), 0);
    assert_int_equal(site_put(site, &copy, &put), 0);
    assert_int_equal(site_commit(site), 0);
    return put;
}

struct event rig_act(enum event_kind kind, int ticket)
{
    struct event event;

    event_init(&event);
    event.kind = kind;
    (void)snprintf(event.ticket, sizeof(event.ticket), "%s", rig_uid(ticket));
    return event;
}

int rig_issue(struct site *site, int ticket, int desk_no)
{
    struct event event = rig_act(EVENT_ISSUED, ticket);
    struct site_put put;

    assert_int_equal(site_begin(site), 0);
    assert_int_equal(site_open_session(site), 0);
    event.desk_no = desk_no;
    event.number = queue_next_number(site_state(site), desk_no, "", CHANNEL_KIOSK);
    assert_int_equal(site_put(site, &event, &put), 0);
    assert_int_equal(put.judgement.verdict, VERDICT_APPLIED);
    assert_int_equal(site_commit(site), 0);
    return event.number.value;
}

enum ticket_state rig_state(struct site *site, int ticket)
{
    const struct ticket *found = queue_ticket(site_read(site), rig_uid(ticket));
    enum ticket_state state = found ? found->state : TICKET_STATE_COUNT;

    site_read_end(site);
    return state;
}

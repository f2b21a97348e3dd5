#include "identity_rig.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct db *db;
struct identity *identity;
int port;
_Atomic int64_t now;
char db_path[96];
static char folder[64];
static struct http_server *server;

static int64_t test_clock(void *context)
{
    (void)context;
    return atomic_load(&now);
}

/* -- a small cloud ----------------------------------------------------------------------------- */

static bool gate(struct http_request *req, const struct http_route *route, void *context)
{
    (void)context;
    return identity_gate(identity, req, (unsigned)(uintptr_t)route->data);
}

static void on_who(struct http_request *req, void *context)
{
    const struct identity_who *who = identity_who(req);
    (void)context;
    const char *text =
        http_printf(req, "%s %s \"%s\" a%d b%d", identity_role_name(who->role), who->id, who->name,
                    identity_may_site(who, SITE_A), identity_may_site(who, SITE_B));
    http_reply(req, 200, "text/plain", text, strlen(text), NULL);
}

/* Body: "user password", and the code of the second factor as the query. */
static void on_login(struct http_request *req, void *context)
{
    struct identity_who who;
    char *user = http_printf(req, "%s", http_body(req, NULL));
    char *password = strchr(user, ' ');
    (void)context;
    *password++ = '\0';
    const char *code = http_query(req, "code");
    if (identity_login(identity, req, user, password, code ? code : "", &who) == 0)
        http_reply(req, 200, "text/plain", who.csrf, strlen(who.csrf), NULL);
}

static void on_logout(struct http_request *req, void *context)
{
    (void)context;
    assert_int_equal(identity_logout(identity, req), 0);
    http_reply(req, 204, NULL, NULL, 0, NULL);
}

/* Body: the code. ?secret: the device's. ?undo: what follows an enrolment fails. */
static void on_enrol(struct http_request *req, void *context)
{
    struct identity_enrolment enrolment;
    (void)context;
    assert_int_equal(db_begin(db), 0);
    const char *secret = http_query(req, "secret");
    int result = identity_enrol(identity, req, http_body(req, NULL), secret ? secret : "", "kiosk",
                                &enrolment);
    if (result == 0 && http_query(req, "undo")) {
        db_rollback(db);
        http_reply(req, 200, "text/plain", "undone", 6, NULL);
        return;
    }
    assert_int_equal(db_commit(db), 0);
    if (result == 0) {
        const char *text = http_printf(req, "%s %s", enrolment.device, enrolment.token);
        assert_string_equal(enrolment.site, SITE_A);
        http_reply(req, 201, "text/plain", text, strlen(text), NULL);
    }
}

/* Body: the secret. */
static void on_pair(struct http_request *req, void *context)
{
    struct identity_pairing pairing;
    (void)context;
    if (identity_pair(identity, req, http_body(req, NULL), &pairing) == 0) {
        const char *text =
            http_printf(req, "%s%s", pairing.confirmed ? "confirmed" : "waiting ", pairing.code);
        http_reply(req, 200, "text/plain", text, strlen(text), NULL);
    }
}

static const struct http_route routes[] = {
    {HTTP_GET, "/any", on_who, IDENTITY_MAY(IDENTITY_ANYONE)},
    {HTTP_POST, "/any", on_who, IDENTITY_MAY(IDENTITY_ANYONE)},
    {HTTP_GET, "/people", on_who, IDENTITY_MAY(IDENTITY_PEOPLE)},
    {HTTP_POST, "/people", on_who, IDENTITY_MAY(IDENTITY_PEOPLE)},
    {HTTP_GET, "/staff", on_who, IDENTITY_MAY(IDENTITY_STAFF)},
    {HTTP_GET, "/device", on_who, IDENTITY_MAY(IDENTITY_DEVICE)},
    {HTTP_POST, "/device", on_who, IDENTITY_MAY(IDENTITY_DEVICE | IDENTITY_STAFF)},
    {HTTP_GET, "/forgotten", on_who, NULL},
    {HTTP_POST, "/login", on_login, IDENTITY_MAY(IDENTITY_ANYONE)},
    {HTTP_POST, "/logout", on_logout, IDENTITY_MAY(IDENTITY_PEOPLE)},
    {HTTP_POST, "/enrol", on_enrol, IDENTITY_MAY(IDENTITY_ANYONE)},
    {HTTP_POST, "/pair", on_pair, IDENTITY_MAY(IDENTITY_ANYONE)},
};

/* Hashed once: it is slow by intention. */
static void add_suzuki(void)
{
    static char hash[256];
    struct db_rows *rows = NULL;

    if (hash[0]) {
        assert_int_equal(db_run(db,
                                "INSERT INTO people (person, name, role, password, added)"
                                " VALUES ('suzuki', '鈴木', 'staff', $1, 0)",
                                "t", hash),
                         1);
        return;
    }
    assert_int_equal(
        identity_user_add(identity, "suzuki", "鈴木", IDENTITY_STAFF, "right password"), 0);
    assert_int_equal(db_query(db, &rows, "SELECT password FROM people", ""), 0);
    assert_int_equal(db_next(rows), 1);
    (void)snprintf(hash, sizeof hash, "%s", db_text(rows, 0));
    db_done(rows);
}

int set_up(void **state)
{
    (void)state;
    char error[DB_ERROR_SIZE];
    (void)snprintf(folder, sizeof folder, "/tmp/machiai-identity-XXXXXX");
    assert_non_null(mkdtemp(folder));
    (void)snprintf(db_path, sizeof db_path, "%s/db", folder);
    atomic_store(&now, 1800000000000);
    assert_int_equal(db_open(db_path, &db, error, sizeof error), 0);
    assert_int_equal(identity_create(db, test_clock, NULL, &identity, error, sizeof error), 0);
    add_suzuki();
    assert_int_equal(identity_user_site_add(identity, "suzuki", SITE_A), 0);
    static const char *const proxies[] = {"127.0.0.1"}; /* X-Forwarded-For is another address */
    server = rig_start((struct http_server_options){.routes = routes,
                                                    .route_count = sizeof routes / sizeof routes[0],
                                                    .gate = gate,
                                                    .proxies = proxies,
                                                    .proxy_count = 1});
    port = http_server_port(server);
    return 0;
}

int tear_down(void **state)
{
    (void)state;
    static const char *const endings[] = {"", "-wal", "-shm"};
    char path[128];
    http_server_destroy(server);
    identity_destroy(identity);
    db_close(db);
    for (size_t i = 0; i < 3; i++) {
        (void)snprintf(path, sizeof path, "%s%s", db_path, endings[i]);
        (void)unlink(path);
    }
    return rmdir(folder);
}

/* -- asking ------------------------------------------------------------------------------------ */

static void write_request(char *bytes, size_t size, const char *method, const char *path,
                          const char *headers, const char *body)
{
    int used = snprintf(bytes, size,
                        "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s"
                        "Content-Length: %zu\r\n\r\n%s",
                        method, path, headers, strlen(body), body);
    assert_true(used > 0 && (size_t)used < size);
}

struct rig_answer send_with(const char *method, const char *path, const char *headers,
                            const char *body)
{
    char bytes[2048];
    write_request(bytes, sizeof bytes, method, path, headers, body);
    return rig_ask(port, bytes);
}

void expect(struct rig_answer answer, int status, const char *error)
{
    char start[64];
    (void)snprintf(start, sizeof start, "{\"error\":\"%s\"", error);
    assert_int_equal(answer.status, status);
    if (status < 400)
        assert_string_equal(answer.body, error);
    else
        assert_memory_equal(answer.body, start, strlen(start));
    rig_free(&answer);
}

struct session log_in(const char *body)
{
    struct session session;
    struct rig_answer answer = send_with("POST", "/login", "", body);
    assert_int_equal(answer.status, 200);
    const char *set = rig_header(&answer, "Set-Cookie");
    assert_non_null(set);
    (void)snprintf(session.cookie, sizeof session.cookie, "Cookie: %.*s\r\n",
                   (int)strcspn(set, ";"), set);
    (void)snprintf(session.all, sizeof session.all, "%sX-CSRF-Token: %s\r\n", session.cookie,
                   answer.body);
    rig_free(&answer);
    return session;
}

void send_many(int count, const char *path, const char *const bodies[], int first_status,
               int *ret_first, int second_status, int *ret_second)
{
    int fds[32];
    char bytes[1024];
    *ret_first = *ret_second = 0;
    for (int i = 0; i < count; i++) {
        write_request(bytes, sizeof bytes, "POST", path, "", bodies[i]);
        fds[i] = rig_connect(port);
        rig_say(fds[i], bytes);
    }
    for (int i = 0; i < count; i++) {
        struct rig_answer answer = rig_read(fds[i]);
        *ret_first += answer.status == first_status;
        *ret_second += answer.status == second_status;
        rig_free(&answer);
        (void)close(fds[i]);
    }
}

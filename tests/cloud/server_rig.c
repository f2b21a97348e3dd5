#include "server_rig.h"

#include <curl/curl.h>
#include <ftw.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "serve.h"

enum { TEXT_MAX = 4 * 1024 * 1024, ASK_MS = 20000, LISTEN_MS = 15000, LINE_SIZE = 300 };

static const char clinic[] =
    "{\"clinic_no\":\"%d\",\"name\":\"%s\",\"phone\":\"03-0000-0000\","
    "\"desks\":[{\"desk_no\":1,\"name\":\"診察\",\"first\":1,\"last\":199},"
    "{\"desk_no\":2,\"name\":\"小児科\",\"first\":201,\"last\":203},"
    "{\"desk_no\":3,\"name\":\"会計\",\"kind\":\"payment\"}],"
    "\"rooms\":[{\"id\":\"r1\",\"desk_no\":1,\"name\":\"第1診察室\"},"
    "{\"id\":\"r2\",\"desk_no\":2,\"name\":\"第2診察室\"}],"
    "\"services\":[{\"id\":\"s1\",\"desk_no\":1,\"name\":\"内科\"}]}";

/* -- asking ------------------------------------------------------------------------------------ */

struct reading {
    struct answer *answer;
    size_t size;
    const char *until;
    int ready_fd; /* told once when the first bytes are there; -1 = nobody */
};

static size_t take_body(char *bytes, size_t one, size_t count, void *context)
{
    struct reading *reading = context;
    char *text = realloc(reading->answer->text, reading->size + count + 1);

    (void)one;
    if (!text || reading->size + count > TEXT_MAX)
        return 0;
    memcpy(text + reading->size, bytes, count);
    reading->size += count;
    text[reading->size] = '\0';
    reading->answer->text = text;
    if (reading->ready_fd >= 0 && write(reading->ready_fd, "x", 1) == 1)
        reading->ready_fd = -1;
    /* Whole blocks only: one that is cut short would be read as if it were not there. */
    return reading->until && reading->size >= 2 && strstr(text, reading->until) &&
                   strcmp(text + reading->size - 2, "\n\n") == 0
               ? 0
               : count;
}

static void keep(const char *line, const char *name, char *ret, size_t size)
{
    if (strncasecmp(line, name, strlen(name)) == 0)
        (void)snprintf(ret, size, "%.*s", (int)strcspn(line + strlen(name), "\r\n;"),
                       line + strlen(name));
}

static size_t take_header(char *bytes, size_t one, size_t count, void *context)
{
    struct reading *reading = context;
    char line[512];

    (void)one;
    (void)snprintf(line, sizeof(line), "%.*s", (int)count, bytes);
    keep(line, "ETag: ", reading->answer->etag, sizeof(reading->answer->etag));
    keep(line, "Set-Cookie: ", reading->answer->cookie, sizeof(reading->answer->cookie));
    return count;
}

static struct curl_slist *headers_of(const struct asker *asker, const char *header)
{
    struct curl_slist *list = curl_slist_append(NULL, "Expect:");
    char line[LINE_SIZE];

    if (*asker->token) {
        (void)snprintf(line, sizeof(line), "Authorization: Bearer %s", asker->token);
        list = curl_slist_append(list, line);
    }
    if (*asker->cookie) {
        (void)snprintf(line, sizeof(line), "Cookie: %s", asker->cookie);
        list = curl_slist_append(list, line);
    }
    if (*asker->csrf && !(header && strncmp(header, "X-CSRF-Token", 12) == 0)) {
        (void)snprintf(line, sizeof(line), "X-CSRF-Token: %s", asker->csrf);
        list = curl_slist_append(list, line);
    }
    return header ? curl_slist_append(list, header) : list;
}

static struct answer ask(struct server *server, enum server_asker who, const char *method,
                         const char *path, const char *body, const char *header, const char *until,
                         int ms)
{
    struct answer answer = {0};
    struct reading reading = {.answer = &answer, .until = until, .ready_fd = server->ready_fd};
    struct curl_slist *headers = headers_of(&server->askers[who], header);
    CURL *curl = server->curl ? server->curl : curl_easy_init();
    char url[1024];
    CURLcode code;

    assert_non_null(curl);
    server->curl = curl; /* kept for its connections: handshakes are slow under sanitizers */
    curl_easy_reset(curl);
    (void)snprintf(url, sizeof(url), "%s%s", server->url, path);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_CAINFO, server->ca);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)ms);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &reading);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &reading);
    if (body)
        curl_easy_setopt(curl, CURLOPT_COPYPOSTFIELDS, body);
    code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
    if (code != CURLE_OK && !until)
        fail_msg("%s %s: %s", method, path, curl_easy_strerror(code));
    curl_slist_free_all(headers);
    answer.json = answer.text ? cJSON_Parse(answer.text) : NULL;
    return answer;
}

struct answer server_ask(struct server *server, enum server_asker who, const char *method,
                         const char *path, const char *body)
{
    return ask(server, who, method, path, body, NULL, NULL, ASK_MS);
}

struct answer server_ask_with(struct server *server, enum server_asker who, const char *method,
                              const char *path, const char *body, const char *header)
{
    return ask(server, who, method, path, body, header, NULL, ASK_MS);
}

struct answer server_listen(struct server *server, enum server_asker who, const char *path,
                            const char *header, const char *until, int ms)
{
    return ask(server, who, "GET", path, NULL, header, until, ms);
}

pid_t server_listener(struct server *server, enum server_asker who, const char *path,
                      const char *text)
{
    char byte;
    int fds[2];
    pid_t pid;

    assert_int_equal(pipe(fds), 0);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct answer answer;

        (void)close(fds[0]);
        server->curl = NULL; /* the parent's connection is not ours */
        server->ready_fd = fds[1];
        answer = server_listen(server, who, path, NULL, text, LISTEN_MS);
        _exit(answer.text && strstr(answer.text, text) ? 0 : 1);
    }
    (void)close(fds[1]);
    ssize_t got = read(fds[0], &byte, 1);
    (void)got; /* an end without a byte shows in its exit code */
    (void)close(fds[0]);
    return pid;
}

int server_listener_end(pid_t pid)
{
    int status = 0;

    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

void answer_free(struct answer *answer)
{
    cJSON_Delete(answer->json);
    free(answer->text);
    *answer = (struct answer){0};
}

void server_expect(struct server *server, enum server_asker who, const char *method,
                   const char *path, const char *body, long status)
{
    struct answer answer = server_ask(server, who, method, path, body);

    if (answer.status != status)
        fail_msg("%s %s by %d: %ld, not %ld: %s", method, path, (int)who, answer.status, status,
                 answer.text ? answer.text : "");
    answer_free(&answer);
}

static const cJSON *find(const struct answer *answer, const char *path)
{
    const cJSON *json = answer->json;
    char name[64];

    while (json && *path) {
        size_t length = strcspn(path, ".");

        (void)snprintf(name, sizeof(name), "%.*s", (int)length, path);
        json = cJSON_IsArray(json) ? cJSON_GetArrayItem(json, atoi(name))
                                   : cJSON_GetObjectItemCaseSensitive(json, name);
        path += length + (path[length] == '.');
    }
    if (!json)
        fail_msg("the answer has no %s: %s", path, answer->text ? answer->text : "");
    return json;
}

const char *answer_text(const struct answer *answer, const char *path)
{
    const char *text = cJSON_GetStringValue(find(answer, path));

    assert_non_null(text);
    return text;
}

int64_t answer_int(const struct answer *answer, const char *path)
{
    const cJSON *json = find(answer, path);

    assert_true(cJSON_IsNumber(json));
    return (int64_t)json->valuedouble;
}

/* -- the process ------------------------------------------------------------------------------- */

void server_start(struct server *server)
{
    char line[LINE_SIZE] = "";
    int fds[2];
    FILE *out;

    assert_int_equal(pipe(fds), 0);
    server->pid = fork();
    assert_true(server->pid >= 0);
    if (server->pid == 0) {
        const struct serve_options options = {
            .data_dir = server->folder, .listen = "127.0.0.1:0", .rate = -1};

        (void)close(fds[0]);
        if (dup2(fds[1], STDOUT_FILENO) < 0)
            _exit(99);
        (void)close(fds[1]);
        exit(serve_run(&options)); /* exit, so that leaks are looked for */
    }
    (void)close(fds[1]);
    out = fdopen(fds[0], "r");
    assert_non_null(out);
    assert_non_null(fgets(line, sizeof(line), out));
    (void)fclose(out);
    assert_int_equal(sscanf(line, "ready %255s", server->url), 1);
    (void)snprintf(server->ca, sizeof(server->ca), "%s/tls/ca.pem", server->folder);
}

int server_stop(struct server *server, int number)
{
    int status = 0;

    assert_int_equal(kill(server->pid, number), 0);
    assert_int_equal(waitpid(server->pid, &status, 0), server->pid);
    server->pid = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

struct cloud *server_open_beside(struct server *server)
{
    char error[DB_ERROR_SIZE] = "";
    struct cloud *cloud = NULL;

    if (cloud_open(server->folder, false, &cloud, error, sizeof(error)) < 0)
        fail_msg("%s", error);
    return cloud;
}

/* -- the clinics ------------------------------------------------------------------------------- */

static void add_person(struct server *server, struct cloud *cloud, enum server_asker who,
                       const char *user, enum identity_role role, int number)
{
    struct asker *asker = &server->askers[who];

    asker->role = role;
    asker->clinic = number;
    (void)snprintf(asker->user, sizeof(asker->user), "%s", user);
    identity_password_make(asker->password);
    assert_int_equal(identity_user_add(cloud->identity, user, user, role, asker->password), 0);
    if (number < CLINICS)
        assert_int_equal(identity_user_site_add(cloud->identity, user, server->site[number]), 0);
}

static void furnish(struct server *server)
{
    static const char *const names[CLINICS] = {"さくら内科", "もみじ医院"};
    char error[DB_ERROR_SIZE] = "", text[2048];
    struct cloud *cloud = NULL;

    if (cloud_open(server->folder, true, &cloud, error, sizeof(error)) < 0)
        fail_msg("%s", error);
    for (int i = 0; i < CLINICS; i++) {
        struct site *site;
        cJSON *settings;

        (void)snprintf(text, sizeof(text), clinic, 1024 + i, names[i]);
        settings = cJSON_Parse(text);
        if (sites_add(cloud->sites, settings, "test", &site, error, sizeof(error)) < 0)
            fail_msg("%s", error);
        cJSON_Delete(settings);
        memcpy(server->site[i], site_id(site), UID_SIZE);
        assert_int_equal(
            identity_code_make(cloud->identity, server->site[i], 3600 * 1000, server->code[i]), 0);
    }
    add_person(server, cloud, ASK_STAFF_A, "staff-a", IDENTITY_STAFF, CLINIC_A);
    add_person(server, cloud, ASK_STAFF_B, "staff-b", IDENTITY_STAFF, CLINIC_B);
    add_person(server, cloud, ASK_CONTRACTOR_A, "contractor-a", IDENTITY_CONTRACTOR, CLINIC_A);
    add_person(server, cloud, ASK_CONTRACTOR_B, "contractor-b", IDENTITY_CONTRACTOR, CLINIC_B);
    add_person(server, cloud, ASK_OPERATOR, "operator", IDENTITY_OPERATOR, CLINICS);
    cloud_close(cloud);
}

static void enrol(struct server *server, enum server_asker who, int number)
{
    struct asker *asker = &server->askers[who];
    struct answer answer;
    char body[200];

    (void)snprintf(body, sizeof(body), "{\"code\":\"%s\",\"name\":\"入口\"}", server->code[number]);
    answer = server_ask(server, ASK_NOBODY, "POST", "/api/v1/devices/enrol", body);
    assert_int_equal(answer.status, 201);
    asker->role = IDENTITY_DEVICE;
    asker->clinic = number;
    (void)snprintf(asker->device, sizeof(asker->device), "%s", answer_text(&answer, "device"));
    (void)snprintf(asker->token, sizeof(asker->token), "%s", answer_text(&answer, "token"));
    answer_free(&answer);
}

static void log_in(struct server *server, enum server_asker who)
{
    struct asker *asker = &server->askers[who];
    struct answer answer;
    char body[200];

    (void)snprintf(body, sizeof(body), "{\"user\":\"%s\",\"password\":\"%s\"}", asker->user,
                   asker->password);
    answer = server_ask(server, ASK_NOBODY, "POST", "/api/v1/sessions", body);
    assert_int_equal(answer.status, 200);
    (void)snprintf(asker->cookie, sizeof(asker->cookie), "%s", answer.cookie);
    (void)snprintf(asker->csrf, sizeof(asker->csrf), "%s", answer_text(&answer, "csrf"));
    answer_free(&answer);
}

int server_make(void **state)
{
    struct server *server = calloc(1, sizeof(*server));

    assert_non_null(server);
    server->ready_fd = -1;
    (void)snprintf(server->folder, sizeof(server->folder), P_tmpdir "/machiai-cloud-XXXXXX");
    assert_non_null(mkdtemp(server->folder));
    furnish(server);
    server_start(server);
    server->askers[ASK_NOBODY].role = IDENTITY_ANYONE;
    server->askers[ASK_NOBODY].clinic = CLINICS;
    enrol(server, ASK_DEVICE_A, CLINIC_A);
    enrol(server, ASK_DEVICE_B, CLINIC_B);
    for (enum server_asker who = 0; who < ASKERS; who++)
        if (server->askers[who].role & IDENTITY_PEOPLE)
            log_in(server, who);
    *state = server;
    return 0;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path);
}

int server_remove(void **state)
{
    struct server *server = *state;
    int code = server->pid ? server_stop(server, SIGTERM) : 0;

    curl_easy_cleanup(server->curl);
    (void)nftw(server->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    free(server);
    return code;
}

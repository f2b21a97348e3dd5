/* The staff's page on the clinic's network, asked by a real client over TLS: who comes in, what an
 * act becomes, what is shown. */
#include "test.h"

#include <cjson/cJSON.h>
#include <curl/curl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lan.h"
#include "lan_check.h"

enum { WAIT_MS = 10000, STEP_US = 20000, BODY_SIZE = 64 * 1024 };

static const char device[] = "0d5c1c1e-0000-4000-8000-000000000001";
static const char ticket[] = "0d5c1c1e-0000-4000-8000-000000000002";
static const char act_id[] = "0d5c1c1e-0000-4000-8000-000000000003";
static const char password[] = "kumo-tsuki-3819-hana";

struct fixture {
    char dir[64], url[256], cookie[128], csrf[64];
    struct lan *lan;
    struct station_act act; /* the last one that came through */
    int acts;
    const char *answer; /* to each */
};

/* -- the kiosk's side -------------------------------------------------------------------------- */

static int take_act(void *context, int64_t request, const struct station_act *act)
{
    struct fixture *f = context;
    f->act = *act;
    f->acts++;
    assert_true(lan_acted(f->lan, request, f->answer));
    return 0;
}

static bool tell_time(void *context, int64_t *ret)
{
    (void)context;
    *ret = (int64_t)time(NULL) * 1000;
    return true;
}

static void note_page(void *context, const char *url, const char *fingerprint)
{
    (void)context;
    (void)url;
    assert_int_equal(strlen(fingerprint), STATION_FINGERPRINT_SIZE - 1);
}

static void fill_queue(struct queue *queue)
{
    queue_init(queue);
    queue->has_settings = true;
    (void)snprintf(queue->settings.clinic_no, sizeof queue->settings.clinic_no, "1024");
    (void)snprintf(queue->settings.name, sizeof queue->settings.name, "みなと内科");
    queue->settings.desk_count = 1;
    queue->settings.desks[0].desk_no = 1;
    queue->tickets = calloc(1, sizeof *queue->tickets);
    queue->count = queue->capacity = 1;
    (void)snprintf(queue->tickets[0].id, UID_SIZE, "%s", ticket);
    queue->tickets[0].state = TICKET_WAITING;
    queue->tickets[0].number.value = 7;
    queue->tickets[0].desk_no = 1;
}

static void show_queue(struct fixture *f, bool online)
{
    char unsent[1][UID_SIZE] = {""};
    struct station_status status = {.enrolled = true, .online = online, .outbox = 3, .letter = 'A'};
    struct queue queue;
    fill_queue(&queue);
    (void)snprintf(status.device, sizeof status.device, "%s", device);
    (void)snprintf(unsent[0], UID_SIZE, "%s", ticket);
    lan_viewed(f->lan, &queue, &status, (const char(*)[UID_SIZE])unsent, online ? 0 : 1);
    queue_finish(&queue);
}

/* As the cloud tells it; at the smallest cost that Argon2id has. */
static void add_person(cJSON *list, const char *user, const char *name)
{
    const unsigned char salt[16] = {1, 2, 3};
    unsigned char raw[LAN_CHECK_RAW_SIZE];
    char check[LAN_CHECK_SIZE], hex[33];
    cJSON *item = cJSON_CreateObject();
    assert_int_equal(crypto_pwhash(raw, sizeof raw, password, strlen(password), salt, 1, 8192,
                                   crypto_pwhash_ALG_ARGON2ID13),
                     0);
    lan_check(device, raw, check);
    (void)sodium_bin2hex(hex, sizeof hex, salt, sizeof salt);
    cJSON_AddItemToArray(list, item);
    cJSON_AddStringToObject(item, "user", user);
    cJSON_AddStringToObject(item, "name", name);
    cJSON_AddNumberToObject(item, "memory_kib", 8);
    cJSON_AddNumberToObject(item, "rounds", 1);
    cJSON_AddStringToObject(item, "salt", hex);
    cJSON_AddStringToObject(item, "check", check);
}

static void tell_staff(struct fixture *f, bool with_sato)
{
    cJSON *list = cJSON_CreateArray();
    add_person(list, "suzuki", "鈴木");
    if (with_sato)
        add_person(list, "sato", "佐藤");
    char *text = cJSON_PrintUnformatted(list);
    lan_staff(f->lan, text);
    cJSON_free(text);
    cJSON_Delete(list);
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    strcpy(f->dir, "/tmp/machiai-lan-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    f->answer = "";
    char address[] = "127.0.0.1:0";
    struct lan_options options = {.data_dir = f->dir,
                                  .cloud_url = "https://cloud.example",
                                  .address = address,
                                  .act = take_act,
                                  .now = tell_time,
                                  .found = note_page,
                                  .context = f};
    struct lan_info info = {.url = ""};
    assert_true(sodium_init() >= 0);
    assert_int_equal(lan_create(&options, &f->lan), 0);
    memset(address, 'x', sizeof address - 1); /* the page has its own */
    show_queue(f, false);
    tell_staff(f, true);
    assert_int_equal(lan_start(f->lan), 0);
    for (int i = 0; i < WAIT_MS * 1000 / STEP_US && !*info.url; i++) {
        usleep(STEP_US);
        lan_info(f->lan, &info);
    }
    assert_string_not_equal(info.url, "");
    assert_int_equal(info.people, 2);
    (void)snprintf(f->url, sizeof f->url, "https://127.0.0.1%s", strrchr(info.url, ':'));
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    char command[128];
    lan_destroy(f->lan);
    (void)snprintf(command, sizeof command, "rm -r %s", f->dir);
    assert_int_equal(system(command), 0);
    free(f);
    return 0;
}

/* -- a browser's side -------------------------------------------------------------------------- */

struct answer {
    long status;
    char body[BODY_SIZE];
    size_t size;
    char cookie[128];
};

static size_t take_body(char *bytes, size_t one, size_t count, void *context)
{
    struct answer *answer = context;
    size_t size = one * count;
    if (answer->size + size < sizeof answer->body) {
        memcpy(answer->body + answer->size, bytes, size);
        answer->size += size;
    }
    return size;
}

static size_t take_header(char *bytes, size_t one, size_t count, void *context)
{
    struct answer *answer = context;
    char line[512];
    (void)snprintf(line, sizeof line, "%.*s", (int)(one * count), bytes);
    if (strncasecmp(line, "set-cookie: ", 12) == 0) {
        assert_non_null(strstr(line, "HttpOnly"));
        assert_non_null(strstr(line, "Secure"));
        assert_non_null(strstr(line, "SameSite=Strict"));
        (void)snprintf(answer->cookie, sizeof answer->cookie, "%.*s",
                       (int)strcspn(line + 12, ";\r\n"), line + 12);
    }
    return one * count;
}

/* The kiosk's own authority is the only one that is trusted. */
static struct answer *ask(struct fixture *f, const char *method, const char *path, const char *body)
{
    static struct answer answer;
    char url[512], authority[128], cookie[160], csrf[128];
    CURL *curl = curl_easy_init();
    struct curl_slist *headers = NULL;
    answer = (struct answer){0};
    (void)snprintf(url, sizeof url, "%s%s", f->url, path);
    (void)snprintf(authority, sizeof authority, "%s/tls/ca.pem", f->dir);
    (void)snprintf(cookie, sizeof cookie, "Cookie: %s", f->cookie);
    (void)snprintf(csrf, sizeof csrf, "X-CSRF-Token: %s", f->csrf);
    headers = curl_slist_append(headers, "Content-Type: application/json");
    if (*f->cookie)
        headers = curl_slist_append(headers, cookie);
    if (*f->csrf)
        headers = curl_slist_append(headers, csrf);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_CAINFO, authority);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    if (body)
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &answer);
    CURLcode result = curl_easy_perform(curl);
    if (result != CURLE_OK)
        fail_msg("%s: %s", url, curl_easy_strerror(result));
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    return &answer;
}

static struct answer *log_in(struct fixture *f, const char *user, const char *secret)
{
    char body[256];
    (void)snprintf(body, sizeof body, "{\"user\":\"%s\",\"password\":\"%s\"}", user, secret);
    struct answer *answer = ask(f, "POST", "/api/v1/sessions", body);
    if (answer->status == 200) {
        cJSON *json = cJSON_Parse(answer->body);
        (void)snprintf(f->csrf, sizeof f->csrf, "%s",
                       cJSON_GetStringValue(cJSON_GetObjectItem(json, "csrf")));
        (void)snprintf(f->cookie, sizeof f->cookie, "%s", answer->cookie);
        cJSON_Delete(json);
    }
    return answer;
}

static struct answer *post_act(struct fixture *f, const char *more)
{
    char body[512];
    (void)snprintf(body, sizeof body, "{\"events\":[{\"id\":\"%s\",\"ticket\":\"%s\"%s}]}", act_id,
                   ticket, more);
    return ask(f, "POST", "/api/v1/sites/kiosk/events", body);
}

/* -- tests ------------------------------------------------------------------------------------- */

static void a_page_for_everybody_and_a_queue_for_staff(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(ask(f, "GET", "/staff/", NULL)->status, 200);
    assert_int_equal(ask(f, "GET", "/assets/staff.js", NULL)->status, 200);
    assert_int_equal(ask(f, "GET", "/assets/operator.js", NULL)->status, 404);
    assert_int_equal(ask(f, "GET", "/api/v1/sites/kiosk/queue", NULL)->status, 401);
    assert_int_equal(ask(f, "GET", "/api/v1/sites/kiosk/events", NULL)->status, 401);
    assert_int_equal(post_act(f, ",\"kind\":\"ticket_called\"")->status, 401);
    assert_int_equal(log_in(f, "sato", "something else")->status, 401);
    assert_int_equal(log_in(f, "nobody", password)->status, 401);
    assert_int_equal(log_in(f, "Sato", password)->status, 200);
    struct answer *answer = ask(f, "GET", "/api/v1/sites/kiosk/queue", NULL);
    assert_int_equal(answer->status, 200);
    assert_non_null(strstr(answer->body, "\"unsent\":true"));
    assert_non_null(strstr(answer->body, "\"online\":false"));
    assert_non_null(strstr(answer->body, "\"unsent\":3"));
    assert_non_null(strstr(answer->body, "\"devices\":[]"));
    lan_printer(f->lan, "media-empty-error");
    answer = ask(f, "GET", "/api/v1/sites/kiosk/queue", NULL);
    assert_non_null(strstr(answer->body, "\"printer\":\"media-empty-error\""));
    assert_non_null(strstr(answer->body, device));
}

static void an_act_is_its_authors_and_says_what_was_seen(void **state)
{
    struct fixture *f = *state;
    char csrf[64];
    assert_int_equal(log_in(f, "sato", password)->status, 200);
    memcpy(csrf, f->csrf, sizeof csrf);
    strcpy(f->csrf, "another page's guess");
    assert_int_equal(post_act(f, ",\"kind\":\"ticket_called\"")->status, 403);
    assert_int_equal(f->acts, 0);
    memcpy(f->csrf, csrf, sizeof csrf);
    struct answer *answer =
        post_act(f, ",\"kind\":\"ticket_called\",\"room\":\"room-2\","
                    "\"user\":\"院長\",\"seen\":\"0d5c1c1e-0000-4000-8000-00000000000f\"");
    assert_int_equal(answer->status, 200);
    assert_non_null(strstr(answer->body, "\"applied\""));
    assert_int_equal(f->act.kind, STATION_ACT_CALL);
    assert_string_equal(f->act.user, "佐藤");
    assert_string_equal(f->act.room, "room-2");
    assert_string_equal(f->act.id, act_id);
    assert_string_equal(f->act.seen, "0d5c1c1e-0000-4000-8000-00000000000f");
    f->answer = "act.not_now";
    assert_non_null(strstr(post_act(f, ",\"kind\":\"ticket_absent\"")->body, "\"superseded\""));
    f->answer = "act.failed";
    assert_int_equal(post_act(f, ",\"kind\":\"ticket_absent\"")->status, 503);
    f->answer = "";
    assert_non_null(
        strstr(post_act(f, ",\"kind\":\"ticket_transferred\",\"desk\":2")->body, "\"applied\""));
    assert_int_equal(f->act.to_desk_no, 2);
    /* settings and numbers have other ways */
    assert_int_equal(post_act(f, ",\"kind\":\"message\",\"text\":\"x\"")->status, 400);
    assert_int_equal(f->acts, 4);
}

static void whoever_is_taken_from_the_list_is_out_at_once(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(log_in(f, "sato", password)->status, 200);
    assert_int_equal(ask(f, "GET", "/api/v1/sites/kiosk/queue", NULL)->status, 200);
    tell_staff(f, false);
    assert_int_equal(ask(f, "GET", "/api/v1/sites/kiosk/queue", NULL)->status, 401);
    assert_int_equal(log_in(f, "sato", password)->status, 401);
    assert_int_equal(log_in(f, "suzuki", password)->status, 200);
}

/* -- open consoles ----------------------------------------------------------------------------- */

struct console {
    CURLM *multi;
    CURL *easy;
    struct curl_slist *headers;
    char url[512], authority[128], cookie[160];
    struct answer answer;
};

static void console_open(struct fixture *f, struct console *console)
{
    *console = (struct console){.multi = curl_multi_init(), .easy = curl_easy_init()};
    (void)snprintf(console->url, sizeof console->url, "%s/api/v1/sites/kiosk/events", f->url);
    (void)snprintf(console->authority, sizeof console->authority, "%s/tls/ca.pem", f->dir);
    (void)snprintf(console->cookie, sizeof console->cookie, "Cookie: %s", f->cookie);
    console->headers = curl_slist_append(NULL, console->cookie);
    curl_easy_setopt(console->easy, CURLOPT_URL, console->url);
    curl_easy_setopt(console->easy, CURLOPT_CAINFO, console->authority);
    curl_easy_setopt(console->easy, CURLOPT_HTTPHEADER, console->headers);
    curl_easy_setopt(console->easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(console->easy, CURLOPT_WRITEDATA, &console->answer);
    assert_int_equal(curl_multi_add_handle(console->multi, console->easy), CURLM_OK);
}

/* Runs it until it has shown the queue, or has ended; false: neither came. */
static bool console_run(struct console *console, bool to_its_end)
{
    for (int waited = 0, running = 1; waited < WAIT_MS; waited += STEP_US / 1000) {
        assert_int_equal(curl_multi_perform(console->multi, &running), CURLM_OK);
        if (to_its_end ? running == 0 : strstr(console->answer.body, "event: queue") != NULL)
            return true;
        assert_int_equal(curl_multi_poll(console->multi, NULL, 0, STEP_US / 1000, NULL), CURLM_OK);
    }
    return false;
}

static void console_close(struct console *console)
{
    (void)curl_multi_remove_handle(console->multi, console->easy);
    curl_easy_cleanup(console->easy);
    curl_slist_free_all(console->headers);
    (void)curl_multi_cleanup(console->multi);
}

static void an_open_console_ends_with_its_person(void **state)
{
    struct fixture *f = *state;
    struct console sato, suzuki;
    int running = 0;
    assert_int_equal(log_in(f, "sato", password)->status, 200);
    console_open(f, &sato);
    assert_true(console_run(&sato, false));
    f->csrf[0] = f->cookie[0] = '\0';
    assert_int_equal(log_in(f, "suzuki", password)->status, 200);
    console_open(f, &suzuki);
    assert_true(console_run(&suzuki, false));
    tell_staff(f, false);
    assert_true(console_run(&sato, true));
    assert_int_equal(curl_multi_perform(suzuki.multi, &running), CURLM_OK);
    assert_int_equal(running, 1); /* a colleague's goes on */
    assert_int_equal(ask(f, "DELETE", "/api/v1/sessions/current", NULL)->status, 204);
    assert_true(console_run(&suzuki, true));
    console_close(&sato);
    console_close(&suzuki);
}

/* After a loss the way back in is a new password: what the old one opened is shut. */
static void a_new_password_ends_what_the_old_one_opened(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(log_in(f, "sato", password)->status, 200);
    tell_staff(f, true); /* the same again */
    assert_int_equal(ask(f, "GET", "/api/v1/sites/kiosk/queue", NULL)->status, 200);
    cJSON *list = cJSON_CreateArray();
    add_person(list, "sato", "佐藤");
    cJSON_SetValuestring(cJSON_GetObjectItem(cJSON_GetArrayItem(list, 0), "check"), "000000");
    char *text = cJSON_PrintUnformatted(list);
    lan_staff(f->lan, text);
    cJSON_free(text);
    cJSON_Delete(list);
    assert_int_equal(ask(f, "GET", "/api/v1/sites/kiosk/queue", NULL)->status, 401);
}

static void guessing_is_slowed_and_locks_nobody_else_out(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < LAN_MISSES_MAX; i++)
        assert_int_equal(log_in(f, "sato", "wrong")->status, 401);
    assert_int_equal(log_in(f, "sato", password)->status, 429);
    assert_int_equal(log_in(f, "suzuki", password)->status, 200);
}

static void a_log_out_ends_the_session(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(log_in(f, "sato", password)->status, 200);
    assert_int_equal(ask(f, "DELETE", "/api/v1/sessions/current", NULL)->status, 204);
    assert_int_equal(ask(f, "GET", "/api/v1/sites/kiosk/queue", NULL)->status, 401);
}

/* The check is of this device: another kiosk's list is of no use here. */
static void a_list_of_another_kiosk_opens_nothing(void **state)
{
    (void)state;
    const unsigned char raw[LAN_CHECK_RAW_SIZE] = {7};
    char here[LAN_CHECK_SIZE], there[LAN_CHECK_SIZE];
    lan_check(device, raw, here);
    lan_check(ticket, raw, there);
    assert_string_not_equal(here, there);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_page_for_everybody_and_a_queue_for_staff, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(an_act_is_its_authors_and_says_what_was_seen, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(whoever_is_taken_from_the_list_is_out_at_once, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(an_open_console_ends_with_its_person, setup, teardown),
        cmocka_unit_test_setup_teardown(a_new_password_ends_what_the_old_one_opened, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(guessing_is_slowed_and_locks_nobody_else_out, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_log_out_ends_the_session, setup, teardown),
        cmocka_unit_test(a_list_of_another_kiosk_opens_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

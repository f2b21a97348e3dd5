#include "film_rig.h"

#include <curl/curl.h>
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { ASK_MS = 30000, AWAIT_STEPS = 900, STEP_US = 200 * 1000 };

struct rig_file rig_clip(const char *name)
{
    struct rig_file file = {0};
    char path[RIG_PATH_SIZE];
    FILE *in;
    long size;

    (void)snprintf(path, sizeof(path), "%s/%s", CLIPS, name);
    in = fopen(path, "r");
    if (!in)
        fail_msg("%s is not there", path);
    assert_int_equal(fseek(in, 0, SEEK_END), 0);
    size = ftell(in);
    assert_true(size >= 0);
    rewind(in);
    file.size = (size_t)size;
    file.bytes = calloc(1, file.size + 1);
    assert_non_null(file.bytes);
    assert_int_equal(fread(file.bytes, 1, file.size, in), file.size);
    assert_int_equal(fclose(in), 0);
    return file;
}

static size_t take(char *bytes, size_t one, size_t count, void *context)
{
    struct answer *answer = context;
    size_t used = answer->text ? strlen(answer->text) : 0;
    char *text = realloc(answer->text, used + one * count + 1);

    if (!text)
        return 0;
    memcpy(text + used, bytes, one * count);
    text[used + one * count] = '\0';
    answer->text = text;
    return one * count;
}

static struct curl_slist *headers_of(const struct asker *asker, const char *const headers[static 2])
{
    struct curl_slist *list = curl_slist_append(NULL, "Expect:");
    char line[400];

    (void)snprintf(line, sizeof(line), "Cookie: %s", asker->cookie);
    list = curl_slist_append(list, line);
    (void)snprintf(line, sizeof(line), "X-CSRF-Token: %s", asker->csrf);
    list = curl_slist_append(list, line);
    for (int i = 0; i < 2; i++)
        list = headers[i] ? curl_slist_append(list, headers[i]) : list;
    return list;
}

struct answer rig_send(struct server *server, enum server_asker who, const char *method,
                       const char *path, const char *const headers[static 2], const void *bytes,
                       size_t size)
{
    struct curl_slist *list = headers_of(&server->askers[who], headers);
    struct answer answer = {0};
    CURL *curl = curl_easy_init();
    char url[1024];

    assert_non_null(curl);
    (void)snprintf(url, sizeof(url), "%s%s", server->url, path);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_CAINFO, server->ca);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)ASK_MS);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
    if (bytes) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)size);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, bytes);
    }
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    if (curl_easy_perform(curl) == CURLE_OK)
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
    curl_slist_free_all(list);
    curl_easy_cleanup(curl);
    answer.json = answer.text ? cJSON_Parse(answer.text) : NULL;
    return answer;
}

void rig_begin(struct server *server, enum server_asker who, const char *kind, const char *site,
               const char *title, long long size, long status, char id[static UID_SIZE])
{
    char body[600];
    struct answer answer;

    (void)snprintf(body, sizeof(body),
                   "{\"name\":\"film.mp4\",\"kind\":\"%s\",\"title\":\"%s\",\"size\":%lld%s%s%s}",
                   kind, title, size, site ? ",\"site\":\"" : "", site ? site : "",
                   site ? "\"" : "");
    answer = server_ask(server, who, "POST", "/api/v1/uploads", body);
    if (answer.status != status)
        fail_msg("POST /api/v1/uploads %s: %ld %s", body, answer.status, answer.text);
    if (status == 201)
        (void)snprintf(id, UID_SIZE, "%s", answer_text(&answer, "upload"));
    answer_free(&answer);
}

long rig_piece(struct server *server, enum server_asker who, const char *id, long long offset,
               const char *bytes, size_t size, long long *ret_offset)
{
    char path[100], line[60];
    const char *const headers[2] = {"Content-Type: application/offset+octet-stream", line};
    struct answer answer;
    long status;

    (void)snprintf(path, sizeof(path), "/api/v1/uploads/%s", id);
    (void)snprintf(line, sizeof(line), "Upload-Offset: %lld", offset);
    answer = rig_send(server, who, "PATCH", path, headers, bytes, size);
    status = answer.status;
    if (status == 200)
        *ret_offset = answer_int(&answer, "offset");
    answer_free(&answer);
    return status;
}

static long long offset_of(struct server *server, enum server_asker who, const char *id)
{
    char path[100];
    struct answer answer;
    long long offset;

    (void)snprintf(path, sizeof(path), "/api/v1/uploads/%s", id);
    answer = server_ask(server, who, "GET", path, NULL);
    assert_int_equal(answer.status, 200);
    offset = answer_int(&answer, "offset");
    answer_free(&answer);
    return offset;
}

void rig_go_on(struct server *server, enum server_asker who, const char *id,
               const struct rig_file *file)
{
    long long offset = offset_of(server, who, id);

    while (offset < (long long)file->size) {
        size_t left = file->size - (size_t)offset;
        size_t size = left < RIG_PIECE ? left : RIG_PIECE;

        assert_int_equal(rig_piece(server, who, id, offset, file->bytes + offset, size, &offset),
                         200);
    }
}

void rig_upload(struct server *server, enum server_asker who, const char *clip, const char *kind,
                char id[static UID_SIZE])
{
    struct rig_file file = rig_clip(clip);

    rig_begin(server, who, kind, who == ASK_OPERATOR ? NULL : server->site[CLINIC_A], clip,
              (long long)file.size, 201, id);
    rig_go_on(server, who, id, &file);
    free(file.bytes);
}

struct answer rig_await(struct server *server, enum server_asker who, const char *id)
{
    char path[100];

    (void)snprintf(path, sizeof(path), "/api/v1/uploads/%s", id);
    for (int i = 0; i < AWAIT_STEPS; i++) {
        struct answer answer = server_ask(server, who, "GET", path, NULL);
        const char *state;

        assert_int_equal(answer.status, 200);
        state = answer_text(&answer, "state");
        if (strcmp(state, "ready") == 0 || strcmp(state, "refused") == 0)
            return answer;
        answer_free(&answer);
        (void)usleep(STEP_US);
    }
    fail_msg("the upload %s stays under way", id);
    return (struct answer){0};
}

int rig_files(const struct server *server, const char *folder)
{
    char path[RIG_PATH_SIZE];
    const struct dirent *entry;
    int count = 0;
    DIR *list;

    (void)snprintf(path, sizeof(path), "%s/%s", server->folder, folder);
    list = opendir(path);
    assert_non_null(list);
    while ((entry = readdir(list)))
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    assert_int_equal(closedir(list), 0);
    return count;
}

#include "cloud_rig.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { COMMAND_MAX = 2048, ANSWER_MAX = 256 * 1024 };

static const char password[] = "himitsu-no-kotoba";

static void die(const char *what, const char *more)
{
    (void)fprintf(stderr, "cloud rig: %s: %s\n", what, more);
    abort();
}

static void run(const char *command, char *answer, size_t size)
{
    FILE *pipe = popen(command, "re");
    size_t count = pipe ? fread(answer, 1, size - 1, pipe) : 0;
    answer[count] = '\0';
    if (!pipe || pclose(pipe) != 0)
        die(command, answer);
}

cJSON *cloud_rig_admin(struct cloud_rig *cloud, const char *format, ...)
{
    char command[COMMAND_MAX], answer[ANSWER_MAX];
    int length = snprintf(command, sizeof command, "'%s' admin --data '%s' --json ",
                          MACHIAI_CLOUD_PATH, cloud->data);
    va_list args;
    va_start(args, format);
    (void)vsnprintf(command + length, sizeof command - (size_t)length, format, args);
    va_end(args);
    run(command, answer, sizeof answer);
    return cJSON_Parse(answer);
}

static void text_of(cJSON *json, const char *key, char *ret, size_t size)
{
    const cJSON *item = cJSON_GetObjectItem(json, key);
    if (!cJSON_IsString(item))
        die("no field in the answer", key);
    (void)snprintf(ret, size, "%s", item->valuestring);
    cJSON_Delete(json);
}

void cloud_rig_code(struct cloud_rig *cloud, char code[static 16])
{
    text_of(cloud_rig_admin(cloud, "device code --site %s", cloud->site), "code", code, 16);
}

/* -- process ----------------------------------------------------------------------------------- */

void cloud_rig_start(struct cloud_rig *cloud)
{
    int out[2];
    char line[256] = "", listen[CLOUD_URL_MAX] = "127.0.0.1:0";
    if (pipe(out) < 0)
        die("pipe", "");
    if (cloud->url[0])
        (void)snprintf(listen, sizeof listen, "%s", cloud->url + strlen("https://"));
    cloud->pid = fork();
    if (cloud->pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that aborts leaves nothing behind */
        (void)dup2(out[1], STDOUT_FILENO);
        close(out[0]);
        execl(MACHIAI_CLOUD_PATH, "machiai-cloud", "serve", "--data", cloud->data, "--listen",
              listen, (char *)NULL);
        _exit(127);
    }
    close(out[1]);
    FILE *file = fdopen(out[0], "r");
    if (!file || !fgets(line, sizeof line, file) || sscanf(line, "ready %63s", cloud->url) != 1)
        die("the cloud did not start", line);
    (void)fclose(file);
}

void cloud_rig_signal(struct cloud_rig *cloud, int signal)
{
    if (kill(cloud->pid, signal) < 0)
        die("kill", "");
}

void cloud_rig_kill(struct cloud_rig *cloud)
{
    if (!cloud->pid)
        return;
    cloud_rig_signal(cloud, SIGKILL);
    (void)waitpid(cloud->pid, NULL, 0);
    cloud->pid = 0;
}

void cloud_rig_open(struct cloud_rig *cloud)
{
    *cloud = (struct cloud_rig){0};
    const char *base = getenv("TMPDIR");
    (void)snprintf(cloud->data, sizeof cloud->data, "%s/machiai-cloud-XXXXXX",
                   base ? base : "/tmp");
    if (!mkdtemp(cloud->data))
        die("mkdtemp", cloud->data);
    (void)snprintf(cloud->ca, sizeof cloud->ca, "%s/tls/ca.pem", cloud->data);
    text_of(cloud_rig_admin(cloud, "site add --name さくら台クリニック --phone 03-0000-0000 "
                                   "--clinic-no 1024"),
            "site", cloud->site, sizeof cloud->site);
    cJSON_Delete(cloud_rig_admin(cloud,
                                 "desk add --site %s --name 内科 --room 第1診察室 "
                                 "--service 内科",
                                 cloud->site));
    cJSON_Delete(cloud_rig_admin(cloud,
                                 "user add --user staff --name 受付 --role staff --site %s "
                                 "--password %s",
                                 cloud->site, password));
    cloud_rig_start(cloud);
}

void cloud_rig_close(struct cloud_rig *cloud)
{
    char command[CLOUD_PATH_MAX + 16];
    cloud_rig_kill(cloud);
    if (cloud->curl)
        curl_easy_cleanup(cloud->curl);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", cloud->data);
    if (system(command) != 0)
        die("rm", cloud->data);
}

/* -- staff ------------------------------------------------------------------------------------- */

struct answer {
    char *text;
    size_t size;
};

static size_t keep(char *bytes, size_t unit, size_t count, void *context)
{
    struct answer *answer = context;
    count *= unit;
    if (answer->size + count >= ANSWER_MAX)
        return 0;
    memcpy(answer->text + answer->size, bytes, count);
    answer->size += count;
    answer->text[answer->size] = '\0';
    return count;
}

/* One exchange with the headers that say who asks. Takes the headers over. */
static cJSON *exchange(struct cloud_rig *cloud, CURL *curl, struct curl_slist *headers,
                       const char *method, const char *path, const char *body, long *ret_status)
{
    char url[CLOUD_URL_MAX + 256];
    struct answer answer = {.text = calloc(1, ANSWER_MAX)};
    headers = curl_slist_append(headers, "Content-Type: application/json");
    (void)snprintf(url, sizeof url, "%s%s", cloud->url, path);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_CAINFO, cloud->ca);
    curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
    curl_easy_setopt(curl, CURLOPT_COOKIEFILE, "");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 10000L);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    if (!body)
        curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
    CURLcode code = curl_easy_perform(curl);
    if (code != CURLE_OK)
        die(path, curl_easy_strerror(code));
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, ret_status);
    curl_slist_free_all(headers);
    cJSON *json = cJSON_Parse(answer.text);
    free(answer.text);
    return json;
}

void cloud_rig_offer(struct cloud_rig *cloud, const char *kiosk_data, const char *ticket)
{
    char path[CLOUD_PATH_MAX + 64], text[2048] = "", token[256], header[300], body[160];
    long status = 0;
    (void)snprintf(path, sizeof path, "%s/identity.json", kiosk_data);
    FILE *file = fopen(path, "re");
    if (!file || fread(text, 1, sizeof text - 1, file) == 0 || fclose(file) != 0)
        die("no identity", path);
    text_of(cJSON_Parse(text), "token", token, sizeof token);
    (void)snprintf(header, sizeof header, "Authorization: Bearer %s", token);
    (void)snprintf(body, sizeof body, "{\"ticket\":\"%s\",\"offer\":true}", ticket);
    CURL *curl = curl_easy_init();
    cJSON_Delete(exchange(cloud, curl, curl_slist_append(NULL, header), "POST",
                          "/api/v1/queues/1024-1/tickets", body, &status));
    curl_easy_cleanup(curl);
    if (status != 201)
        die("no number was offered", body);
}

static void log_in(struct cloud_rig *cloud)
{
    char body[128];
    long status = 0;
    cloud->curl = curl_easy_init();
    (void)snprintf(body, sizeof body, "{\"user\":\"staff\",\"password\":\"%s\"}", password);
    text_of(exchange(cloud, cloud->curl, NULL, "POST", "/api/v1/sessions", body, &status), "csrf",
            cloud->csrf, sizeof cloud->csrf);
}

cJSON *cloud_rig_ask(struct cloud_rig *cloud, const char *method, const char *path,
                     const char *body, long *ret_status)
{
    if (!cloud->curl)
        log_in(cloud);
    char token[160];
    (void)snprintf(token, sizeof token, "X-CSRF-Token: %s", cloud->csrf);
    return exchange(cloud, cloud->curl, curl_slist_append(NULL, token), method, path, body,
                    ret_status);
}

const char *cloud_rig_state(struct cloud_rig *cloud, const char *number, int *ret_count)
{
    static char state[32];
    char path[96];
    long status;
    const cJSON *ticket;
    (void)snprintf(path, sizeof path, "/api/v1/sites/%s/queue", cloud->site);
    cJSON *json = cloud_rig_ask(cloud, "GET", path, NULL, &status);
    state[0] = '\0';
    *ret_count = 0;
    cJSON_ArrayForEach (ticket, cJSON_GetObjectItem(json, "tickets")) {
        const char *its = cJSON_GetStringValue(cJSON_GetObjectItem(ticket, "number"));
        if (!its || strcmp(its, number) != 0)
            continue;
        (*ret_count)++;
        (void)snprintf(state, sizeof state, "%s",
                       cJSON_GetStringValue(cJSON_GetObjectItem(ticket, "state")));
    }
    cJSON_Delete(json);
    return state;
}

const char *cloud_rig_call(struct cloud_rig *cloud)
{
    static char number[16];
    long status;
    cJSON *json = cloud_rig_ask(cloud, "POST", "/api/v1/queues/1024-1/calls", "{}", &status);
    const char *its = cJSON_GetStringValue(cJSON_GetObjectItem(json, "number"));
    (void)snprintf(number, sizeof number, "%s", status == 200 && its ? its : "");
    cJSON_Delete(json);
    return number;
}

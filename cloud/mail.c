#include "mail.h"

#include <ctype.h>
#include <curl/curl.h>
#include <errno.h>
#include <ini.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    PATH_SIZE = MAIL_PATH_SIZE + 80,
    WORD_BYTES = 36, /* of text in one encoded word: 60 with its frame, beside "Subject: " */
    LINE_BYTES = 57, /* of the body in one line of base64: 76 characters */
    ADDRESS_LOCAL_MAX = 64
};

bool mail_address_ok(const char *address)
{
    const char *at = strchr(address, '@');
    size_t size = strlen(address);

    if (!at || at == address || at - address > ADDRESS_LOCAL_MAX || !at[1] || strchr(at + 1, '@') ||
        size >= MAIL_ADDRESS_SIZE)
        return false;
    for (const char *c = address; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr(c < at ? "!#$%&'*+/=?^_`{|}~.-@" : ".-@", *c))
            return false;
    return true;
}

/* -- settings ---------------------------------------------------------------------------------- */

struct reading {
    struct mail_settings *settings;
    char password_file[PATH_SIZE];
    char *error;
};

static bool read_days(const char *value, struct mail_settings *settings)
{
    settings->reminder_count = 0;
    while (*value) {
        char *end = NULL;
        long days = strtol(value, &end, 10);

        if (end == value || days < 1 || days > 60 ||
            settings->reminder_count == MAIL_REMINDER_DAYS_MAX)
            return false;
        settings->reminder_days[settings->reminder_count++] = (int)days;
        value = end + strspn(end, ", ");
    }
    return true;
}

static bool keep(const char *value, char *ret, size_t size)
{
    return (size_t)snprintf(ret, size, "%s", value) < size;
}

static int on_value(void *context, const char *section, const char *name, const char *value)
{
    struct reading *reading = context;
    struct mail_settings *settings = reading->settings;
    bool good = false;

    if (strcmp(section, "mail") != 0)
        return 0;
    if (strcmp(name, "url") == 0)
        good = keep(value, settings->url, sizeof(settings->url)) &&
               (strncmp(value, "smtp://", 7) == 0 || strncmp(value, "smtps://", 8) == 0);
    else if (strcmp(name, "ca") == 0)
        good = keep(value, settings->ca, sizeof(settings->ca));
    else if (strcmp(name, "from") == 0)
        good = mail_address_ok(value) && keep(value, settings->from, sizeof(settings->from));
    else if (strcmp(name, "name") == 0)
        good = keep(value, settings->name, sizeof(settings->name));
    else if (strcmp(name, "user") == 0)
        good = keep(value, settings->user, sizeof(settings->user));
    else if (strcmp(name, "password_file") == 0)
        good = keep(value, reading->password_file, sizeof(reading->password_file));
    else if (strcmp(name, "reminder_days") == 0)
        good = read_days(value, settings);
    if (!good && !*reading->error)
        (void)snprintf(reading->error, MAIL_ERROR_SIZE, "mail.conf: %.40s: is not understood",
                       name);
    return good;
}

static bool read_password(const char *path, char ret[static MAIL_PASSWORD_SIZE])
{
    FILE *file = fopen(path, "re");
    size_t size = file ? fread(ret, 1, MAIL_PASSWORD_SIZE - 1, file) : 0;

    if (file)
        (void)fclose(file); /* only read */
    ret[size] = '\0';
    ret[strcspn(ret, "\r\n")] = '\0';
    return *ret;
}

int mail_settings_load(const char *data_dir, struct mail_settings *ret,
                       char error[static MAIL_ERROR_SIZE])
{
    struct mail_settings settings = {
        .name = "待合", .reminder_days = {7, 3, 1}, .reminder_count = 3};
    struct reading reading = {.settings = &settings, .error = error};
    char path[PATH_SIZE];
    int line;

    error[0] = '\0';
    (void)snprintf(path, sizeof(path), "%s/mail.conf", data_dir);
    errno = 0;
    line = ini_parse(path, on_value, &reading);
    if (line == -1)
        return errno == ENOENT ? -ENOENT : -EIO;
    if (line == 0 && (!*settings.url || !*settings.from))
        (void)snprintf(error, MAIL_ERROR_SIZE, "mail.conf: [mail] url and from must be given");
    else if (line == 0 && *settings.user &&
             !read_password(reading.password_file, settings.password))
        (void)snprintf(error, MAIL_ERROR_SIZE, "mail.conf: password_file cannot be read");
    else if (line != 0 && !*error)
        (void)snprintf(error, MAIL_ERROR_SIZE, "mail.conf:%d: is not understood", line);
    if (*error)
        return -EINVAL;
    *ret = settings;
    return 0;
}

/* -- the message ------------------------------------------------------------------------------- */

struct text {
    char *bytes;
    size_t used, size;
    bool failed;
};

static void add(struct text *text, const char *bytes)
{
    size_t size = strlen(bytes);

    if (text->used + size + 1 > text->size)
        text->failed = true;
    else
        memcpy(text->bytes + text->used, bytes, size + 1);
    text->used += text->failed ? 0 : size;
}

/* Whole characters only: each encoded word is read by itself (RFC 2047, 5). */
static size_t whole_characters(const char *text, size_t most)
{
    size_t size = strlen(text);

    if (size <= most)
        return size;
    size = most;
    while (size > 0 && ((unsigned char)text[size] & 0xC0) == 0x80)
        size--;
    return size > 0 ? size : most; /* no UTF-8: at least it ends */
}

static void add_words(struct text *text, const char *value)
{
    char word[WORD_BYTES * 2];

    while (*value) {
        size_t size = whole_characters(value, WORD_BYTES);

        (void)sodium_bin2base64(word, sizeof(word), (const unsigned char *)value, size,
                                sodium_base64_VARIANT_ORIGINAL);
        add(text, "=?UTF-8?B?");
        add(text, word);
        add(text, "?=");
        value += size;
        if (*value)
            add(text, "\r\n ");
    }
}

static void add_body(struct text *text, const char *body)
{
    char line[LINE_BYTES * 2], *crlf = malloc(2 * strlen(body) + 1);
    size_t size = 0;

    if (!crlf) {
        text->failed = true;
        return;
    }
    for (const char *c = body; *c; c++) {
        if (*c == '\n')
            crlf[size++] = '\r';
        crlf[size++] = *c;
    }
    for (size_t at = 0; at < size; at += LINE_BYTES) {
        size_t part = size - at < LINE_BYTES ? size - at : LINE_BYTES;

        (void)sodium_bin2base64(line, sizeof(line), (const unsigned char *)crlf + at, part,
                                sodium_base64_VARIANT_ORIGINAL);
        add(text, line);
        add(text, "\r\n");
    }
    free(crlf);
}

static void add_date(struct text *text, int64_t at)
{
    static const char days[] = "SunMonTueWedThuFriSat";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    char date[64];
    time_t seconds = (time_t)(at / 1000);
    struct tm parts;

    (void)gmtime_r(&seconds, &parts);
    (void)snprintf(date, sizeof(date), "Date: %.3s, %02d %.3s %d %02d:%02d:%02d +0000\r\n",
                   days + parts.tm_wday * 3L, parts.tm_mday, months + parts.tm_mon * 3L,
                   parts.tm_year + 1900, parts.tm_hour, parts.tm_min, parts.tm_sec);
    add(text, date);
}

/* The mail program's own button (RFC 8058). */
static void add_off(struct text *text, const char *url)
{
    if (!url)
        return;
    add(text, "List-Unsubscribe: <");
    add(text, url);
    add(text, ">\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n");
}

static bool is_line(const char *text)
{
    return !strpbrk(text, "\r\n");
}

char *mail_compose(const struct mail_settings *settings, const struct mail *mail)
{
    struct text text = {.size = 8192 + 4 * (strlen(mail->body) + strlen(mail->subject))};

    if (!mail_address_ok(mail->to) || !is_line(mail->subject) || !is_line(settings->name) ||
        !is_line(mail->id) || (mail->off && !is_line(mail->off)) ||
        strlen(mail->body) > MAIL_TEXT_MAX)
        return NULL;
    text.bytes = malloc(text.size);
    if (!text.bytes)
        return NULL;
    text.bytes[0] = '\0';
    add_date(&text, mail->at);
    add(&text, "From: ");
    add_words(&text, settings->name);
    add(&text, " <");
    add(&text, settings->from);
    add(&text, ">\r\nTo: <");
    add(&text, mail->to);
    add(&text, ">\r\nSubject: ");
    add_words(&text, mail->subject);
    add(&text, "\r\nMessage-ID: <");
    add(&text, mail->id);
    add(&text, strchr(settings->from, '@'));
    add(&text, ">\r\n");
    add_off(&text, mail->off);
    add(&text, "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
               "Content-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: base64\r\n"
               "\r\n");
    add_body(&text, mail->body);
    if (!text.failed)
        return text.bytes;
    free(text.bytes);
    return NULL;
}

/* -- sending ----------------------------------------------------------------------------------- */

struct sending {
    const char *left;
};

static size_t on_read(char *buffer, size_t size, size_t count, void *context)
{
    struct sending *sending = context;
    size_t part = strlen(sending->left), room = size * count;

    part = part < room ? part : room;
    memcpy(buffer, sending->left, part);
    sending->left += part;
    return part;
}

/* Without TLS only to the same machine: what is sent names clinics. */
static bool is_local(const char *url)
{
    return strncmp(url, "smtp://127.0.0.1", 16) == 0 || strncmp(url, "smtp://localhost", 16) == 0 ||
           strncmp(url, "smtp://[::1]", 12) == 0;
}

static atomic_bool ending;

void mail_end_all(bool now)
{
    atomic_store(&ending, now);
}

/* libcurl asks at least once a second. */
static int on_progress(void *context, curl_off_t total, curl_off_t now, curl_off_t up_total,
                       curl_off_t up_now)
{
    (void)context;
    (void)total;
    (void)now;
    (void)up_total;
    (void)up_now;
    return atomic_load(&ending);
}

static void set_options(CURL *curl, const struct mail_settings *settings, struct curl_slist *to,
                        struct sending *sending, char *error)
{
    char from[MAIL_ADDRESS_SIZE + 2];

    (void)snprintf(from, sizeof(from), "<%s>", settings->from);
    (void)curl_easy_setopt(curl, CURLOPT_URL, settings->url);
    (void)curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from); /* copied */
    (void)curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to);
    (void)curl_easy_setopt(curl, CURLOPT_READFUNCTION, on_read);
    (void)curl_easy_setopt(curl, CURLOPT_READDATA, sending);
    (void)curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)MAIL_TIMEOUT_S);
    (void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    (void)curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
    (void)curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error);
    (void)curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    (void)curl_easy_setopt(curl, CURLOPT_USE_SSL,
                           is_local(settings->url) ? (long)CURLUSESSL_TRY : (long)CURLUSESSL_ALL);
    if (*settings->ca)
        (void)curl_easy_setopt(curl, CURLOPT_CAINFO, settings->ca);
    if (*settings->user) {
        (void)curl_easy_setopt(curl, CURLOPT_USERNAME, settings->user);
        (void)curl_easy_setopt(curl, CURLOPT_PASSWORD, settings->password);
    }
}

int mail_send(const struct mail_settings *settings, const struct mail *mail,
              char error[static MAIL_ERROR_SIZE])
{
    char *text = mail_compose(settings, mail), to_text[MAIL_ADDRESS_SIZE + 2];
    char why[CURL_ERROR_SIZE] = "";
    struct sending sending = {.left = text};
    struct curl_slist *to;
    CURL *curl = curl_easy_init();
    long answer = 0;
    CURLcode code = CURLE_OUT_OF_MEMORY;

    if (!text) {
        (void)snprintf(error, MAIL_ERROR_SIZE, "it is no mail that can be sent");
        curl_easy_cleanup(curl);
        return -EINVAL;
    }
    (void)snprintf(to_text, sizeof(to_text), "<%s>", mail->to);
    to = curl_slist_append(NULL, to_text);
    if (curl && to) {
        set_options(curl, settings, to, &sending, why);
        code = curl_easy_perform(curl);
        (void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
    }
    curl_slist_free_all(to);
    curl_easy_cleanup(curl);
    free(text);
    if (code == CURLE_OK)
        return 0;
    (void)snprintf(error, MAIL_ERROR_SIZE, "%s", *why ? why : curl_easy_strerror(code));
    return answer >= 500 ? -EPERM : -EAGAIN;
}

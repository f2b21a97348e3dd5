#include "admin.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { SPEC_SIZE = 256 };

static const struct admin_entry entries[] = {
    {"backup", "file!",
     "FILE   (while it serves; copy DIR/tls, DIR/contents and DIR/programme.key as well)",
     admin_backup, ADMIN_OPENS},
    {"restore", "file! force?", "FILE [--force]   (into a cloud that does not run)", admin_restore,
     ADMIN_CLOSED},
    {"notice list", "site!", "--site S   (what staff have not said to have seen)",
     admin_notice_list, ADMIN_OPENS},
    {"quarantine list", "site!", "--site S   (what devices uploaded and the log did not take)",
     admin_quarantine_list, ADMIN_OPENS},
    {"recovery end", "site!", "--site S   (after a restore: wait for no further kiosk)",
     admin_recovery_end, ADMIN_OPENS},
    {"letter list", "site!", "--site S   (set aside after a restore: devices may have them)",
     admin_letter_list, ADMIN_OPENS},
    {"letter release", "site! letter!",
     "--site S --letter L   (no device that was enrolled before the restore has it)",
     admin_letter_release, ADMIN_OPENS},
    {"site add", "settings name phone clinic-no",
     "--name N --phone P [--clinic-no 1024] [--settings FILE.json]", admin_site_add, ADMIN_MAKES},
    {"site settings", "site! file!", "--site S --file FILE.json", admin_site_settings, ADMIN_OPENS},
    {"site suspend", "site! service! cause",
     "--site S --service reservation|video [--cause TEXT]   (terms 12; patients read no cause)",
     admin_site_suspend, ADMIN_OPENS},
    {"site resume", "site! service! cause", "--site S --service reservation|video",
     admin_site_resume, ADMIN_OPENS},
    {"site maintenance", "site! from to cause none? urgent?",
     "--site S --from 2026-12-01T13:00 --to 2026-12-01T14:00 [--cause TEXT] [--urgent] | --none\n"
     "      (terms 13: announced beforehand, unless urgent; the clinic's clock)",
     admin_site_maintenance, ADMIN_OPENS},
    {"site start", "site! service!",
     "--site S --service reservation|video   (terms 7: added to the contract)", admin_site_start,
     ADMIN_OPENS},
    {"site end", "site! service! on notice wanted now? cause",
     "--site S --service reservation|video --on 2027-02-01 | --now | --notice 2026-11-24\n"
     "      [--wanted 2027-03-31] [--cause TEXT]   (terms 9, 15, 16; --notice: the day a letter "
     "came)",
     admin_site_end, ADMIN_OPENS},
    {"site keep", "site! service! cause",
     "--site S --service reservation|video   (its announced end is taken back)", admin_site_keep,
     ADMIN_OPENS},
    {"site contract", "site!", "--site S   (its services, what is announced, every act)",
     admin_site_contract, ADMIN_OPENS},
    {"site export", "site! file! no-films?",
     "FILE.tar --site S [--no-films]   (all of it, readable: EXPORT.md; without passwords and "
     "keys)",
     admin_site_export, ADMIN_OPENS},
    {"site import", "file!", "FILE.tar   (an exported site; people and kiosks get new codes)",
     admin_site_import, ADMIN_MAKES},
    {"site delete", "site! confirm!",
     "--site S --confirm NAME   (every row and file; the clinic's name, to be sure)",
     admin_site_delete, ADMIN_OPENS},
    {"service announce", "from! to! open? pause?",
     "--from 2026-12-01T22:00 --to 2026-12-02T08:00 --pause | --open\n"
     "      (service hours differ then: terms 3(19); the clock in Japan)",
     admin_service_announce, ADMIN_OPENS},
    {"service list", "", "  (service hours and what is announced)", admin_service_list,
     ADMIN_OPENS},
    {"service withdraw", "id!", "--id ID   (an announcement of other hours)",
     admin_service_withdraw, ADMIN_OPENS},
    {"service discontinue", "service! on! cause",
     "--service reservation|video --on 2027-02-01 [--cause TEXT]   (terms 14: every site that has "
     "it;\n      two months ahead)",
     admin_service_discontinue, ADMIN_OPENS},
    {"desk add",
     "site! name! name-en kind desk-no first last room* room-en* room-reading* service* "
     "service-en* service-minutes*",
     "--site S --name N [--name-en E] [--kind consultation|payment] [--first 1 --last 199]\n"
     "      [--room N [--room-en E] [--room-reading KANA]]... [--service N [--service-en E]]...",
     admin_desk_add, ADMIN_OPENS},
    {"patient import", "site! file! keep-days replace?",
     "FILE.csv --site S [--keep-days 90] [--replace]   (card number, birth date: who may book from "
     "home\n"
     "      as known; kept as keyed hashes; all of the file or nothing)",
     admin_patient_import, ADMIN_OPENS},
    {"patient count", "site!", "--site S", admin_patient_count, ADMIN_OPENS},
    {"patient clear", "site!", "--site S   (forgets the whole list)", admin_patient_clear,
     ADMIN_OPENS},
    {"user add", "user! name! role! site* password password-file",
     "--user ID --name N --role staff|contractor|operator [--site S]...\n"
     "      [--password P | --password-file F]   (neither: one is made and printed)",
     admin_user_add, ADMIN_MAKES},
    {"user password", "user!", "--user ID   (a new one is made and printed; sessions end)",
     admin_user_password, ADMIN_OPENS},
    {"user lock", "user!", "--user ID   (a loss was reported: no log-in, sessions end; terms 33)",
     admin_user_lock, ADMIN_OPENS},
    {"user unlock", "user!", "--user ID", admin_user_unlock, ADMIN_OPENS},
    {"user factor-off", "user!", "--user ID   (the phone with the authenticator is lost)",
     admin_user_factor_off, ADMIN_OPENS},
    {"user reset", "user!",
     "--user ID   (a code to choose a new password with is made; the old one, sessions and a lock "
     "end)",
     admin_user_reset, ADMIN_OPENS},
    {"user role", "user! role!", "--user ID --role staff|contractor", admin_user_role, ADMIN_OPENS},
    {"user remove", "user! site!", "--user ID --site S   (with the last site goes the account)",
     admin_user_remove, ADMIN_OPENS},
    {"user list", "site!", "--site S", admin_user_list, ADMIN_OPENS},
    {"audit list", "site! before", "--site S [--before MS]   (who did what, newest first)",
     admin_audit_list, ADMIN_OPENS},
    {"user mail", "user! address none?",
     "--user U --address A | --none   (reminders of programmes go there)", admin_user_mail,
     ADMIN_OPENS},
    {"device code", "site! valid-minutes replaces",
     "--site S [--valid-minutes 1440] [--replaces DEVICE]", admin_device_code, ADMIN_OPENS},
    {"device pair", "code! site! name replaces",
     "CODE --site S [--name N] [--replaces DEVICE]   (the code that a new kiosk's screen shows)",
     admin_device_pair, ADMIN_OPENS},
    {"device list", "site!", "--site S", admin_device_list, ADMIN_OPENS},
    {"device revoke", "device!", "--device ID", admin_device_revoke, ADMIN_OPENS},
    {"film add", "file! kind! title!",
     "--file F --kind health|advertisement|introduction|self_made|notice|substitute --title T",
     admin_film_add, ADMIN_MAKES},
    {"film list", "kind site", "[--kind K] [--site S]   (as this site sees them)", admin_film_list,
     ADMIN_OPENS},
    {"film change", "film! title kind allowed",
     "--film SHA256 [--title T] [--kind K] [--allowed yes|no]   (may contractors swap it in?)",
     admin_film_change, ADMIN_OPENS},
    {"film withdraw", "film! reason!",
     "--film SHA256 --reason TEXT   (terms 21: shown nowhere from now on)", admin_film_withdraw,
     ADMIN_OPENS},
    {"film uploads", "", "  (on their way in, and what became of them)", admin_film_uploads,
     ADMIN_OPENS},
    {"content list", "site!", "--site S   (introductions, notices, self-made films)",
     admin_content_list, ADMIN_OPENS},
    {"content remove", "site! content!", "--site S --content ID", admin_content_remove,
     ADMIN_OPENS},
    {"content limit", "site! self-made!",
     "--site S --self-made N   (terms 19: conversions a month)", admin_content_limit, ADMIN_OPENS},
    {"plays report", "film site from to csv",
     "[--film SHA256] [--site S] [--from MS] [--to MS] [--csv FILE]   (terms 21.2: shown and "
     "planned)",
     admin_plays_report, ADMIN_OPENS},
    {"programme add", "site file!", "[--site S] --file TABLE.json   (without a site: for many)",
     admin_programme_add, ADMIN_OPENS},
    {"programme distribute", "programme! site* all?",
     "--programme ID [--site S]... | --all   (one made for a site goes there)",
     admin_programme_distribute, ADMIN_OPENS},
    {"programme list", "site", "[--site S]", admin_programme_list, ADMIN_OPENS},
    {"programme sites", "programme!", "--programme ID   (how far each is, late ones first)",
     admin_programme_sites, ADMIN_OPENS},
    {"programme swap", "programme! item! film! user!",
     "--programme ID --item N --film SHA256 --user U   (N from 0)", admin_programme_swap,
     ADMIN_OPENS},
    {"programme key", "act!", "show | rotate   (the key that signs what devices play)",
     admin_programme_key, ADMIN_OPENS},
    {"programme approve", "programme! user!", "--programme ID --user U", admin_programme_approve,
     ADMIN_OPENS},
};

void admin_help(FILE *out)
{
    (void)fprintf(out, "machiai-cloud admin --data DIR COMMAND [OPTIONS] [--json]\n\nCommands:\n");
    for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++)
        (void)fprintf(out, "  %s %s\n", entries[i].name, entries[i].help);
    (void)fprintf(out, "\n--site takes a site's ID or its clinic_no.\n");
}

/* -- help for the commands --------------------------------------------------------------------- */

int admin_fail(struct admin *admin, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(admin->error, sizeof(admin->error), format, arguments);
    va_end(arguments);
    return ADMIN_FAILED;
}

int admin_errno(struct admin *admin, const char *what, int code)
{
    return admin_fail(admin, "%s: %s", what, strerror(-code));
}

struct site *admin_find_site(struct admin *admin, const char *name)
{
    struct site *site = sites_find(admin->cloud->sites, name);

    for (int i = 0; !site && i < sites_count(admin->cloud->sites); i++)
        if (!site_gone(sites_at(admin->cloud->sites, i)) &&
            strcmp(site_clinic_no(sites_at(admin->cloud->sites, i)), name) == 0)
            site = sites_at(admin->cloud->sites, i);
    if (!site)
        (void)admin_fail(admin, "--site %.60s: there is no such site; make one with: site add",
                         name);
    return site;
}

struct site *admin_site(struct admin *admin)
{
    return admin_find_site(admin, args_get(&admin->args, "site"));
}

char *admin_read_text(struct admin *admin, const char *path)
{
    FILE *file = fopen(path, "re");
    char *text = calloc(1, ADMIN_FILE_MAX + 1);
    size_t size = 0;
    bool bad;

    if (file && text)
        size = fread(text, 1, ADMIN_FILE_MAX + 1, file);
    bad = !file || !text || ferror(file) || size > ADMIN_FILE_MAX;
    if (bad) {
        (void)admin_fail(admin, "%.200s: %s", path,
                         size > ADMIN_FILE_MAX ? "is larger than 1 MiB" : strerror(errno));
        free(text);
        text = NULL;
    }
    if (file)
        (void)fclose(file); /* only read */
    while (text && size > 0 && (text[size - 1] == '\n' || text[size - 1] == '\r'))
        text[--size] = '\0';
    return text;
}

cJSON *admin_read_json(struct admin *admin, const char *path)
{
    const char *end = NULL;
    char *text = admin_read_text(admin, path);
    cJSON *json;
    int line = 1;

    if (!text)
        return NULL;
    json = cJSON_ParseWithOpts(text, &end, true);
    if (!json) {
        for (const char *c = text; end && c < end && *c; c++)
            line += *c == '\n';
        (void)admin_fail(admin, "%.200s:%d: is not JSON", path, line);
    }
    free(text);
    return json;
}

int admin_number(struct admin *admin, const char *name, int64_t min, int64_t max, int64_t otherwise,
                 int64_t *ret)
{
    const char *text = args_get(&admin->args, name);
    char *end = NULL;
    long long value;

    if (!text) {
        *ret = otherwise;
        return ADMIN_OK;
    }
    errno = 0;
    value = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end || value < min || value > max)
        return admin_fail(admin, "--%s: must be a number from %lld to %lld", name, (long long)min,
                          (long long)max);
    *ret = value;
    return ADMIN_OK;
}

/* -- running ----------------------------------------------------------------------------------- */

static void print_value(const char *key, const cJSON *value)
{
    char *text = cJSON_IsString(value) ? NULL : cJSON_PrintUnformatted(value);

    (void)printf("%s: %s\n", key, cJSON_IsString(value) ? value->valuestring : text ? text : "");
    cJSON_free(text);
}

static void print_result(const cJSON *result, bool as_json)
{
    const cJSON *item, *row, *field, *rows;
    char *text = as_json ? cJSON_PrintUnformatted(result) : NULL;

    if (as_json) {
        (void)puts(text ? text : "{}");
        cJSON_free(text);
        return;
    }
    cJSON_ArrayForEach (item, result) {
        rows = cJSON_IsArray(item) ? item : NULL;
        if (!rows)
            print_value(item->string, item);
        cJSON_ArrayForEach (row, rows) {
            cJSON_ArrayForEach (field, row)
                if (!cJSON_IsArray(field))
                    print_value(field->string, field);
            (void)puts("");
        }
    }
}

static const struct admin_entry *find_entry(const char *area, const char *verb)
{
    char name[64];

    (void)snprintf(name, sizeof(name), "%.30s%s%.30s", area, *verb ? " " : "", verb);
    for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++)
        if (strcmp(entries[i].name, name) == 0)
            return &entries[i];
    return NULL;
}

static int run_entry(const struct admin_entry *entry, struct admin *admin)
{
    int result;

    enum cloud_make make = entry->opens == ADMIN_MAKES ? CLOUD_MAKE : CLOUD_EXISTING;

    if (entry->opens != ADMIN_CLOSED &&
        cloud_open(args_get(&admin->args, "data"), make, &admin->cloud, admin->error,
                   sizeof(admin->error)) < 0)
        return ADMIN_FAILED;
    admin->result = cJSON_CreateObject();
    result = entry->run(admin);
    if (result == ADMIN_OK)
        print_result(admin->result, args_has(&admin->args, "json"));
    cJSON_Delete(admin->result);
    cloud_close(admin->cloud);
    return result;
}

static bool asks_for_help(int argc, char *const argv[])
{
    return argc > 0 && (strcmp(argv[argc - 1], "--help") == 0 || strcmp(argv[argc - 1], "-h") == 0);
}

/* A command of one word is followed by its file, "device pair" by the code, "programme key" by what
 * to do with it. */
static bool is_single(const char *area)
{
    return find_entry(area, "") != NULL;
}

/* The option that a word behind this command stands for, or NULL. */
static const char *third_word(const char *area, const char *verb)
{
    if (is_single(area))
        return "--file";
    if (strcmp(area, "device") == 0 && strcmp(verb, "pair") == 0)
        return "--code";
    if (strcmp(area, "site") == 0 && (strcmp(verb, "export") == 0 || strcmp(verb, "import") == 0))
        return "--file";
    if (strcmp(area, "patient") == 0 && strcmp(verb, "import") == 0)
        return "--file";
    return strcmp(area, "programme") == 0 && strcmp(verb, "key") == 0 ? "--act" : NULL;
}

/* --data may stand before the command and after it. */
static int split(int argc, char *const argv[], char *ret[static ARGS_MAX * 2], int *ret_count,
                 const char **ret_area, const char **ret_verb)
{
    int count = 0;

    *ret_area = *ret_verb = NULL;
    if (argc >= ARGS_MAX * 2) /* one more may be put in */
        return -E2BIG;
    for (int i = 0; i < argc; i++) {
        if (!*ret_area && strncmp(argv[i], "--", 2) != 0) {
            bool single = is_single(argv[i]), more = i + 1 < argc;

            *ret_area = argv[i];
            *ret_verb = !single && more ? argv[++i] : "";
            if (third_word(*ret_area, *ret_verb) && i + 1 < argc &&
                strncmp(argv[i + 1], "--", 2) != 0) {
                ret[count++] = (char *)third_word(*ret_area, *ret_verb);
                ret[count++] = argv[++i];
            }
            continue;
        }
        ret[count++] = argv[i];
        if (!*ret_area && strcmp(argv[i], "--data") == 0 && i + 1 < argc)
            ret[count++] = argv[++i];
    }
    *ret_count = count;
    return *ret_area ? 0 : -EINVAL;
}

int admin_run(int argc, char *const argv[])
{
    char *rest[ARGS_MAX * 2], spec[SPEC_SIZE];
    const struct admin_entry *entry;
    const char *area, *verb;
    struct admin admin = {0};
    int count = 0, result;

    if (asks_for_help(argc, argv)) {
        admin_help(stdout);
        return ADMIN_OK;
    }
    if (split(argc, argv, rest, &count, &area, &verb) < 0) {
        (void)fprintf(stderr, "machiai-cloud: admin: no command is given; see machiai-cloud "
                              "--help\n");
        return ADMIN_USAGE;
    }
    entry = find_entry(area, verb);
    if (!entry) {
        (void)fprintf(stderr, "machiai-cloud: admin: there is no command \"%.30s %.30s\"\n\n", area,
                      verb);
        admin_help(stderr);
        return ADMIN_USAGE;
    }
    (void)snprintf(spec, sizeof(spec), "data! json? %s", entry->spec);
    if (args_read(count, rest, spec, &admin.args, admin.error, sizeof(admin.error)) < 0) {
        (void)fprintf(stderr,
                      "machiai-cloud: %s: %s\nusage: machiai-cloud admin --data DIR %s %s\n",
                      entry->name, admin.error, entry->name, entry->help);
        return ADMIN_USAGE;
    }
    result = run_entry(entry, &admin);
    if (result != ADMIN_OK)
        (void)fprintf(stderr, "machiai-cloud: %s: %s\n", entry->name, admin.error);
    return result;
}

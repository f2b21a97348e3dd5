#include "pictures.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "confined.h"
#include "film_private.h"
#include "ids.h"
#include "upload.h"

enum {
    PATH_SIZE = CLOUD_PATH_SIZE + 128,
    CPU_SECONDS = 20,
    WALL_SECONDS = 60,
    CHILD_MEMORY = 800 * 1024 * 1024,
    PHOTOS_OF_A_PAGE = CONFINED_PATHS_MAX - 4
};

/* One at a time: a page of thirty stills must not start thirty children. */
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

static int run(const struct confined_options *options, struct confined_result *ret)
{
    int result;

    (void)pthread_mutex_lock(&turn);
    result = confined_run(options, ret);
    (void)pthread_mutex_unlock(&turn);
    if (result == 0 && ret->end == CONFINED_STOPPED) { /* the cloud is about to stop */
        confined_free(ret);
        result = -EBUSY;
    }
    return result;
}

/* -- photographs ------------------------------------------------------------------------------- */

/* The size that a JPEG's frame header tells; false when there is none. */
static bool jpeg_size(const unsigned char *bytes, size_t size, struct photo *ret)
{
    size_t at = 2;

    while (at + 9 < size && bytes[at] == 0xff) {
        unsigned char mark = bytes[at + 1];

        if (mark >= 0xc0 && mark <= 0xcf && mark != 0xc4 && mark != 0xc8 && mark != 0xcc) {
            ret->height = bytes[at + 5] << 8 | bytes[at + 6];
            ret->width = bytes[at + 7] << 8 | bytes[at + 8];
            return ret->width > 0 && ret->height > 0;
        }
        at += 2 + (size_t)(bytes[at + 2] << 8 | bytes[at + 3]);
    }
    return false;
}

static const char *format_of(const unsigned char *bytes, size_t size)
{
    static const unsigned char jpeg[] = {0xff, 0xd8, 0xff}, png[] = {0x89, 'P', 'N', 'G'};

    if (size > sizeof(jpeg) && memcmp(bytes, jpeg, sizeof(jpeg)) == 0)
        return "jpeg_pipe";
    if (size > sizeof(png) && memcmp(bytes, png, sizeof(png)) == 0)
        return "png_pipe";
    return NULL;
}

/* A JPEG says how large it is before anybody decodes it; ffmpeg looks at PNGs. */
static int recode(const void *bytes, size_t size, const char *quality, struct confined_result *ret)
{
    char pixels[FILM_NUMBER_SIZE], scale[FILM_NUMBER_SIZE * 6];
    const char *const argv[] = {"ffmpeg",
                                "-v",
                                "error",
                                "-nostdin",
                                "-max_pixels",
                                pixels,
                                "-f",
                                format_of(bytes, size),
                                "-i",
                                "pipe:0",
                                "-frames:v",
                                "1",
                                "-map_metadata",
                                "-1",
                                "-vf",
                                scale,
                                "-fflags",
                                "+bitexact",
                                "-flags:v",
                                "+bitexact",
                                "-q:v",
                                quality,
                                "-pix_fmt",
                                "yuvj420p",
                                "-f",
                                "mjpeg",
                                "pipe:1",
                                NULL};
    const struct confined_options options = {.argv = argv,
                                             .cpu_seconds = CPU_SECONDS,
                                             .wall_seconds = WALL_SECONDS,
                                             .memory = CHILD_MEMORY,
                                             .input = bytes,
                                             .input_size = size,
                                             .output_max = PICTURES_BYTES_MAX};

    (void)snprintf(pixels, sizeof(pixels), "%d", PICTURES_PIXELS_MAX);
    (void)snprintf(scale, sizeof(scale),
                   "scale='min(%d,iw)':'min(%d,ih)':force_original_aspect_ratio=decrease:flags="
                   "area",
                   PICTURES_SIDE_MAX, PICTURES_SIDE_MAX);
    return run(&options, ret);
}

static int write_new(const char *path, const void *bytes, size_t size)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600), result = 0;
    const char *at = bytes;

    if (fd < 0)
        return -errno;
    while (result == 0 && size > 0) {
        ssize_t done = write(fd, at, size);

        if (done < 0 && errno != EINTR)
            result = -errno;
        at += done > 0 ? done : 0;
        size -= done > 0 ? (size_t)done : 0;
    }
    if (result == 0 && fsync(fd) < 0)
        result = -errno;
    if (close(fd) < 0 && result == 0)
        result = -errno;
    return result;
}

/* Into the content store under its hash. */
static int keep(const struct cloud *cloud, const struct confined_result *made, struct photo *ret)
{
    char part[PATH_SIZE], path[PATH_SIZE], id[IDS_UUID_SIZE];
    unsigned char hash[crypto_hash_sha256_BYTES];
    int result;

    (void)crypto_hash_sha256(hash, (const unsigned char *)made->output, made->size);
    (void)sodium_bin2hex(ret->sha256, sizeof(ret->sha256), hash, sizeof(hash));
    ret->size = (int64_t)made->size;
    ids_uuid(id);
    (void)snprintf(part, sizeof(part), "%s/contents/.incoming-%s", cloud->data_dir, id);
    (void)snprintf(path, sizeof(path), "%s/contents/%s", cloud->data_dir, ret->sha256);
    result = write_new(part, made->output, made->size);
    if (result == 0 && rename(part, path) < 0)
        result = -errno;
    if (result < 0)
        (void)unlink(part); /* may not exist */
    return result;
}

int pictures_photo(struct cloud *cloud, const char *site, const void *bytes, size_t size,
                   struct photo *ret)
{
    struct photo photo = {.made = cloud_now(NULL)};
    struct confined_result made = {0};
    int result;

    if (!format_of(bytes, size))
        return -EINVAL;
    if (strcmp(format_of(bytes, size), "jpeg_pipe") == 0 && jpeg_size(bytes, size, &photo) &&
        (int64_t)photo.width * photo.height > PICTURES_PIXELS_MAX)
        return -EFBIG;
    if (!upload_has_room(cloud, PICTURES_BYTES_MAX))
        return -ENOSPC;
    result = recode(bytes, size, "4", &made);
    if (result == 0 && made.size > PICTURES_PHOTO_WANTED) { /* much detail: less of it will do */
        confined_free(&made);
        result = recode(bytes, size, "9", &made);
    }
    if (result < 0)
        return result;
    if (made.end != CONFINED_DONE || made.exit_code != 0 ||
        !jpeg_size((const unsigned char *)made.output, made.size, &photo))
        result = -EINVAL;
    if (result == 0)
        result = keep(cloud, &made, &photo);
    if (result == 0)
        result = contents_photo_put(cloud->db, site, &photo);
    confined_free(&made);
    if (result == 0)
        *ret = photo;
    return result;
}

/* -- stills ------------------------------------------------------------------------------------ */

static int make_still(const char *film, struct confined_result *ret)
{
    char input[PATH_SIZE + 8], scale[FILM_NUMBER_SIZE * 2];
    const char *const argv[] = {"ffmpeg",
                                "-v",
                                "error",
                                "-nostdin",
                                "-protocol_whitelist",
                                "file,pipe",
                                "-format_whitelist",
                                film_formats,
                                "-i",
                                input,
                                "-vf",
                                scale,
                                "-frames:v",
                                "1",
                                "-fflags",
                                "+bitexact",
                                "-flags:v",
                                "+bitexact",
                                "-q:v",
                                "4",
                                "-pix_fmt",
                                "yuvj420p",
                                "-f",
                                "mjpeg",
                                "pipe:1",
                                NULL};
    const struct confined_options options = {.argv = argv,
                                             .paths = {{.path = film}},
                                             .path_count = 1,
                                             .cpu_seconds = CPU_SECONDS,
                                             .wall_seconds = WALL_SECONDS,
                                             .memory = CHILD_MEMORY,
                                             .output_max = PICTURES_BYTES_MAX};
    int result;

    (void)snprintf(input, sizeof(input), "file:%s", film);
    /* The first frames are often black: the one that differs least from its neighbours is taken. */
    (void)snprintf(scale, sizeof(scale), "thumbnail=60,scale=%d:-2", PICTURES_STILL_WIDTH);
    result = run(&options, ret);
    if (result == 0 && (ret->end != CONFINED_DONE || ret->exit_code != 0 || ret->size == 0)) {
        confined_free(ret);
        result = -EINVAL;
    }
    return result;
}

int pictures_still(struct cloud *cloud, const char *sha256, char *ret_path, size_t path_size)
{
    char film[PATH_SIZE], part[PATH_SIZE], id[IDS_UUID_SIZE];
    struct confined_result made = {0};
    int result;

    (void)snprintf(ret_path, path_size, "%s/stills/%s", cloud->data_dir, sha256);
    if (access(ret_path, R_OK) == 0)
        return 0;
    (void)snprintf(film, sizeof(film), "%s/contents/%s", cloud->data_dir, sha256);
    if (access(film, R_OK) < 0)
        return -errno;
    result = make_still(film, &made);
    if (result < 0)
        return result;
    ids_uuid(id);
    (void)snprintf(part, sizeof(part), "%s/stills/.incoming-%s", cloud->data_dir, id);
    result = write_new(part, made.output, made.size);
    if (result == 0 && rename(part, ret_path) < 0)
        result = -errno;
    if (result < 0)
        (void)unlink(part); /* may not exist */
    confined_free(&made);
    return result;
}

/* -- drawn pages ------------------------------------------------------------------------------- */

/* The folder of this program, without a slash at its end. */
static void own_folder(char ret[static PATH_SIZE])
{
    ssize_t size = readlink("/proc/self/exe", ret, CLOUD_PATH_SIZE);
    char *slash;

    ret[size > 0 ? size : 0] = '\0';
    slash = strrchr(ret, '/');
    if (slash)
        *slash = '\0';
}

/* Beside this program, as it is installed; else where it was built. */
static void find_installed(const char *below, const char *built, char ret[static PATH_SIZE])
{
    char folder[PATH_SIZE];

    own_folder(folder);
    (void)snprintf(ret, PATH_SIZE, "%.*s/%s", CLOUD_PATH_SIZE, folder, below);
    if (access(ret, R_OK) < 0)
        (void)snprintf(ret, PATH_SIZE, "%s", built);
}

void pictures_template_dir(char *ret, size_t size)
{
    char path[PATH_SIZE];

    find_installed("../share/machiai/templates", MACHIAI_TEMPLATE_DIR, path);
    (void)snprintf(ret, size, "%s", path);
}

struct drawing {
    char program[PATH_SIZE], templates[PATH_SIZE], languages[PATH_SIZE], photos[PATH_SIZE],
        width[FILM_NUMBER_SIZE], height[FILM_NUMBER_SIZE];
    char paths[PHOTOS_OF_A_PAGE][PATH_SIZE];
};

static void fill_paths(struct drawing *drawing, const struct pictures_page *page,
                       const char *data_dir, struct confined_options *options)
{
    options->paths[options->path_count++].path = drawing->program;
    options->paths[options->path_count++].path = drawing->templates;
    options->paths[options->path_count++].path = drawing->languages;
    for (int i = 0; i < page->photo_count && i < PHOTOS_OF_A_PAGE; i++) {
        (void)snprintf(drawing->paths[i], PATH_SIZE, "%s/contents/%s", data_dir, page->photos[i]);
        options->paths[options->path_count++].path = drawing->paths[i];
    }
}

static void fill_drawing(struct drawing *drawing, const struct cloud *cloud,
                         const struct pictures_page *page)
{
    find_installed("machiai-draw", MACHIAI_DRAW, drawing->program);
    find_installed("../share/machiai/templates", MACHIAI_TEMPLATE_DIR, drawing->templates);
    find_installed("../share/machiai/languages", MACHIAI_LANGUAGE_DIR, drawing->languages);
    (void)snprintf(drawing->photos, sizeof(drawing->photos), "%s/contents", cloud->data_dir);
    (void)snprintf(drawing->width, sizeof(drawing->width), "%d", page->width);
    (void)snprintf(drawing->height, sizeof(drawing->height), "%d", page->height);
}

/* Exit code 2 is the page's fault; PNG is told by its first bytes. */
static int judge(const struct confined_result *made, bool drawn)
{
    static const char png[] = "\x89PNG";

    if (made->end == CONFINED_DONE && made->exit_code == 2)
        return -EINVAL;
    if (made->end != CONFINED_DONE || made->exit_code != 0)
        return -EIO;
    return !drawn || (made->size > 8 && memcmp(made->output, png, 4) == 0) ? 0 : -EIO;
}

/* One run; its output is the caller's when 0 is returned. */
static int run_draw(struct cloud *cloud, const struct pictures_page *page, bool check,
                    struct confined_result *ret, char why[static PICTURES_WHY_SIZE])
{
    struct drawing *drawing = calloc(1, sizeof(*drawing));
    struct confined_result made = {0};
    int result;

    if (!drawing)
        return -ENOMEM;
    fill_drawing(drawing, cloud, page);
    const char *const argv[] = {drawing->program,
                                "--template-dir",
                                drawing->templates,
                                "--language-dir",
                                drawing->languages,
                                "--page",
                                "-",
                                "--clinic",
                                page->clinic,
                                "--width",
                                drawing->width,
                                "--height",
                                drawing->height,
                                "--photos",
                                drawing->photos,
                                check ? "--check" : NULL,
                                NULL};
    struct confined_options options = {
        .argv = argv,
        .cpu_seconds = CPU_SECONDS,
        .wall_seconds = WALL_SECONDS,
#if !defined(__SANITIZE_ADDRESS__)
        .memory = CHILD_MEMORY, /* a shadow would count */
#endif
        .input = page->page,
        .input_size = strlen(page->page),
        .output_max = PICTURES_BYTES_MAX * 2,
        .errors = check
    }; /* else a picture comes alone */
    fill_paths(drawing, page, cloud->data_dir, &options);
    result = run(&options, &made);
    free(drawing);
    if (result < 0)
        return result;
    result = judge(&made, !check);
    if (result == -EINVAL)
        (void)snprintf(why, PICTURES_WHY_SIZE, "%.*s", (int)strcspn(made.output, "\r\n"),
                       made.output);
    if (result < 0)
        confined_free(&made);
    else
        *ret = made;
    return result;
}

int pictures_check(struct cloud *cloud, const struct pictures_page *page,
                   char why[static PICTURES_WHY_SIZE])
{
    struct confined_result made = {0};
    int result = run_draw(cloud, page, true, &made, why);

    if (result == 0)
        confined_free(&made);
    return result;
}

int pictures_draw(struct cloud *cloud, const struct pictures_page *page, void **ret,
                  size_t *ret_size, char why[static PICTURES_WHY_SIZE])
{
    struct confined_result made = {0};
    int result = run_draw(cloud, page, false, &made, why);

    if (result == -EINVAL) { /* its sentence went nowhere: ask again */
        result = pictures_check(cloud, page, why);
        result = result == 0 ? -EIO : result;
    }
    if (result < 0)
        return result;
    *ret = made.output;
    *ret_size = made.size;
    return 0;
}

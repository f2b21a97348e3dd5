#include "http_server_internal.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <unistd.h>

/* The loop may not wait for a disk: a read that the page cache cannot serve at once suspends the
 * connection until the reader has fetched the next stretch. What the reader has fetched is then
 * read plainly, even if the kernel has dropped it again meanwhile; else two downloads on a small
 * machine could push each other out for ever. */
static ssize_t read_block(void *context, uint64_t position, char *to, size_t max)
{
    struct http_file *file = context;
    uint64_t at = file->offset + position;

    if (position >= file->size)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (max > file->size - position)
        max = (size_t)(file->size - position);

    struct iovec piece = {.iov_base = to, .iov_len = max};
    ssize_t got = preadv2(file->fd, &piece, 1, (off_t)at, at < file->warm ? 0 : RWF_NOWAIT);
    if (got > 0)
        return got;
    if (got < 0 && at >= file->warm) { /* EAGAIN, or a file system without RWF_NOWAIT */
        file->want = at;
        if (http_work_warm(file->work, file))
            return 0;
    }
    return MHD_CONTENT_READER_END_WITH_ERROR; /* shorter than it was, or the disk failed */
}

static void file_destroy(void *context)
{
    struct http_file *file = context;
    (void)close(file->fd);
    free(file);
}

struct MHD_Response *http_file_response(struct http_request *req, int fd, uint64_t offset,
                                        uint64_t size)
{
    struct http_file *file = calloc(1, sizeof *file);
    struct MHD_Response *response = NULL;

    if (file) {
        *file = (struct http_file){
            .work = req->server->work, .mhd = req->mhd, .fd = fd, .offset = offset, .size = size};
        response = MHD_create_response_from_callback(size, HTTP_FILE_BLOCK, read_block, file,
                                                     file_destroy);
    }
    if (!response) {
        (void)close(fd);
        free(file);
    }
    return response;
}

void http_file_warm(struct http_file *file)
{
    enum { STEP = 64 * 1024 };
    char scratch[STEP];
    uint64_t end = file->offset + file->size;
    uint64_t limit = file->want + HTTP_WARM_BLOCK < end ? file->want + HTTP_WARM_BLOCK : end;
    uint64_t at = file->want;

    while (at < limit) {
        ssize_t got = pread(file->fd, scratch, STEP, (off_t)at);
        if (got <= 0 && errno != EINTR)
            break; /* the loop's own read will tell */
        at += got > 0 ? (uint64_t)got : 0;
    }
    file->warm = limit;
}

/* The content store's inside. Private to store*.c. */
#ifndef MACHIAI_KIOSK_STORE_PRIVATE_H
#define MACHIAI_KIOSK_STORE_PRIVATE_H

#include <pthread.h>

#include "store.h"

/* The name of a file tells what it is. */
enum store_form {
    STORE_SEALED, /* SHA256.sealed */
    STORE_PART,   /* SHA256.part: a download */
    STORE_CLEAR,  /* SHA256: by an earlier version */
    STORE_DRAFT   /* SHA256.draft: a clear one that is being sealed */
};

enum file_state {
    FILE_WAITING, /* to be read */
    FILE_VERIFIED
};

struct store_file {
    char sha256[SHA256_SIZE];
    enum file_state state;
    enum store_form form; /* WAITING: what is to be read */
};

struct store {
    char dir[STORE_PATH_SIZE];
    uint8_t key[SEALED_KEY_SIZE]; /* the device's */
    void (*notify)(void *context);
    void *context;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t work;
    /* under lock */
    bool stopping;
    struct store_file files[STORE_FILES_MAX];
    int file_count;
    struct store_event events[STORE_FILES_MAX];
    int event_first, event_count;
};

void store_path_of(const struct store *store, const char *sha256, enum store_form form, char *path,
                   size_t size);
bool store_stopping(struct store *store);
/* `bytes` more fit beside the reserve. */
bool store_fits(const struct store *store, int64_t bytes);

/* store_check.c, on the store's thread. Reads what the file says is to be read, and puts it in its
 * place when its hash is right. 1: it was and is there now; 0: it is not the file of that name;
 * -ECANCELED; or what the disk says. */
int store_check(struct store *store, const struct store_file *file);
/* Removes what store_check() found wrong. */
void store_remove(const struct store *store, const struct store_file *file);

#endif

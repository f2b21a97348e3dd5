/* Many client connections of one process, over TLS or plain, for benchmarks: one thread, epoll.
 *
 * TLS is 1.3 with AES-128-GCM and X25519 only, so that every server that is compared does the same
 * work; certificates are not looked at. Connections come from WIRE_ADDRESSES loopback addresses in
 * turn, since servers limit what one address may hold. Any failure ends the program. */
#ifndef MACHIAI_TESTS_BENCH_WIRE_H
#define MACHIAI_TESTS_BENCH_WIRE_H

#include <gnutls/gnutls.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    WIRE_ADDRESSES = 100,  /* 127.0.1.1 and following */
    WIRE_HANDSHAKES = 128, /* at once */
    WIRE_BLOCK = 64 * 1024
};

enum wire_state { WIRE_IDLE, WIRE_SHAKING, WIRE_OPEN };

struct wire {
    int fd;
    enum wire_state state;
    gnutls_session_t tls;
};

struct wires {
    struct wire *list;
    int count, port, shaking, next; /* next: the first that has not been begun */
    bool tls;
    int epoll;
    gnutls_certificate_credentials_t credentials;
    gnutls_priority_t priority;
    /* An index each: the connection stands; bytes came. */
    void (*opened)(struct wires *wires, int i);
    void (*came)(struct wires *wires, int i, const char *bytes, size_t size);
};

_Noreturn void wire_die(const char *what);
int64_t wire_now_ns(void); /* CLOCK_MONOTONIC, as Node's process.hrtime */
/* Processor time that a process has used; for one of the same user. */
int64_t wire_cpu_ns(int pid);

void wires_init(struct wires *wires, int port, bool tls, int count);
/* Begins as many connections as may shake hands at once; the rest follow in wires_turn(). */
void wires_open(struct wires *wires);
/* Closes all, at once and without a farewell. */
void wires_drop(struct wires *wires);
void wires_send(struct wires *wires, int i, const char *bytes, size_t size);
/* Waits at most ms for something and handles it. extra_fd >= 0: also returns when that can be read,
 * with true. */
bool wires_turn(struct wires *wires, int ms, int extra_fd);

#endif

/* Answers told apart on a line without framing, and decoded into IPP's words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "escpos_reply.h"
#include "escpos_status.h"

/* Feeds bytes and writes one letter for each reply: E(OT) P(aper) I(d) A(SB). */
static const char *kinds(const char *bytes, size_t size, struct escpos_reply *ret_last)
{
    static char letters[64];
    struct escpos_reply_parser parser = {0};
    size_t count = 0;

    for (size_t i = 0; i < size; i++) {
        struct escpos_reply reply = escpos_reply_add(&parser, (uint8_t)bytes[i]);
        if (reply.kind != ESCPOS_REPLY_NONE) {
            letters[count++] = " EPIA"[reply.kind];
            *ret_last = reply;
        }
    }
    letters[count] = '\0';
    return letters;
}

#define KINDS(bytes, last) kinds(bytes, sizeof(bytes) - 1, last)

static void told_apart(void **state)
{
    struct escpos_reply last;

    (void)state;
    assert_string_equal(KINDS("\x12\x1a\x36\x7e", &last), "EEEE");
    assert_int_equal(last.bytes[0], 0x7e);
    assert_string_equal(KINDS("\x00\x0f\x03", &last), "PPP");
    assert_string_equal(KINDS("\x37\x22QRST\x00", &last), "I");
    assert_memory_equal(last.bytes, "QRST", 4);
    assert_string_equal(KINDS("\x18\x00\x0c\x0f", &last), "A");
    assert_string_equal(KINDS("\x12\x37\x22"
                              "AAAA\x00\x12\x10\x00\x00\x0f\x00",
                              &last),
                        "EIEAP");
}

static void noise_does_no_harm(void **state)
{
    struct escpos_reply last;

    (void)state;
    assert_string_equal(KINDS("\x11\x13\xff\x80", &last), ""); /* XON, XOFF, whatever */
    /* A reply that breaks off gives way to the next one. */
    assert_string_equal(KINDS("\x37\x12", &last), "E");
    assert_string_equal(KINDS("\x37\x22"
                              "AB\x12",
                              &last),
                        "E");
    assert_string_equal(KINDS("\x37\x22"
                              "ABCD\x12",
                              &last),
                        "E");
    assert_string_equal(KINDS("\x10\x00\x12", &last), "E");
    assert_string_equal(KINDS("\x37\x37\x22WXYZ\x00", &last), "I");
    /* Whatever comes, the parser never holds more than it has room for. */
    struct escpos_reply_parser parser = {0};
    for (int i = 0; i < 100000; i++) {
        (void)escpos_reply_add(&parser, (uint8_t)(rand() >> 5));
        assert_in_range(parser.count, 0, sizeof(parser.held) - 1);
    }
}

static const char *after_eot(const uint8_t answers[4])
{
    static char reasons[ESCPOS_REASONS_SIZE];
    struct escpos_status status = {.reachable = true};

    for (int n = 1; n <= 4; n++)
        escpos_status_add_eot(&status, n, answers[n - 1]);
    escpos_status_reasons(&status, reasons);
    assert_int_equal(escpos_status_ready(&status),
                     strcmp(reasons, "none") == 0 || strcmp(reasons, "media-low-warning") == 0);
    return reasons;
}

static void words(void **state)
{
    static const struct {
        uint8_t answers[4];
        const char *reasons;
    } cases[] = {
        {{0x12, 0x12, 0x12, 0x12}, "none"},
        {{0x16, 0x12, 0x12, 0x12}, "none"}, /* the drawer's pin is nobody's business */
        {{0x12, 0x12, 0x12, 0x1e}, "media-low-warning"},
        {{0x1a, 0x32, 0x12, 0x7e}, "media-empty-error"},
        {{0x1a, 0x12, 0x12, 0x72}, "media-empty-error"},
        {{0x1a, 0x16, 0x12, 0x12}, "cover-open-error"},
        {{0x1a, 0x36, 0x12, 0x72}, "media-empty-error,cover-open-error"},
        {{0x1a, 0x52, 0x1a, 0x12}, "other-error"},
        {{0x12, 0x12, 0x32, 0x12}, "other-error"},
        {{0x1a, 0x12, 0x12, 0x12}, "offline-report"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_string_equal(after_eot(cases[i].answers), cases[i].reasons);
}

static void automatic_status_replaces_everything(void **state)
{
    struct escpos_status status = {.error = true, .cover_open = true};
    char reasons[ESCPOS_REASONS_SIZE];

    (void)state;
    escpos_status_set_asb(&status, (const uint8_t[]){0x18, 0x00, 0x0f, 0x0f});
    escpos_status_reasons(&status, reasons);
    assert_string_equal(reasons, "media-empty-error");
    escpos_status_set_asb(&status, (const uint8_t[]){0x38, 0x00, 0x00, 0x0f});
    escpos_status_reasons(&status, reasons);
    assert_string_equal(reasons, "cover-open-error");
    escpos_status_set_asb(&status, (const uint8_t[]){0x10, 0x00, 0x00, 0x0f});
    assert_true(escpos_status_ready(&status));
}

static void silence_and_absence(void **state)
{
    char reasons[ESCPOS_REASONS_SIZE];

    (void)state;
    escpos_status_reasons(&(struct escpos_status){.reachable = false}, reasons);
    assert_string_equal(reasons, "offline-report");
    escpos_status_reasons(&(struct escpos_status){.reachable = true}, reasons);
    assert_string_equal(reasons, "offline-report");
    assert_false(escpos_status_ready(&(struct escpos_status){.reachable = true}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(told_apart),
        cmocka_unit_test(noise_does_no_harm),
        cmocka_unit_test(words),
        cmocka_unit_test(automatic_status_replaces_everything),
        cmocka_unit_test(silence_and_absence),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What every unit test includes: cmocka and the headers that it wants first. */
#ifndef MACHIAI_TESTS_TEST_H
#define MACHIAI_TESTS_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define assert_verdict(judgement, wanted)                                                          \
    assert_string_equal(verdict_name((judgement).verdict), wanted)

#endif

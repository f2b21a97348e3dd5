/* What stands on a slip. */
#include "test.h"

#include "site.h"
#include "slip_content.h"

#include <string.h>

static struct station_ticket ticket(void)
{
    struct station_ticket made = {.number = {'A', 3},
                                  .service = "first",
                                  .language = "en",
                                  .desk_no = 1,
                                  .before = 5,
                                  .accepted_ms = INT64_C(1795484520000), /* 10:42 */
                                  .session = {"2026-11-24", SESSION_AM},
                                  .url = "https://c/t/X",
                                  .code = "7K4Q-9M2X",
                                  .check = "77D2",
                                  .print_count = 1};
    return made;
}

static void test_full(void **state)
{
    (void)state;
    struct site site;
    struct slip_view view;
    struct station_ticket made = ticket();
    site_open(&site);
    slip_content_fill(&made, &site.queue.settings, NULL, 80, &view);
    assert_int_equal(view.dots, SLIP_DOTS_80);
    assert_string_equal(view.number, "A3");
    assert_string_equal(view.clinic, "さくら台クリニック");
    assert_string_equal(view.service, "はじめて");
    assert_string_equal(view.date, "en 2026/11/24 w2 am");
    assert_string_equal(view.time, "10:42");
    assert_string_equal(view.validity, "slip.validity.am");
    assert_string_equal(view.queue_id, "1024-1");
    assert_string_equal(view.code, "7K4Q-9M2X");
    assert_string_equal(view.check, "77D2");
    assert_string_equal(view.qr, "https://c/t/X");
    assert_int_equal(view.before, 5);
    assert_int_equal(view.print_count, 1);
    site_close(&site);
}

static void test_of_a_party_with_an_appointment(void **state)
{
    (void)state;
    struct site site;
    struct slip_view view;
    struct station_ticket made = ticket();
    made.person = 2;
    made.persons = 3;
    made.slot_from = made.accepted_ms - 12 * 60000;
    made.slot_to = made.accepted_ms + 18 * 60000;
    strcpy(made.code, "7k4q-9m2x");
    made.print_count = 2;
    site_open(&site);
    strcpy(site.queue.settings.name_en, "Sakuradai Clinic");
    strcpy(site.queue.settings.slip_message, "発熱のある方は 受付へ");
    site.queue.settings.slip_large = true;
    slip_content_fill(&made, &site.queue.settings, NULL, 80, &view);
    assert_int_equal(view.person, 2);
    assert_int_equal(view.persons, 3);
    assert_string_equal(view.slot_from, "10:30");
    assert_string_equal(view.slot_to, "11:00");
    assert_string_equal(view.code, "7K4Q-9M2X"); /* capitals are easier to tell apart */
    assert_string_equal(view.clinic_en, "Sakuradai Clinic");
    assert_string_equal(view.message, "発熱のある方は 受付へ");
    assert_true(view.large);
    assert_int_equal(view.print_count, 2);
    site_close(&site);
}

static void test_of_the_printer(void **state)
{
    (void)state;
    struct site site;
    struct slip_view view;
    struct slip_test test = {58, 0, "https://c", "escpos:/dev/usb/lp0"};
    slip_content_test(NULL, NULL, &test, &view); /* a kiosk that is not enrolled yet */
    assert_int_equal(view.kind, SLIP_OF_TEST);
    assert_int_equal(view.dots, SLIP_DOTS_58);
    assert_string_equal(view.number, "");
    assert_string_equal(view.clinic, "");
    assert_string_equal(view.device, "escpos:/dev/usb/lp0");
    test.now_ms = ticket().accepted_ms;
    site_open(&site);
    slip_content_test(&site.queue.settings, NULL, &test, &view);
    assert_string_equal(view.clinic, "さくら台クリニック");
    assert_string_equal(view.time, "10:42");
    assert_string_equal(view.date, "ja 11/24 w2");
    assert_string_equal(view.qr, "https://c");
    site_close(&site);
}

static void test_little_known(void **state)
{
    (void)state;
    struct site site;
    struct slip_view view;
    struct station_ticket made = ticket();
    made.language[0] = '\0';
    made.accepted_ms = 0;
    made.desk_no = 77;
    strcpy(made.service, "gone");
    site_open(&site);
    slip_content_fill(&made, &site.queue.settings, NULL, 58, &view);
    assert_int_equal(view.dots, SLIP_DOTS_58);
    assert_string_equal(view.language, "ja");
    assert_string_equal(view.date, "");
    assert_string_equal(view.service, "");
    assert_string_equal(view.queue_id, "");
    site_close(&site);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_full),
        cmocka_unit_test(test_of_a_party_with_an_appointment),
        cmocka_unit_test(test_of_the_printer),
        cmocka_unit_test(test_little_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "slip_scenes.h"

#include <stdio.h>
#include <string.h>

#define COPY(to, text) snprintf(to, sizeof(to), "%s", text)

const char *const scenes_languages[SCENES_LANGUAGES] = {"ja", "ja-easy", "en", "zh-Hans",
                                                        "ko", "vi",      "pt"};

/* "2026年11月24日（火）午前" and "午前のみ有効" as the kiosk says them. */
static const struct {
    const char *language, *date, *validity;
} days[] = {
    {"ja-easy", "2026年11月24日（火）午前", "ごぜんだけ つかえます"},
    {"en", "2026-11-24 (Tue) AM", "Valid this morning"},
    {"zh-Hans", "2026年11月24日（周二）上午", "仅上午有效"},
    {"ko", "2026년 11월 24일(화) 오전", "오전만 유효"},
    {"vi", "24/11/2026 (thứ Ba) sáng", "Chỉ sáng nay"},
    {"pt", "24/11/2026 (ter) manhã", "Válido de manhã"},
};

struct slip_view scenes_slip(const char *language)
{
    bool japanese = strncmp(language, "ja", 2) == 0;
    struct slip_view view = {.dots = SLIP_DOTS_80, .before = 5, .print_count = 1};

    COPY(view.language, language);
    COPY(view.clinic, "さくら台クリニック");
    COPY(view.clinic_en, "Sakuradai Clinic");
    COPY(view.date, "2026年11月24日（火）午前");
    COPY(view.validity, "午前のみ有効");
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        if (strcmp(language, days[i].language) == 0) {
            COPY(view.date, days[i].date);
            COPY(view.validity, days[i].validity);
        }
    }
    COPY(view.time, "10:42");
    COPY(view.number, japanese ? "15" : "A3");
    COPY(view.service, "内科");
    COPY(view.service_en, "Internal medicine");
    COPY(view.qr, SCENES_URL);
    COPY(view.queue_id, "1024-1");
    COPY(view.code, "7K4Q-9M2X");
    COPY(view.phone, "03-5555-0142");
    COPY(view.check, "3A07");
    return view;
}

const char *const scenes_slips[SCENES_SLIPS] = {"standard", "large", "reissue", "message", "slot",
                                                "family",   "bare",  "full",    "test"};

struct slip_view scenes_slip_of(const char *kind, const char *language)
{
    struct slip_view view = scenes_slip(language);
    bool full = strcmp(kind, "full") == 0;

    view.large = strcmp(kind, "large") == 0;
    if (full || strcmp(kind, "reissue") == 0) {
        view.print_count = full ? 3 : 2;
        COPY(view.check, "C81F");
    }
    if (full || strcmp(kind, "message") == 0)
        COPY(view.message,
             "発熱のある方は、受付へ お声がけください。\n明日 25日（水）は 休診です。");
    if (full || strcmp(kind, "slot") == 0) {
        COPY(view.slot_from, "10:30");
        COPY(view.slot_to, "11:00");
    }
    if (full || strcmp(kind, "family") == 0) {
        view.person = 2;
        view.persons = 3;
    }
    if (full)
        COPY(view.number, "A108");
    if (strcmp(kind, "bare") == 0)
        view.qr[0] = view.code[0] = view.date[0] = view.time[0] = view.validity[0] = '\0';
    if (strcmp(kind, "test") == 0) {
        view.kind = SLIP_OF_TEST;
        COPY(view.device, "escpos://192.0.2.9:9100");
    }
    return view;
}

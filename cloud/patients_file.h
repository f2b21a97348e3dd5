/* A clinic's list of patients as a file: CSV in UTF-8 (or with nothing but ASCII in its rows), a
 * line a patient, with a card number and a birth date and nothing else: names are not asked for.
 *
 *   診察券番号,生年月日          (a first line without digits is a heading)
 *   00123,1951-04-07             (also 1951/4/7, 1951.4.7, 19510407; quotes; tab for comma)
 */
#ifndef MACHIAI_CLOUD_PATIENTS_FILE_H
#define MACHIAI_CLOUD_PATIENTS_FILE_H

#include "patients.h"

enum {
    PATIENTS_FILE_MAX = 16 * 1024 * 1024,
    PATIENTS_FILE_FAULTS_MAX = 20 /* that are remembered */
};

struct patients_fault {
    int line;
    const char *why; /* a sentence without the data: it may go into a log */
};

struct patients_file {
    struct patient *list;
    int count;
    struct patients_fault faults[PATIENTS_FILE_FAULTS_MAX];
    int fault_count; /* of all; those beyond the array are only counted */
};

/* Reads all of it, also behind a fault. The caller takes the list when fault_count is 0. -ENOMEM;
 * -E2BIG: more than PATIENTS_MAX rows. patients_file_finish() after success. */
int patients_file_read(const char *text, int64_t now, struct patients_file *ret)
    __attribute__((warn_unused_result));
void patients_file_finish(struct patients_file *file);

#endif

/* Log lines of the station, in English, on standard error: "machiai-kiosk: ...". Never a patient's
 * name, never a secret. Any thread.
 */
#ifndef MACHIAI_KIOSK_STATION_REPORT_H
#define MACHIAI_KIOSK_STATION_REPORT_H

void station_report(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif

/* Every route of the cloud: method, path, handler, roles. openapi.json says the same; a test
 * compares both. */
#ifndef MACHIAI_CLOUD_ROUTES_H
#define MACHIAI_CLOUD_ROUTES_H

#include <cjson/cJSON.h>

#include "http_server.h"

struct cloud;

const struct http_route *routes_table(size_t *ret_count);
/* Who may call it: bits of enum identity_role. */
unsigned routes_roles(const struct http_route *route);
/* Bytes that a body may have; 0 = as everywhere. */
size_t routes_body_max(const struct http_route *route);
/* The gate of http_server_options; context is a struct door. */
bool routes_gate(struct http_request *req, const struct http_route *route, void *context);
/* Of http_server_options. */
bool routes_quick(struct http_request *req, const struct http_route *route, void *context);

/* routes_people.c */
http_handler health_get, openapi_get, session_post, session_get, session_delete;
/* routes_account.c */
http_handler password_put, lock_post, factor_get, factor_post, factor_put, factor_removal_post;
/* routes_contract.c */
http_handler contract_get, contract_act_post, hours_get, hours_post, hours_delete;
/* routes_crew.c */
http_handler crew_get, crew_post, crew_put, crew_delete, crew_lock_post, crew_reset_post,
    password_reset_post, loss_post, audit_get, operators_audit_get;
/* routes_queue.c, routes_call.c */
http_handler ticket_post, ticket_get, call_post, queue_get, queue_stream;
/* routes_holder.c */
http_handler holder_get, holder_late_post, holder_cancel_post, holder_mail_put, holder_mail_delete,
    holder_qr_get;
/* routes_reception.c */
http_handler clinics_get, clinic_get, booking_post, card_post;
/* {"clinics":[{"queue_id","clinic_no","name","name_en","address","open","waiting"}],"more"}: those
 * that have all words of the search in name, address or number. */
enum { FIND_SEARCH_MAX = 120 };
cJSON *reception_find(struct cloud *cloud, const char *search);
/* routes_patients.c */
http_handler patients_get, patients_put_list, patients_delete;
/* routes_names.c */
http_handler ticket_name_put, ticket_name_delete;
/* routes_checkin.c */
http_handler check_in_post;
/* routes_site.c */
http_handler site_queue_get, site_stream, site_events_post, slips_get, acts_get;
/* routes_opening.c */
http_handler opening_get, opening_put, opening_session_put;
/* routes_notices.c */
http_handler notice_delete, quarantine_get;
/* routes_machines.c */
http_handler machines_get, machine_delete;
/* routes_device.c, routes_sync.c */
http_handler enrol_post, pair_post, pairing_post, device_get, device_stream, device_events_post,
    device_status_put, device_history_post, device_snapshot_get;
/* routes_upload.c */
http_handler uploads_get, upload_post, upload_get_one, upload_patch, upload_delete;
/* routes_film.c */
http_handler films_get, film_get, film_patch, film_withdrawal_post, film_still_get, preview_post,
    preview_get, content_get;
/* routes_content.c */
http_handler contents_get_all, content_post, content_put, content_delete, photos_get, photo_post,
    photo_get;
/* routes_drawing.c */
http_handler templates_get, drawing_post;
/* Answers 400 for a page that cannot be drawn, with the field that pictures_check() names. */
void drawing_refuse(struct http_request *req, const char *why);
/* routes_plays.c */
http_handler plays_post, plays_get;
/* routes_programme.c */
http_handler device_programme_get, programmes_get_all, approval_post, programme_item_put;
/* routes_model.c */
http_handler models_get, model_post, model_get, distribution_post, model_sites_get;

#endif

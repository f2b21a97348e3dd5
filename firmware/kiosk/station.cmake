# The station: records and the line to the cloud. Included by the kiosk's CMakeLists.txt.

# Names the reducer that made a stored state: another one does not read it.
file(GLOB machiai_rules CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/firmware/core/*.[ch]")
set(machiai_rules_hash "")
foreach(source IN LISTS machiai_rules)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${source}")
    file(SHA256 "${source}" hash)
    string(SHA256 machiai_rules_hash "${machiai_rules_hash}${hash}")
endforeach()

add_library(machiai-station STATIC
    enrol.c health_read.c programme_check.c journal.c journal_log.c journal_open.c journal_rescue.c journal_tickets.c outbox.c play_log.c
    station.c station_act.c station_checkin.c station_clock.c station_device.c station_health.c station_issue.c
    station_log.c station_media.c station_move.c station_news.c station_offline.c station_pair.c station_plays.c station_programme.c
    station_recover.c station_reissue.c station_report.c store.c store_check.c sync.c sync_history.c sync_snapshot.c sync_upload.c)
target_include_directories(machiai-station PUBLIC
    "${CMAKE_CURRENT_SOURCE_DIR}" "${CMAKE_CURRENT_BINARY_DIR}")
target_compile_definitions(machiai-station PRIVATE "MACHIAI_RULES=\"${machiai_rules_hash}\"")
target_link_libraries(machiai-station PUBLIC machiai-core machiai-http-client machiai-sealed-file PkgConfig::SQLITE
    PkgConfig::SODIUM PkgConfig::CJSON Threads::Threads)

# Unit tests of the station, included by CMakeLists.txt.
set(station_rig station_rig.c ../core/site.c)

machiai_test(http_stream LIBS machiai-http-client)
machiai_test(journal SOURCES journal_rig.c ${station_rig} LIBS machiai-station)
machiai_test(journal_damage SOURCES journal_rig.c ${station_rig} LIBS machiai-station)
machiai_test(station_clock LIBS machiai-station)
machiai_test(station_log SOURCES ${station_rig} LIBS machiai-station)
machiai_test(station_sync SOURCES ${station_rig} LIBS machiai-station)
target_link_options(test_station_sync PRIVATE "LINKER:--wrap=http_client_send,--wrap=http_client_cancel")
machiai_test(programme_check LIBS machiai-station)
machiai_test(store SOURCES ${station_rig} LIBS machiai-station)
target_link_options(test_store PRIVATE "LINKER:--wrap=statvfs") # a disk as full as the test wants
machiai_test(play_log SOURCES ${station_rig} LIBS machiai-station)

# These speak with a real cloud.
if(TARGET machiai-cloud)
    machiai_test(http_client SOURCES cloud_rig.c LIBS machiai-http-client PkgConfig::CJSON TIMEOUT 180)
    foreach(name IN ITEMS station station_enrol station_slip station_family station_act station_checkin)
        machiai_test(${name} SOURCES cloud_rig.c station_driver.c station_fixture.c
            LIBS machiai-station TIMEOUT 180)
    endforeach()
    machiai_test(station_exceptions SOURCES cloud_rig.c station_driver.c station_fixture.c
        LIBS machiai-station TIMEOUT 240)
    machiai_test(station_snapshot SOURCES cloud_rig.c station_driver.c station_fixture.c
        LIBS machiai-station machiai-cloud-core TIMEOUT 180)
    machiai_test(station_media SOURCES cloud_rig.c station_driver.c LIBS machiai-station)
    foreach(name IN ITEMS http_client station station_enrol station_slip station_family station_act station_checkin
            station_exceptions station_snapshot station_media)
        target_compile_definitions(test_${name} PRIVATE
            "MACHIAI_CLOUD_PATH=\"$<TARGET_FILE:machiai-cloud>\"")
        add_dependencies(test_${name} machiai-cloud)
    endforeach()

    add_executable(newer-cloud newer_cloud.c "${PROJECT_SOURCE_DIR}/cloud/main.c")
    target_link_libraries(newer-cloud PRIVATE machiai-cloud-core)
    target_include_directories(newer-cloud PRIVATE "${PROJECT_BINARY_DIR}/cloud") # version.h
    target_link_options(newer-cloud PRIVATE "LINKER:--wrap=views_entry_block")
    machiai_test(station_newer SOURCES cloud_rig.c station_driver.c station_fixture.c
        LIBS machiai-station TIMEOUT 180)
    target_compile_definitions(test_station_newer PRIVATE
        "MACHIAI_CLOUD_PATH=\"$<TARGET_FILE:newer-cloud>\"")
    add_dependencies(test_station_newer newer-cloud)
endif()

# Unit tests of the station, included by CMakeLists.txt.
set(station_rig station_rig.c ../core/site.c)

machiai_test(http_stream LIBS machiai-http-client)
machiai_test(journal SOURCES ${station_rig} LIBS machiai-station)
machiai_test(station_clock LIBS machiai-station)
machiai_test(station_log SOURCES ${station_rig} LIBS machiai-station)
machiai_test(store SOURCES ${station_rig} LIBS machiai-station)

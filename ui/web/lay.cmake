# cmake -DSOURCE=ui/web -DOUT=build/web -DPREACT=standalone.module.js -P lay.cmake
# Shells by the path that asks for them, all else under assets/. A file taken away here leaves OUT too.
file(REMOVE_RECURSE "${OUT}")
foreach(shell IN ITEMS "index:index.html" "staff:staff/index.html" "programme:programme/index.html"
        "operator:operator/index.html" "pair:pair/index.html" "account:account/index.html"
        "queue:q/index.html" "plain:plain/index.html" "book:book/index.html"
        "ticket:t/index.html")
    string(REPLACE ":" ";" shell "${shell}")
    list(GET shell 0 page)
    list(GET shell 1 place)
    configure_file("${SOURCE}/pages/${page}.html" "${OUT}/${place}" COPYONLY)
endforeach()
file(GLOB flat "${SOURCE}/styles/*.css" "${SOURCE}/scripts/*.js" "${SOURCE}/images/*.svg")
file(COPY ${flat} DESTINATION "${OUT}/assets")
file(GLOB words "${SOURCE}/languages/*.json")
file(COPY ${words} DESTINATION "${OUT}/assets/languages")
configure_file("${PREACT}" "${OUT}/assets/preact.js" COPYONLY)

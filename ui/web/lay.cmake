# cmake -DSOURCE=ui/web -DOUT=build/web -DPREACT=standalone.module.js -P lay.cmake
# Shells by the path that asks for them, all else under assets/. A file taken away here leaves OUT too.
file(REMOVE_RECURSE "${OUT}")
foreach(shell IN ITEMS "index:index.html" "staff:staff/index.html" "programme:programme/index.html"
        "operator:operator/index.html" "pair:pair/index.html" "account:account/index.html" "patients:patients/index.html"
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

# What the kiosk serves on the clinic's network: the console alone, under another shell.
set(KIOSK "${OUT}-kiosk")
file(REMOVE_RECURSE "${KIOSK}")
configure_file("${SOURCE}/pages/kiosk.html" "${KIOSK}/staff/index.html" COPYONLY)
foreach(name IN ITEMS tokens.css base.css work.css staff.css icon.svg preact.js
        acts.js alarm.js api.js chips.js desks.js dialog.js dialogs.js doing.js field.js front.js icons.js
        keys.js kept.js line.js list.js login.js naming.js notices.js opening.js record.js sheet.js site.js staff.js
        stream.js way_back.js when.js where.js words.js
        languages/login.ja.json languages/staff.ja.json)
    configure_file("${OUT}/assets/${name}" "${KIOSK}/assets/${name}" COPYONLY)
endforeach()

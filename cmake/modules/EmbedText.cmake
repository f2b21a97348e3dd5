# Text files as C strings, for programs that must not depend on a file at run time:
#   cmake -DOUTPUT=X.inc "-DFILES=a;b" -P EmbedText.cmake
# writes { "name without ending", "text" }, for each.
set(lines "")
foreach(file IN LISTS FILES)
    get_filename_component(name "${file}" NAME_WE)
    file(READ "${file}" text)
    string(REPLACE "\\" "\\\\" text "${text}")
    string(REPLACE "\"" "\\\"" text "${text}")
    string(REPLACE "\n" "\\n\"\n    \"" text "${text}")
    string(APPEND lines "{\"${name}\",\n    \"${text}\"},\n")
endforeach()
file(WRITE "${OUTPUT}" "${lines}")

# Fails unless each script refuses an option that it does not know before it does anything, with status 2 and one line
# that has its name and what it knows. demo.sh hands its options to the program, whose test says the same.
#   cmake -DROOT=<project> -P check_scripts.cmake
cmake_minimum_required(VERSION 3.25)
file(GLOB scripts RELATIVE ${ROOT}/scripts ${ROOT}/scripts/*.sh)
list(REMOVE_ITEM scripts common.sh demo.sh)
if(NOT scripts)
  message(FATAL_ERROR "No scripts under ROOT '${ROOT}'")
endif()
foreach(script IN LISTS scripts)
  execute_process(COMMAND ${ROOT}/scripts/${script} --bogus
                  RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE line)
  if(NOT status STREQUAL 2 OR NOT output STREQUAL "" OR
     NOT line MATCHES "^${script}: unknown (option|suite) '--bogus', known are: [^\n]+\n$")
    message(FATAL_ERROR "${script} --bogus: status ${status}\n${output}${line}")
  endif()
endforeach()

# What rondo_parity cannot do or finds to differ is a failed case with a reason, never a skipped one.
#   cmake -D PROGRAM=<rondo_parity> -D FOLDER=<tests/parity/refused> -P check_refusals.cmake
cmake_minimum_required(VERSION 3.25)
execute_process(COMMAND ${PROGRAM} . WORKING_DIRECTORY ${FOLDER} OUTPUT_VARIABLE output RESULT_VARIABLE status)
file(READ ${FOLDER}/expected.txt expected)
if(NOT output STREQUAL expected)
  message(FATAL_ERROR "expected\n${expected}\nfound\n${output}")
endif()
if(NOT status EQUAL 1)
  message(FATAL_ERROR "exit status is ${status}, expected 1")
endif()

# Fails unless the configuration refuses, in one line each, an old compiler, a big-endian machine and a missing
# library with its packages, and accepts what it should.
#   cmake -DPROJECT=<folder> -DSCRATCH=<folder> -DGENERATOR=<name> -DCOMPILER=<file> -P check_dependencies.cmake
cmake_minimum_required(VERSION 3.25)
if(CALL)  # one call in a process of its own, because a refusal ends it
  include(${CMAKE_CURRENT_LIST_DIR}/../cmake/rondo_dependencies.cmake)
  separate_arguments(CALL)
  list(POP_FRONT CALL command)
  cmake_language(CALL ${command} ${CALL})
  return()
endif()

# Runs a command. Its messages must have this line; or there must be none if it is empty.
function(expect line)
  execute_process(COMMAND ${CMAKE_COMMAND} ${ARGN} RESULT_VARIABLE status OUTPUT_QUIET ERROR_VARIABLE messages)
  string(FIND "${messages}" "\n   ${line}\n" position)
  if(line STREQUAL "" AND NOT status EQUAL 0 OR NOT line STREQUAL "" AND (status EQUAL 0 OR position EQUAL -1))
    message(FATAL_ERROR "${ARGN}\nexpected: ${line}\nstatus ${status}: ${messages}")
  endif()
endfunction()

function(expect_of_call line call)
  expect("${line}" "-DCALL=${call}" -P ${CMAKE_CURRENT_LIST_DIR}/check_dependencies.cmake)
endfunction()

set(hint "-D CMAKE_CXX_COMPILER=<file> chooses another one. Packages: Debian g++, Fedora gcc-c++, Arch gcc")
foreach(compiler "GNU 12.1.0" "Clang 14.0.0" "IntelLLVM 1.0")
  expect_of_call("" "rondo_check_compiler ${compiler}")
endforeach()
foreach(old "GNU 11.4.0" "Clang 13.0.1")
  expect_of_call("rondo needs GCC 12 or Clang 14 at least, found ${old}. ${hint}" "rondo_check_compiler ${old}")
endforeach()
expect_of_call("" "rondo_check_byte_order LITTLE_ENDIAN")
expect_of_call("rondo does not run on big-endian processors" "rondo_check_byte_order BIG_ENDIAN")

expect("fmt was not found. Packages: Debian libfmt-dev, Fedora fmt-devel, Arch fmt"
       -S ${PROJECT} -B ${SCRATCH} -G ${GENERATOR} -D CMAKE_CXX_COMPILER=${COMPILER}
       -D CMAKE_DISABLE_FIND_PACKAGE_fmt=ON)

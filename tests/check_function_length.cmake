# Fails on functions of more than 50 lines.
#   cmake -DROOT=<project> -DAWK=awk -P check_function_length.cmake
cmake_minimum_required(VERSION 3.25)
set(files "")
foreach(folder core layers data distributed formats optim timeseries testing apps examples tests bench)
  file(GLOB_RECURSE found ${ROOT}/${folder}/*.hpp ${ROOT}/${folder}/*.cpp)
  list(APPEND files ${found})
endforeach()
if(NOT files)
  message(FATAL_ERROR "No sources under ROOT '${ROOT}'")
endif()
execute_process(COMMAND ${AWK} -f ${CMAKE_CURRENT_LIST_DIR}/check_function_length.awk ${files}
                OUTPUT_VARIABLE problems RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "Functions of more than 50 lines:\n${problems}")
endif()

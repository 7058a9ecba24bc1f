# Installs a build to a prefix, then configures, builds and runs a project that finds it there.
#   cmake -DBUILD=<folder> -DPROJECT=<folder> -DCONSUMER=<folder> -DSCRATCH=<folder> -DGENERATOR=<name>
#         -DCOMPILER=<file> [-DCONFIG=<name>] [-DSANITIZE=<list>] [-DPREFIX_PATH=<list>] -P run_consumer.cmake
cmake_minimum_required(VERSION 3.25)

function(run)
  execute_process(COMMAND ${ARGN} WORKING_DIRECTORY ${SCRATCH} RESULT_VARIABLE result)
  if(NOT result EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "failed (${result}): ${command}")
  endif()
endfunction()

set(prefix ${SCRATCH}/prefix)
set(build ${SCRATCH}/build)
file(REMOVE_RECURSE ${SCRATCH})
file(MAKE_DIRECTORY ${SCRATCH})

set(config)
if(CONFIG)
  set(config --config ${CONFIG})
endif()
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix} ${config})

# What is installed must not lead back to the sources or the build.
file(GLOB_RECURSE files ${prefix}/*.cmake ${prefix}/*.hpp)
if(NOT files)
  message(FATAL_ERROR "nothing was installed to ${prefix}")
endif()
foreach(file IN LISTS files)
  file(READ ${file} text)
  foreach(folder IN ITEMS ${PROJECT} ${BUILD})
    string(FIND "${text}" "${folder}/" position)
    if(NOT position EQUAL -1)
      message(FATAL_ERROR "${file} names ${folder}")
    endif()
  endforeach()
endforeach()

set(flags)
if(SANITIZE)
  set(flags -DCMAKE_CXX_FLAGS=-fsanitize=${SANITIZE})
endif()
run(${CMAKE_COMMAND} -S ${CONSUMER} -B ${build} -G ${GENERATOR} "-DCMAKE_PREFIX_PATH=${prefix};${PREFIX_PATH}"
    -DCMAKE_CXX_COMPILER=${COMPILER} -DCMAKE_BUILD_TYPE=${CONFIG} ${flags})
run(${CMAKE_COMMAND} --build ${build} ${config})
find_program(program consumer PATHS ${build} PATH_SUFFIXES ${CONFIG} NO_DEFAULT_PATH REQUIRED)
run(${program})

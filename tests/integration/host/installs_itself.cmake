# In the build folder of the host: its program runs, and it alone is installed.
execute_process(COMMAND ./host COMMAND_ERROR_IS_FATAL ANY)
file(REMOVE_RECURSE prefix)
execute_process(COMMAND ${CMAKE_COMMAND} --install . --prefix prefix COMMAND_ERROR_IS_FATAL ANY)
file(GLOB_RECURSE files RELATIVE ${CMAKE_CURRENT_BINARY_DIR}/prefix prefix/*)
if(NOT files STREQUAL "bin/host")
  message(FATAL_ERROR "the host installs ${files}")
endif()

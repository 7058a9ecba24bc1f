# Appended to rondoConfigVersion.cmake: the reason, beside CMake's own text.
if(NOT PACKAGE_VERSION_COMPATIBLE AND NOT PACKAGE_FIND_QUIETLY)
  message(NOTICE "rondo ${PACKAGE_VERSION} was found and ${PACKAGE_FIND_VERSION} asked for: before version 1.0 the interface"
                 " changes with each minor version, so ask for the one that your code was written for, or install that.")
endif()

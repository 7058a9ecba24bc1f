# Debian packages, by scripts/package.sh: rondo (the program), librondo0, librondo-dev.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME rondo)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "rondo maintainers <rondo@packages.invalid>")
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/packages)
set(CPACK_STRIP_FILES ON)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_COMPONENTS_ALL program runtime development)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(full_version ${PROJECT_VERSION}-1)

# rondo_package(component name section summary text)
function(rondo_package component name section summary text)
  string(TOUPPER ${component} key)
  set(CPACK_DEBIAN_${key}_PACKAGE_NAME ${name} PARENT_SCOPE)
  set(CPACK_DEBIAN_${key}_PACKAGE_SECTION ${section} PARENT_SCOPE)
  set(CPACK_COMPONENT_${key}_DESCRIPTION "${summary}\n${text}" PARENT_SCOPE)
  set(changelog ${PROJECT_BINARY_DIR}/packaging/${name}/changelog.Debian)
  file(CONFIGURE OUTPUT ${changelog} CONTENT [[
rondo (@full_version@) unstable; urgency=medium

  * See /usr/share/doc/librondo-dev/CHANGELOG.md.

 -- @CPACK_PACKAGE_CONTACT@  Tue, 01 Dec 2026 00:00:00 +0000
]] @ONLY)
  execute_process(COMMAND gzip -9nf ${changelog} COMMAND_ERROR_IS_FATAL ANY)
  # RUNPATH leads to the serial OpenBLAS, whose soname is that of all variants (D52).
  if(NOT name STREQUAL librondo-dev)
    set(override ${PROJECT_BINARY_DIR}/packaging/${name}/overrides)
    file(WRITE ${override} "${name}: custom-library-search-path\n")
    install(FILES ${override} DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/lintian/overrides RENAME ${name}
            COMPONENT ${component})
  endif()
  install(FILES ${changelog}.gz DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/doc/${name} COMPONENT ${component})
  install(FILES ${PROJECT_SOURCE_DIR}/cmake/packaging/copyright DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/doc/${name}
          COMPONENT ${component})
endfunction()

rondo_package(program rondo science "trains GRUs on your time series and texts"
  "The program rondo trains a small sequence model on a column of\na CSV file or on a text, compares it with the naive forecasts, and uses it.")
rondo_package(runtime librondo0 libs "trains small sequence models on CPUs - shared library"
  "A linear tape with reverse-mode derivatives, Keras' GRU in all its profiles,\noptimizers and a training loop.")
rondo_package(development librondo-dev libdevel "trains small sequence models on CPUs - headers and examples"
  "The headers of the library, its CMake and pkg-config files, and examples.")

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
    "librondo0 (= ${full_version}), libxtensor-dev, nlohmann-json3-dev")
file(WRITE ${PROJECT_BINARY_DIR}/packaging/triggers "activate-noawait ldconfig\n")
set(CPACK_DEBIAN_RUNTIME_PACKAGE_CONTROL_EXTRA ${PROJECT_BINARY_DIR}/packaging/triggers)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_RECOMMENDS gnuplot-nox)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_DEPENDS "librondo0 (= ${full_version})")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${PROJECT_BINARY_DIR} ${PROJECT_BINARY_DIR}/interop ${PROJECT_BINARY_DIR}/optim)  # where ours are

include(CPack)

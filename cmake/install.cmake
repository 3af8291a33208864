# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT

# find_package(weft), pkg-config weft, the headers, the command and its pages.

include(CMakePackageConfigHelpers)

install(TARGETS weft EXPORT weft-targets
  RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR}
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

set(weft_config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/weft)
install(EXPORT weft-targets NAMESPACE weft:: DESTINATION ${weft_config_dir})
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/weftConfig.cmake.in ${PROJECT_BINARY_DIR}/weftConfig.cmake
  INSTALL_DESTINATION ${weft_config_dir} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/weftConfigVersion.cmake COMPATIBILITY SameMajorVersion)
install(FILES ${PROJECT_BINARY_DIR}/weftConfig.cmake ${PROJECT_BINARY_DIR}/weftConfigVersion.cmake
  DESTINATION ${weft_config_dir})

# The .pc file finds its prefix by its own place, so an installed tree may be moved.
file(RELATIVE_PATH WEFT_PC_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(${CMAKE_CURRENT_LIST_DIR}/weft.pc.in ${PROJECT_BINARY_DIR}/weft.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/weft.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# source it in gdb, or in ~/.gdbinit: info green-threads
install(FILES ${PROJECT_SOURCE_DIR}/tools/gdb/weft.py DESTINATION ${CMAKE_INSTALL_DATADIR}/weft)

if(TARGET weft-cli)
  file(RELATIVE_PATH weft_lib_from_bin /${CMAKE_INSTALL_BINDIR} /${CMAKE_INSTALL_LIBDIR})
  set_target_properties(weft-cli PROPERTIES INSTALL_RPATH "$ORIGIN/${weft_lib_from_bin}")
  install(TARGETS weft-cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  set(weft_pages ${PROJECT_BINARY_DIR}/src/cli/share)
  install(FILES ${weft_pages}/weft-map.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
  install(FILES ${weft_pages}/weft DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
  install(FILES ${weft_pages}/_weft DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
  install(FILES ${weft_pages}/weft.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
endif()

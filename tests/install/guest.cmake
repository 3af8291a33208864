# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT

# For consumers that take weft into their own build: checks that weft leaves
# their build as it was.

set(guarded CMAKE_CXX_FLAGS CMAKE_CXX_FLAGS_RELEASE CMAKE_CXX_STANDARD CMAKE_CXX_EXTENSIONS CMAKE_CXX_VISIBILITY_PRESET
  CMAKE_POSITION_INDEPENDENT_CODE CMAKE_BUILD_TYPE CMAKE_INSTALL_RPATH CMAKE_RUNTIME_OUTPUT_DIRECTORY CMAKE_MODULE_PATH
  BUILD_TESTING BUILD_SHARED_LIBS)

macro(weft_guest_arrives)
  foreach(name IN LISTS guarded)
    set(before_${name} "${${name}}")
  endforeach()
  get_directory_property(before_options COMPILE_OPTIONS)
  get_directory_property(before_definitions COMPILE_DEFINITIONS)
  get_directory_property(before_cache CACHE_VARIABLES)
endmacro()

macro(weft_guest_has_settled)
  foreach(name IN LISTS guarded)
    if(NOT "${${name}}" STREQUAL "${before_${name}}")
      message(FATAL_ERROR "weft changed ${name} from '${before_${name}}' to '${${name}}'")
    endif()
  endforeach()
  get_directory_property(after_options COMPILE_OPTIONS)
  get_directory_property(after_definitions COMPILE_DEFINITIONS)
  if(NOT "${after_options}${after_definitions}" STREQUAL "${before_options}${before_definitions}")
    message(FATAL_ERROR "weft changed the options of the directory that includes it")
  endif()

  get_directory_property(after_cache CACHE_VARIABLES)
  list(REMOVE_ITEM after_cache ${before_cache})
  # project(), FindThreads, GNUInstallDirs and FetchContent leave these.
  list(FILTER after_cache EXCLUDE REGEX "^(weft_|WEFT_|CMAKE_INSTALL_|CMAKE_HAVE_|CMAKE_PROJECT_|FETCHCONTENT_|FIND_PACKAGE_MESSAGE|_)")
  if(after_cache)
    message(FATAL_ERROR "weft put into the cache what does not carry its name: ${after_cache}")
  endif()

  get_property(folders DIRECTORY PROPERTY SUBDIRECTORIES)
  foreach(folder IN LISTS folders)
    get_property(targets DIRECTORY ${folder} PROPERTY BUILDSYSTEM_TARGETS)
    list(FILTER targets EXCLUDE REGEX "^weft")
    get_property(tests DIRECTORY ${folder} PROPERTY TESTS)
    if(targets OR tests)
      message(FATAL_ERROR "weft added targets or tests under others' names: ${targets} ${tests}")
    endif()
  endforeach()
  foreach(property COMPILE_OPTIONS COMPILE_DEFINITIONS LINK_OPTIONS)
    get_target_property(value weft INTERFACE_${property})
    if(value)
      message(FATAL_ERROR "weft asks its users for ${property}: ${value}")
    endif()
  endforeach()
endmacro()

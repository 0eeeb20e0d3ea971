# Flags of our own code, and a helper that declares one of the project's libraries.

add_library(meme_flags INTERFACE)
add_library(meme::flags ALIAS meme_flags)
target_include_directories(meme_flags INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(meme_flags INTERFACE
  -Wall -Wextra -Wpedantic -Werror -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-align
  -Wunused)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  target_compile_options(meme_flags INTERFACE -Wduplicated-cond -Wlogical-op)
endif()
target_compile_definitions(meme_flags INTERFACE MEME_VERSION="${PROJECT_VERSION}")
if(MEME_SANITIZE)
  target_compile_options(meme_flags INTERFACE -fsanitize=${MEME_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all -O1)
  target_link_options(meme_flags INTERFACE -fsanitize=${MEME_SANITIZE})
  if(MEME_FUZZ)
    target_compile_options(meme_flags INTERFACE
      -fsanitize-ignorelist=${PROJECT_SOURCE_DIR}/test/fuzz/ignore.txt)
  endif()
endif()

# meme_library(NAME SOURCES… LINK LIBRARIES…): a static library meme_NAME, known as meme::NAME.
function(meme_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINK")
  add_library(meme_${name} STATIC ${arg_SOURCES})
  add_library(meme::${name} ALIAS meme_${name})
  target_link_libraries(meme_${name} PUBLIC ${arg_LINK} PRIVATE meme::flags)
  target_include_directories(meme_${name} PUBLIC ${PROJECT_SOURCE_DIR})
endfunction()

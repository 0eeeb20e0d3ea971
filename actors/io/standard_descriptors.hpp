#pragma once

#include <fcntl.h>
#include <unistd.h>

namespace meme::io {

/// Opens /dev/null as each of the descriptors 0, 1 and 2 that is closed. Otherwise the first socket
/// or file that is opened gets such a number, and output for a terminal is written to it. Call it
/// before anything is opened.
inline void take_standard_descriptors() {
  for (const auto descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(descriptor, F_GETFD) == -1)
      ::open("/dev/null", O_RDWR); // the lowest free number, which is this one
}

} // namespace meme::io

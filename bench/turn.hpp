#pragma once

#include "actors/io/unique_fd.hpp"

namespace meme::bench {

/// Two measurements on the same cores at once would measure each other: the later one waits here
/// until the earlier one has ended. By an abstract Unix socket, which the kernel lets one process
/// bind, and frees when that ends, however it does.
class turn {
public:
  turn(); ///< waits. Throws std::system_error.

private:
  io::unique_fd claim_;
};

} // namespace meme::bench

#include "bench/turn.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <chrono>
#include <iostream>
#include <system_error>
#include <thread>

namespace meme::bench {

turn::turn() : claim_{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
  // The first byte of the path is 0: an abstract name.
  const sockaddr_un address{AF_UNIX, "\0meme-bench"};
  for (auto told = false;
       ::bind(claim_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0;
       told = true) {
    if (errno != EADDRINUSE)
      throw std::system_error{errno, std::generic_category(), "cannot claim the cores"};
    if (!told)
      std::cerr << "another measurement is running: waiting for its end" << std::endl;
    std::this_thread::sleep_for(std::chrono::seconds{1});
  }
}

} // namespace meme::bench

// A stand-in for the Hugging Face text-to-image API, see README.md.
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <exception>
#include <iostream>
#include <variant>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include "sketch-server/http/listener.hpp"
#include "sketch-server/model.hpp"
#include "sketch-server/options.hpp"
#include "sketch-server/studio.hpp"

namespace {

/// A socket must not get the number of a standard stream that is closed: its client would be sent
/// what is meant for a terminal.
void take_standard_descriptors() {
  for (const auto descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(descriptor, F_GETFD) == -1)
      ::open("/dev/null", O_RDWR); // the lowest free number, which is this one
}

/// A connection takes a descriptor, and the usual soft limit is a thousand.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max)
    return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

void serve(const meme::sketch::options& settings) {
  meme::sketch::model model{settings}; // outlives the sessions that the loop keeps
  boost::asio::io_context loop{1};
  boost::asio::signal_set signals{loop, SIGINT, SIGTERM};
  signals.async_wait([&](const auto&, int) { loop.stop(); });
  meme::sketch::studio studio{settings, loop};
  meme::sketch::listener listener{loop, settings, model, studio};
  std::cout << "listening on " << listener.url() << std::endl;
  loop.run();
}

} // namespace

int main(int argc, char** argv) try {
  take_standard_descriptors();
  const auto parsed = meme::sketch::parse_options(argc, argv);
  if (const auto answer = std::get_if<meme::sketch::last_words>(&parsed)) {
    (answer->status == 0 ? std::cout : std::cerr) << answer->text;
    return answer->status;
  }
  raise_descriptor_limit();
  serve(std::get<meme::sketch::options>(parsed));
  return 0;
} catch (const meme::sketch::bad_plan& problem) {
  std::cerr << "sketch-server: --fault-plan: " << problem.what() << '\n';
  return 2;
} catch (const std::exception& problem) {
  std::cerr << "sketch-server: " << problem.what() << '\n';
  return 1;
}

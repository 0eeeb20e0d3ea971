#include "client/watch.hpp"

#include <csignal>
#include <exception>
#include <iostream>

#include "client/answer.hpp"
#include "client/nats.hpp"
#include "client/picture_file.hpp"

namespace meme::client {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

volatile std::sig_atomic_t stop_requested = 0;

extern "C" void request_stop(int) {
  stop_requested = 1;
}

/// SIGINT and SIGTERM end the loop in order; a second one ends the process.
void stop_on_signals() {
  struct sigaction action {};
  action.sa_handler = request_stop;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

void show(natsMsg& message, const std::filesystem::path& folder) {
  const auto size = static_cast<std::size_t>(natsMsg_GetDataLength(&message));
  const auto result = parse_answer({natsMsg_GetData(&message), size});
  if (!result) {
    std::cerr << "not an answer: " << size << " bytes on "
              << printable(natsMsg_GetSubject(&message)) << '\n';
    return;
  }
  const auto id = printable(result->request_id);
  if (!result->error.empty()) {
    std::cout << id << ": error (" << printable(result->code) << "): " << printable(result->error)
              << std::endl;
    return;
  }
  const auto file = save_new_file(folder, result->request_id, result->image);
  std::cout << id << ": " << printable(file.string()) << ", " << result->image.size() << " bytes, "
            << result->duration_ms << " ms" << (result->cached ? ", cached" : "") << std::endl;
}

void watch(natsOptions& nats, const watch_settings& settings) {
  // nats.c cannot be woken by a signal: it is asked in slices, so that a signal waits no longer.
  constexpr milliseconds slice{100};
  const auto connection = connect(nats);
  const auto results = subscribe(*connection, settings.subject);
  const auto errors = subscribe(*connection, settings.subject + ".error");
  const auto deadline = settings.timeout.count() == 0 ? steady_clock::time_point::max()
                                                      : steady_clock::now() + settings.timeout;
  std::uint64_t shown = 0;
  const auto done = [&] { return stop_requested || (settings.count && shown >= settings.count); };
  const auto drain = [&](natsSubscription& subscription, milliseconds wait) {
    while (!done()) {
      const auto message = next_message(subscription, wait);
      if (!message)
        return;
      show(*message, settings.output_folder);
      ++shown;
      wait = milliseconds{0};
    }
  };
  std::cout << "watching " << printable(settings.subject) << std::endl;
  while (!done() && steady_clock::now() < deadline) {
    drain(*results, slice);
    drain(*errors, milliseconds{0});
  }
}

} // namespace

int run_watch(natsOptions& nats, const watch_settings& settings) {
  stop_on_signals();
  try {
    watch(nats, settings);
    return 0;
  } catch (const std::exception& problem) {
    std::cerr << problem.what() << '\n';
    return 1;
  }
}

} // namespace meme::client

#include "client/commands/watch.hpp"

#include <csignal>
#include <exception>
#include <iostream>

#include "client/answer.hpp"
#include "client/exit_status.hpp"
#include "client/nats.hpp"
#include "client/picture_file.hpp"
#include "client/say.hpp"

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

/// Returns whether the message was an answer.
bool show(natsMsg& message, const std::filesystem::path& folder) {
  const auto size = static_cast<std::size_t>(natsMsg_GetDataLength(&message));
  const auto result = parse_answer({natsMsg_GetData(&message), size});
  if (!result) {
    say(std::cerr,
        "not an answer: " + std::to_string(size) + " bytes on " + natsMsg_GetSubject(&message));
    return false;
  }
  if (!result->error.empty()) {
    say(std::cout, result->request_id + ": error (" + result->code + "): " + result->error);
    return true;
  }
  const auto bytes = std::to_string(result->image.size()) + " bytes, ";
  if (extension_of(result->image).empty()) {
    say(std::cerr, result->request_id + ": no picture: " + bytes + "not saved");
    return false;
  }
  const auto file = save_new_file(folder, result->request_id, result->image);
  say(std::cout, result->request_id + ": " + file.string() + ", " + bytes
                     + std::to_string(result->duration_ms) + " ms"
                     + (result->cached ? ", cached" : ""));
  return true;
}

int watch(const config::nats_options& nats, const watch_settings& settings) {
  // nats.c cannot be woken by a signal: it is asked in slices, so that a signal waits no longer.
  constexpr milliseconds slice{100};
  const auto connection = connect(nats, "meme-generator watch");
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
      if (show(*message, settings.output_folder))
        ++shown;
      wait = milliseconds{0};
    }
  };
  say(std::cout, "watching " + settings.subject);
  while (!done() && steady_clock::now() < deadline) {
    drain(*results, slice);
    drain(*errors, milliseconds{0});
  }
  if (shown >= settings.count)
    return answered;
  say(std::cerr, std::to_string(shown) + " of " + std::to_string(settings.count) + " answers came");
  return no_answer;
}

} // namespace

int run_watch(const config::nats_options& nats, const watch_settings& settings) {
  stop_on_signals();
  try {
    return watch(nats, settings);
  } catch (const std::exception& problem) {
    say(std::cerr, problem.what());
    return failed;
  }
}

} // namespace meme::client

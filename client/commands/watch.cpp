#include "client/commands/watch.hpp"

#include <csignal>
#include <iostream>

#include "client/answer.hpp"
#include "client/connection.hpp"
#include "client/exit_status.hpp"
#include "client/picture_file.hpp"
#include "client/say.hpp"
#include "config/settings/check.hpp"

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

int watch(const config::nats_options& nats, const watch_options& options) {
  // nats.c cannot be woken by a signal: it is asked in slices, so that a signal waits no longer.
  constexpr milliseconds slice{100};
  const auto connection = connect(nats, "meme-generator watch");
  const auto& subject = options.subject.empty() ? nats.response_subject : options.subject;
  const auto results = subscribe(*connection, subject);
  const auto errors = subscribe(*connection, subject + ".error");
  const auto deadline = options.timeout.count() == 0 ? steady_clock::time_point::max()
                                                     : steady_clock::now() + options.timeout;
  std::uint64_t shown = 0;
  const auto done = [&] { return stop_requested || (options.count && shown >= options.count); };
  const auto drain = [&](natsSubscription& subscription, milliseconds wait) {
    while (!done()) {
      const auto message = next_message(subscription, wait);
      if (!message)
        return;
      if (show(*message, options.output_folder))
        ++shown;
      wait = milliseconds{0};
    }
  };
  say(std::cout, "watching " + subject);
  while (!done() && steady_clock::now() < deadline) {
    drain(*results, slice);
    drain(*errors, milliseconds{0});
  }
  if (shown >= options.count)
    return answered;
  say(std::cerr, std::to_string(shown) + " of " + std::to_string(options.count) + " answers came");
  return no_answer;
}

} // namespace

std::vector<config::setting> rows_of(watch_options& options) {
  using namespace std::chrono_literals;
  std::vector<config::setting> rows;
  rows.emplace_back("output-dir", &options.output_folder, "where the pictures are saved")
      .placeholder("FOLDER")
      .takes("a folder", config::check::not_empty);
  rows.emplace_back("timeout", &options.timeout, "stop after this time; 0: never")
      .placeholder("SECONDS")
      .plain_seconds()
      .range(0s, 87'600h);
  rows.emplace_back("count", &options.count, "stop after so many answers; 0: never")
      .placeholder("N");
  rows.emplace_back("subject", &options.subject,
                    "subject of the answers; else nats.response-subject")
      .placeholder("SUBJECT")
      .takes("a subject without wildcards", config::check::subject);
  return rows;
}

config::command watch_command(const config::nats_options& nats) {
  return {"watch",
          "save every published picture",
          {"--count was reached; without --count: time-out or signal",
           "NATS or the folder cannot be used", "fewer answers than --count came"},
          config::call_with<watch_options>(
              rows_of, [&nats](const watch_options& options) { return run_watch(nats, options); })};
}

int run_watch(const config::nats_options& nats, const watch_options& options) {
  stop_on_signals();
  return exit_status_of([&] { return watch(nats, options); });
}

} // namespace meme::client

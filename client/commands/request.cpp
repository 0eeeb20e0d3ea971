#include "client/commands/request.hpp"

#include <exception>
#include <iostream>

#include "client/answer.hpp"
#include "client/commands/enqueue.hpp"
#include "client/exit_status.hpp"
#include "client/nats.hpp"
#include "client/picture_file.hpp"
#include "client/say.hpp"

namespace meme::client {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// Whether an answer is to our request. The service answers under an id of its own making where it
/// does not accept ours, and that can only be an error.
bool is_ours(const answer& result, const std::string& id, const std::string& derived_id) {
  return result.request_id == id || (!result.error.empty() && result.request_id == derived_id);
}

/// Waits for the answer and passes over everything else: an inbox is private by custom only, and
/// whoever may publish to it may send what they like.
template <class Predicate>
std::optional<answer> wait_for_answer(natsSubscription& inbox, milliseconds timeout,
                                      const Predicate& is_wanted) {
  const auto deadline = steady_clock::now() + timeout;
  for (auto left = timeout; left.count() > 0;
       left = std::chrono::duration_cast<milliseconds>(deadline - steady_clock::now())) {
    const auto message = next_message(inbox, left);
    if (!message)
      break;
    const auto size = static_cast<std::size_t>(natsMsg_GetDataLength(message.get()));
    auto result = parse_answer({natsMsg_GetData(message.get()), size});
    if (result && is_wanted(*result))
      return result;
    say(std::cerr, "passed over a message on the inbox that is no answer to this request: "
                       + std::to_string(size) + " bytes");
  }
  return std::nullopt;
}

int save(const request_settings& settings, const answer& result, milliseconds took) {
  const auto type = extension_of(result.image);
  if (type.empty()) {
    say(std::cerr, "the answer to request " + result.request_id + " is no picture: "
                       + std::to_string(result.image.size()) + " bytes, not saved");
    return failed;
  }
  std::filesystem::path file = settings.output;
  if (file.empty())
    file = save_new_file(std::filesystem::current_path(), result.request_id, result.image);
  else
    save_file(file, result.image);
  say(std::cout, "saved " + file.string() + ": " + std::to_string(result.image.size()) + " bytes, "
                     + std::string{type} + ", " + std::to_string(took.count()) + " ms"
                     + (result.cached ? ", cached" : ", drawn by " + result.model));
  return answered;
}

int request(const config::nats_options& nats, request_settings settings) {
  const auto connection = connect(nats, "meme-generator request");
  if (settings.id.empty())
    settings.id = new_word();
  const auto inbox = new_inbox(nats);
  const auto answers = subscribe(*connection, inbox);
  const auto started = steady_clock::now();
  const auto derived_id = enqueue(*connection, settings.subject, settings, inbox);
  const auto result = wait_for_answer(*answers, settings.timeout, [&](const answer& candidate) {
    return is_ours(candidate, settings.id, derived_id);
  });
  const auto took = std::chrono::duration_cast<milliseconds>(steady_clock::now() - started);
  if (!result) {
    say(std::cerr, "no answer within " + std::to_string(settings.timeout.count()) + " s; request "
                       + settings.id + " stays in the queue");
    return no_answer;
  }
  if (!result->error.empty()) {
    say(std::cerr,
        "request " + result->request_id + " failed (" + result->code + "): " + result->error);
    return failed;
  }
  return save(settings, *result, took);
}

} // namespace

int run_request(const config::nats_options& nats, const request_settings& settings) {
  try {
    return request(nats, settings);
  } catch (const std::exception& problem) {
    say(std::cerr, problem.what());
    return failed;
  }
}

} // namespace meme::client

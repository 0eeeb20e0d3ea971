#include "client/request.hpp"

#include <exception>
#include <iostream>

#include "client/answer.hpp"
#include "client/nats.hpp"
#include "client/picture_file.hpp"
#include "client/queue.hpp"

namespace meme::client {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// Waits for the answer. The request itself goes to the same server, so that a message here that
/// is not an answer can only be somebody's mistake, and is passed over.
std::optional<answer> wait_for_answer(natsSubscription& inbox, milliseconds timeout) {
  const auto deadline = steady_clock::now() + timeout;
  for (auto left = timeout; left.count() > 0;
       left = std::chrono::duration_cast<milliseconds>(deadline - steady_clock::now())) {
    const auto message = next_message(inbox, left);
    if (!message)
      break;
    const auto size = static_cast<std::size_t>(natsMsg_GetDataLength(message.get()));
    if (auto result = parse_answer({natsMsg_GetData(message.get()), size}))
      return result;
  }
  return std::nullopt;
}

int save(const request_settings& settings, const answer& result, milliseconds took) {
  std::filesystem::path file = settings.output;
  if (file.empty())
    file = save_new_file(std::filesystem::current_path(), result.request_id, result.image);
  else
    save_file(file, result.image);
  std::cout << "saved " << printable(file.string()) << ": " << result.image.size() << " bytes, "
            << extension_of(result.image) << ", " << took.count() << " ms"
            << (result.cached ? ", cached" : ", drawn by " + printable(result.model)) << '\n';
  return answered;
}

int request(natsOptions& nats, const request_settings& settings) {
  const auto connection = connect(nats);
  const auto inbox = new_inbox();
  const auto answers = subscribe(*connection, inbox);
  const auto started = steady_clock::now();
  enqueue(*connection, settings.subject, encode(settings, inbox));
  const auto result = wait_for_answer(*answers, settings.timeout);
  const auto took = std::chrono::duration_cast<milliseconds>(steady_clock::now() - started);
  if (!result) {
    std::cerr << "no answer within " << settings.timeout.count()
              << " s; the request stays in the queue\n";
    return no_answer;
  }
  if (!result->error.empty()) {
    std::cerr << "request " << printable(result->request_id) << " failed ("
              << printable(result->code) << "): " << printable(result->error) << '\n';
    return failed;
  }
  return save(settings, *result, took);
}

} // namespace

int run_request(natsOptions& nats, const request_settings& settings) {
  try {
    return request(nats, settings);
  } catch (const std::exception& problem) {
    std::cerr << problem.what() << '\n';
    return failed;
  }
}

} // namespace meme::client

#include "client/commands/request.hpp"

#include <iostream>

#include "actors/io/nats/nats_connection.hpp"
#include "client/answer.hpp"
#include "client/connection.hpp"
#include "client/enqueue.hpp"
#include "client/exit_status.hpp"
#include "client/picture_file.hpp"
#include "client/say.hpp"
#include "config/settings/check.hpp"

namespace meme::client {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// Whether an answer is to our request. The service answers under an id of its own making where it
/// does not accept ours, and that can only be an error.
bool is_ours(const answer& result, const std::string& id, const std::string& derived_id) {
  return result.request_id == id || (!result.error.empty() && result.request_id == derived_id);
}

/// Waits for the answer and skips all other messages: an inbox is private by convention only, and
/// others may publish any message to it.
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
      return *result;
    say(std::cerr, "passed over a message on the inbox that is no answer to this request: "
                       + std::to_string(size) + " bytes");
  }
  return std::nullopt;
}

int save(const request_options& options, const answer& result, milliseconds took) {
  const auto type = extension_of(result.image);
  if (type.empty()) {
    say(std::cerr, "the answer to request " + result.request_id + " is no picture: "
                       + std::to_string(result.image.size()) + " bytes, not saved");
    return failed;
  }
  std::filesystem::path file = options.output;
  if (file.empty())
    file = save_new_file(std::filesystem::current_path(), result.request_id, result.image);
  else
    save_file(file, result.image);
  say(std::cout, "saved " + file.string() + ": " + std::to_string(result.image.size()) + " bytes, "
                     + std::string{type} + ", " + std::to_string(took.count()) + " ms"
                     + (result.cached ? ", cached" : ", drawn by " + result.model));
  return answered;
}

int request(const config::nats_options& nats, request_options options) {
  const auto connection = connect(nats, "meme-generator request");
  if (options.id.empty())
    options.id = new_word();
  const auto inbox = io::make_inbox(nats.inbox_prefix);
  const auto answers = subscribe(*connection, inbox);
  const auto started = steady_clock::now();
  const auto derived_id =
      enqueue(*connection, options.subject.empty() ? nats.request_subject : options.subject,
              options, inbox);
  const auto result = wait_for_answer(*answers, options.timeout, [&](const answer& candidate) {
    return is_ours(candidate, options.id, derived_id);
  });
  const auto took = std::chrono::duration_cast<milliseconds>(steady_clock::now() - started);
  if (!result) {
    say(std::cerr, "no answer within " + std::to_string(options.timeout.count()) + " s; request "
                       + options.id + " stays in the queue");
    return no_answer;
  }
  if (!result->error.empty()) {
    say(std::cerr,
        "request " + result->request_id + " failed (" + result->code + "): " + result->error);
    return failed;
  }
  return save(options, *result, took);
}

} // namespace

std::vector<config::setting> rows_of(request_options& options) {
  using namespace std::chrono_literals;
  std::vector<config::setting> rows;
  rows.emplace_back("prompt", &options.prompt, "what to draw")
      .placeholder("TEXT")
      .takes("text", config::check::not_empty)
      .required();
  rows.emplace_back("negative", &options.negative_prompt, "what not to draw").placeholder("TEXT");
  rows.emplace_back("id", &options.id, "the request's id; else a new one").placeholder("ID");
  rows.emplace_back("fast", &options.fast_mode, "a rough picture in less time");
  rows.emplace_back("small", &options.small_image, "512 x 512 pixels");
  rows.emplace_back("width", &options.width, "in pixels").placeholder("N");
  rows.emplace_back("height", &options.height, "in pixels").placeholder("N");
  rows.emplace_back("steps", &options.num_inference_steps, "num_inference_steps").placeholder("N");
  rows.emplace_back("guidance", &options.guidance_scale, "guidance_scale")
      .placeholder("X")
      .range(0, 1'000'000);
  rows.emplace_back("seed", &options.seed, "the same seed draws the same picture")
      .placeholder("N")
      .takes("a whole number from 0 to 18446744073709551615, or -1 for any", config::check::seed);
  rows.emplace_back("subject", &options.subject,
                    "subject of the request; else nats.request-subject")
      .placeholder("SUBJECT")
      .takes("a subject without wildcards", config::check::subject);
  rows.emplace_back("output", &options.output, "the picture's file; else named after the id")
      .placeholder("FILE");
  rows.emplace_back("timeout", &options.timeout, "how long to wait for the answer")
      .placeholder("SECONDS")
      .plain_seconds()
      .range(1s, 24h);
  return rows;
}

config::command request_command(const config::nats_options& nats) {
  return {"request",
          "send one request, wait for the picture and save it",
          {"the picture is saved",
           "the answer is an error or no picture, or NATS or the file cannot be used",
           "no answer came in time; the request stays in the queue"},
          config::call_with<request_options>(rows_of, [&nats](const request_options& options) {
            return run_request(nats, options);
          })};
}

int run_request(const config::nats_options& nats, const request_options& options) {
  return exit_status_of([&] { return request(nats, options); });
}

} // namespace meme::client

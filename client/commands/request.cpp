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
#include "messages/text/whole_number.hpp"

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

int ask(const config::nats_options& nats, request_options options) {
  const auto connection = connect(nats, "meme-generator request");
  auto& request = options.request;
  if (request.id.empty())
    request.id = new_word();
  if (options.seed)
    request.parameters.seed = read_whole_number(*options.seed); // none if it is -1
  request.reply_to = io::make_inbox(nats.inbox_prefix);
  const auto answers = subscribe(*connection, request.reply_to);
  const auto started = steady_clock::now();
  const auto derived_id = enqueue(
      *connection, options.subject.empty() ? nats.request_subject : options.subject, request);
  const auto result = wait_for_answer(*answers, options.timeout, [&](const answer& candidate) {
    return is_ours(candidate, request.id, derived_id);
  });
  const auto took = std::chrono::duration_cast<milliseconds>(steady_clock::now() - started);
  if (!result) {
    say(std::cerr, "no answer within " + std::to_string(options.timeout.count()) + " s; request "
                       + request.id + " stays in the queue");
    return no_answer;
  }
  if (!result->error.empty()) {
    say(std::cerr,
        "request " + result->request_id + " failed (" + result->code + "): " + result->error);
    return failed;
  }
  return save(options, *result, took);
}

/// Where the value of a field's option goes.
template <class Field>
config::slot slot_of(const Field& field, request_options& options) {
  if constexpr (std::is_same_v<decltype(field.rule), seed_rule>)
    return &options.seed;
  else
    return &value_of(field, options.request);
}

// What is out of range is for the service to refuse, but for what no service takes.

template <class Rule>
void check_value(config::setting&, const Rule&) {}

void check_value(config::setting& row, const prompt_rule& rule) {
  if (!rule.may_be_blank)
    row.takes("text", config::check::not_empty).required();
}

void check_value(config::setting& row, const number_rule&) {
  row.range(0, 1'000'000);
}

void check_value(config::setting& row, const seed_rule&) {
  row.takes("a whole number from 0 to 18446744073709551615, or -1 for any", config::check::seed);
}

} // namespace

std::vector<config::setting> rows_of(request_options& options) {
  using namespace std::chrono_literals;
  std::vector<config::setting> rows;
  for_each_field([&](const auto& field) {
    if (field.option.name.empty())
      return;
    auto& row = rows.emplace_back(std::string{field.option.name}, slot_of(field, options),
                                  std::string{field.option.help});
    if (!field.option.placeholder.empty())
      row.placeholder(std::string{field.option.placeholder});
    check_value(row, field.rule);
  });
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
  return exit_status_of([&] { return ask(nats, options); });
}

} // namespace meme::client

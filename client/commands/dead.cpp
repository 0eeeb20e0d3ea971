#include "client/commands/dead.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <iomanip>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <utility>
#include <vector>

#include "actors/ingress/request_decoder.hpp"
#include "actors/io/nats/jetstream.hpp"
#include "client/connection.hpp"
#include "client/exit_status.hpp"
#include "client/say.hpp"
#include "config/settings/check.hpp"
#include "messages/text/utf8.hpp"

namespace meme::client {

namespace {

constexpr std::chrono::milliseconds patience{5'000};

/// What a letter carries on to the queue, beside its id.
constexpr const char* kept_headers[] = {"Meme-Reply-To", "traceparent"};

std::string header(natsMsg& letter, const char* name) {
  const char* value = nullptr;
  return natsMsgHeader_Get(&letter, name, &value) == NATS_OK && value != nullptr ? value : "";
}

std::string_view payload(natsMsg& letter) {
  return {natsMsg_GetData(&letter), static_cast<std::size_t>(natsMsg_GetDataLength(&letter))};
}

/// The value of Meme-Died-At, a Unix time, for a person: 2026-01-31T12:00:00Z.
std::string readable_time(const std::string& seconds) {
  const std::time_t time = std::strtoll(seconds.c_str(), nullptr, 10);
  std::tm parts{};
  char text[sizeof "2026-01-31T12:00:00Z"] = "?";
  if (gmtime_r(&time, &parts) != nullptr)
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

/// As `list` shows it. Whoever has written the letter chose how long its headers are.
std::string line_of(std::uint64_t number, natsMsg& letter) {
  const auto field = [&](const char* name, std::size_t most) {
    return clean_text(header(letter, name), most);
  };
  std::ostringstream line;
  line << std::left << std::setw(8) << number << std::setw(22)
       << readable_time(header(letter, "Meme-Died-At")) << std::setw(20)
       << field("Meme-Error-Code", 19) << std::setw(10) << field("Meme-Attempts", 9)
       << field("Meme-Request-Id", 200) << ": " << field("Meme-Reason", 1'000);
  return line.str();
}

/// The letter is left where it is.
error not_queued_again(std::uint64_t number, std::string reason) {
  return {error_kind::refused, "dead letter " + std::to_string(number) + " is not queued again",
          error{error_kind::refused, std::move(reason)}};
}

/// The actions on one letter return why nothing was done: `not_found` where somebody else has
/// removed it, `refused` where it must not be done.
class dead_letters {
public:
  explicit dead_letters(const config::nats_options& nats)
      : subject_(nats.dead_subject),
        queue_(nats.stream),
        rules_(make_publish_rules(nats)),
        connection_(connect(nats, "meme-generator dead")),
        api_(connection_.get(), nats.inbox_prefix, patience) {
    jsCtx* raw = nullptr;
    check(natsConnection_JetStream(&raw, connection_.get(), nullptr), "use JetStream");
    jetstream_.reset(raw);
    stream_ = api_.stream_of(subject_);
    if (stream_.empty())
      throw std::runtime_error("no stream keeps " + subject_
                               + "; meme-generator provision makes one");
  }

  void list(std::uint64_t most) {
    auto none = true;
    for_each(most, [&](std::uint64_t number) {
      if (std::exchange(none, false))
        say(std::cout, "NUMBER  DIED                  CODE                ATTEMPTS  ID, REASON");
      const auto letter = get(number);
      if (letter || letter.error().kind() != error_kind::not_found) // not removed meanwhile
        say(std::cout, line_of(number, *letter.value()));
    });
    if (none)
      say(std::cout, "no dead letters in " + stream_);
  }

  error show(std::uint64_t number) {
    const auto found = get(number);
    if (!found)
      return found.error();
    const auto& letter = *found;
    const char** keys = nullptr;
    int key_count = 0;
    // A letter without headers, or with broken ones, was written by somebody else.
    if (const auto status = natsMsgHeader_Keys(letter.get(), &keys, &key_count); status != NATS_OK)
      say(std::cout, std::string{"(headers: "} + natsStatus_GetText(status) + ')');
    for (int i = 0; i < key_count; ++i)
      say(std::cout, std::string{keys[i]} + ": " + header(*letter, keys[i]));
    std::free(keys);
    say(std::cout, "");
    say(std::cout, payload(*letter));
    return {};
  }

  error requeue(std::uint64_t number) {
    const auto letter = get(number);
    if (!letter)
      return letter.error();
    if (auto refused = queue_again(number, **letter))
      return refused;
    remove(number);
    say(std::cout, "queued again: " + header(**letter, "Meme-Request-Id"));
    return {};
  }

  error purge(std::uint64_t number) {
    const auto letter = get(number);
    if (!letter)
      return letter.error();
    remove(number);
    say(std::cout, "removed: " + header(**letter, "Meme-Request-Id"));
    return {};
  }

  std::vector<std::uint64_t> all() {
    std::vector<std::uint64_t> numbers;
    for_each(0, [&](std::uint64_t number) { numbers.push_back(number); });
    return numbers;
  }

private:
  /// Visits the letters in the order in which they died, at most `most` of them (0: all). Reads
  /// them one by one instead of with a consumer: the library takes a letter that has a status in
  /// its headers, and no data, for a message of the server. It drops that letter and waits for it
  /// for ever. Whoever may write letters may write such ones.
  void for_each(std::uint64_t most, const std::function<void(std::uint64_t)>& visit) {
    std::uint64_t seen = 0;
    for (auto place = api_.next_message(stream_, 1, subject_); place;
         place = api_.next_message(stream_, place->sequence + 1, subject_)) {
      visit(place->sequence);
      if (++seen == most)
        return;
    }
  }

  expected<nats_ptr<natsMsg>> get(std::uint64_t number) {
    natsMsg* raw = nullptr;
    const auto status =
        js_GetMsg(&raw, jetstream_.get(), stream_.c_str(), number, nullptr, nullptr);
    if (status == NATS_NOT_FOUND)
      return error{error_kind::not_found, "there is no dead letter " + std::to_string(number)};
    check(status, "read dead letter " + std::to_string(number));
    nats_ptr<natsMsg> letter{raw};
    if (natsMsg_GetSubject(raw) != subject_)
      return error{error_kind::refused, "message " + std::to_string(number) + " of " + stream_
                                            + " is no dead letter: it is on "
                                            + natsMsg_GetSubject(raw)};
    return letter;
  }

  /// Whoever may publish on the dead letters' subject may have written the letter: it goes to the
  /// queue that the configuration names, or nowhere.
  error queue_again(std::uint64_t number, natsMsg& letter) {
    const auto subject = header(letter, "Meme-Subject");
    if (subject.empty())
      return not_queued_again(number, "it does not say where it came from (no Meme-Subject)");
    if (const auto refusal = rules_.requeue_refusal(subject); !refusal.empty())
      return not_queued_again(number, "its subject " + subject + ' ' + refusal);
    natsMsg* raw = nullptr;
    const auto data = payload(letter);
    check(
        natsMsg_Create(&raw, subject.c_str(), nullptr, data.data(), static_cast<int>(data.size())),
        "make a message");
    const nats_ptr<natsMsg> again{raw};
    const auto id = "requeue:" + stream_ + ":" + std::to_string(number) + ":"
                    + std::to_string(natsMsg_GetTime(&letter));
    check(natsMsgHeader_Set(raw, "Nats-Msg-Id", id.c_str()), "set a header");
    check(natsMsgHeader_Set(raw, "Meme-Request-Id", header(letter, "Meme-Request-Id").c_str()),
          "set a header");
    for (const auto* name : kept_headers)
      if (const auto value = header(letter, name); !value.empty())
        check(natsMsgHeader_Set(raw, name, value.c_str()), "set a header");
    return publish_to_queue(number, subject, raw);
  }

  /// The stream that must store the message: the stream of requests, or one that feeds it.
  std::string stream_for(const std::string& subject) {
    auto keeper = api_.stream_of(subject);
    if (keeper.empty() || keeper == queue_)
      return queue_;
    const auto info = api_.find_stream(queue_);
    if (!info)
      throw std::runtime_error("there is no stream " + queue_);
    const auto& feeds = info->config.feeds;
    const auto is_source =
        std::any_of(feeds.begin(), feeds.end(), [&](auto& feed) { return feed.name == keeper; });
    return is_source ? keeper : queue_;
  }

  /// Publishes the letter. Fails unless the stream that `stream_for` names has stored it: another
  /// stream may take its subject.
  error publish_to_queue(std::uint64_t number, const std::string& subject, natsMsg* again) {
    jsPubOptions wanted;
    jsPubOptions_Init(&wanted);
    const auto keeper = stream_for(subject);
    // A queue refuses a message from a stream that feeds it, if a header of the message expects
    // that stream. In that case only the acknowledgement is checked.
    if (keeper == queue_)
      wanted.ExpectStream = queue_.c_str();
    jsPubAck* raw_ack = nullptr;
    auto error = jsErrCode{};
    const auto status = js_PublishMsg(&raw_ack, jetstream_.get(), again, &wanted, &error);
    const nats_ptr<jsPubAck> ack{raw_ack};
    if (error == JSStreamNotMatchErr || (ack && keeper != ack->Stream))
      return not_queued_again(number, "its subject " + subject + " is kept by another stream than "
                                          + queue_);
    check(status, "queue dead letter " + std::to_string(number) + " on " + subject);
    return {};
  }

  void remove(std::uint64_t number) {
    const auto status = js_DeleteMsg(jetstream_.get(), stream_.c_str(), number, nullptr, nullptr);
    if (status != NATS_NOT_FOUND)
      check(status, "remove dead letter " + std::to_string(number));
  }

  std::string subject_;
  std::string stream_; ///< may keep more than dead letters
  std::string queue_;  ///< the stream of requests
  publish_rules rules_;
  nats_ptr<natsConnection> connection_;
  io::jetstream api_;
  nats_ptr<jsCtx> jetstream_;
};

/// A letter that is refused, or is gone by now (somebody else is at it, or it is too old), does not
/// keep the other letters from being handled. Returns whether none was refused.
bool for_all(dead_letters& letters, error (dead_letters::*act)(std::uint64_t)) {
  auto complete = true;
  for (const auto number : letters.all()) {
    const auto refused = (letters.*act)(number);
    if (!refused)
      continue;
    const auto is_gone = refused.kind() == error_kind::not_found;
    say(std::cerr, refused.message() + (is_gone ? " any more" : ""));
    complete = complete && is_gone;
  }
  return complete;
}

int run(const config::nats_options& nats, const dead_options& options) {
  const auto& action = options.action;
  if (action == "list" && options.which.empty()) {
    dead_letters{nats}.list(options.count);
    return 0;
  }
  const auto all = options.which == "all";
  if (options.which.empty() || action == "list" || (all && action == "show")) {
    say(std::cerr, "meme-generator: dead " + action
                       + (action == "list"   ? " takes no number"
                          : action == "show" ? " takes the number of a dead letter"
                                             : " takes the number of a dead letter, or all"));
    return 2;
  }
  dead_letters letters{nats};
  const auto act = action == "requeue" ? &dead_letters::requeue : &dead_letters::purge;
  if (all)
    return for_all(letters, act) ? 0 : 1;
  const auto number = std::stoull(options.which);
  const auto refused = action == "show" ? letters.show(number) : (letters.*act)(number);
  if (refused)
    say(std::cerr, refused.message());
  return refused ? 1 : 0;
}

} // namespace

std::vector<config::setting> rows_of(dead_options& options) {
  std::vector<config::setting> rows;
  rows.emplace_back("ACTION", &options.action, "list, show, requeue or purge")
      .one_of("list|show|requeue|purge")
      .required()
      .positional();
  rows.emplace_back("WHICH", &options.which,
                    "a letter's number as `list` shows it; requeue and purge also take all")
      .takes("a number or all", config::check::number_or_all)
      .positional();
  rows.emplace_back("count", &options.count, "list at most so many; 0: all").placeholder("N");
  return rows;
}

config::command dead_command(const config::nats_options& nats) {
  return {"dead",
          "list, show, requeue or remove dead letters",
          {"done", "there is no such dead letter, or NATS cannot be used", ""},
          config::call_with<dead_options>(
              rows_of, [&nats](const dead_options& options) { return run_dead(nats, options); })};
}

int run_dead(const config::nats_options& nats, const dead_options& options) {
  return exit_status_of([&] { return run(nats, options); });
}

} // namespace meme::client

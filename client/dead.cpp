#include "client/dead.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <functional>
#include <iomanip>
#include <iostream>
#include <stdexcept>
#include <vector>

#include "actors/io/nats_options.hpp"
#include "client/answer.hpp"
#include "client/nats.hpp"

namespace meme::client {

namespace {

using config::dead_command;

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

class dead_letters {
public:
  explicit dead_letters(const config::nats_options& nats) : stream_(nats.dead_stream) {
    const auto options = io::make_nats_options(nats, "meme-generator dead");
    connection_ = connect(*options);
    jsCtx* raw = nullptr;
    check(natsConnection_JetStream(&raw, connection_.get(), nullptr), "use JetStream");
    jetstream_.reset(raw);
  }

  int list(std::uint64_t most) {
    if (count() == 0) {
      std::cout << "no dead letters in " << stream_ << '\n';
      return 0;
    }
    std::cout << "NUMBER  DIED                  CODE                ATTEMPTS  ID, REASON\n";
    for_each(most, [](std::uint64_t number, natsMsg& letter) {
      std::cout << std::left << std::setw(8) << number << std::setw(22)
                << readable_time(header(letter, "Meme-Died-At")) << std::setw(20)
                << printable(header(letter, "Meme-Error-Code")) << std::setw(10)
                << printable(header(letter, "Meme-Attempts"))
                << printable(header(letter, "Meme-Request-Id")) << ": "
                << printable(header(letter, "Meme-Reason")) << '\n';
    });
    return 0;
  }

  int show(std::uint64_t number) {
    const auto letter = get(number);
    const char** keys = nullptr;
    int key_count = 0;
    check(natsMsgHeader_Keys(letter.get(), &keys, &key_count), "read headers");
    for (int i = 0; i < key_count; ++i)
      std::cout << keys[i] << ": " << printable(header(*letter, keys[i])) << '\n';
    std::free(keys);
    std::cout << '\n' << printable(payload(*letter)) << '\n';
    return 0;
  }

  int requeue(const std::vector<std::uint64_t>& numbers) {
    for (auto number : numbers) {
      const auto letter = get(number);
      queue_again(number, *letter);
      remove(number);
      std::cout << "queued again: " << printable(header(*letter, "Meme-Request-Id")) << '\n';
    }
    return 0;
  }

  int purge(const std::vector<std::uint64_t>& numbers) {
    for (auto number : numbers)
      remove(number);
    std::cout << "removed: " << numbers.size() << '\n';
    return 0;
  }

  std::vector<std::uint64_t> all() {
    std::vector<std::uint64_t> numbers;
    for_each(0, [&](std::uint64_t number, natsMsg&) { numbers.push_back(number); });
    return numbers;
  }

private:
  std::uint64_t count() {
    jsStreamInfo* info = nullptr;
    check(js_GetStreamInfo(&info, jetstream_.get(), stream_.c_str(), nullptr, nullptr),
          "look at stream " + stream_);
    const auto messages = info->State.Msgs;
    jsStreamInfo_Destroy(info);
    return messages;
  }

  /// In the order in which they died; `most` 0: all that are there now.
  void for_each(std::uint64_t most, const std::function<void(std::uint64_t, natsMsg&)>& visit) {
    auto left = count();
    if (most != 0)
      left = std::min(left, most);
    if (left == 0)
      return;
    jsSubOptions wanted;
    jsSubOptions_Init(&wanted);
    wanted.Stream = stream_.c_str();
    wanted.Ordered = true;
    natsSubscription* raw = nullptr;
    check(js_SubscribeSync(&raw, jetstream_.get(), ">", nullptr, &wanted, nullptr),
          "read stream " + stream_);
    const nats_ptr<natsSubscription> reader{raw};
    for (; left > 0; --left) {
      const auto letter = next_message(*reader, patience);
      if (!letter)
        return; // somebody removed the rest meanwhile
      jsMsgMetaData* meta = nullptr;
      check(natsMsg_GetMetaData(&meta, letter.get()), "read from stream " + stream_);
      visit(meta->Sequence.Stream, *letter);
      jsMsgMetaData_Destroy(meta);
    }
  }

  nats_ptr<natsMsg> get(std::uint64_t number) {
    natsMsg* raw = nullptr;
    const auto status =
        js_GetMsg(&raw, jetstream_.get(), stream_.c_str(), number, nullptr, nullptr);
    if (status == NATS_NOT_FOUND)
      throw std::runtime_error("there is no dead letter " + std::to_string(number));
    check(status, "read dead letter " + std::to_string(number));
    return nats_ptr<natsMsg>{raw};
  }

  void queue_again(std::uint64_t number, natsMsg& letter) {
    const auto subject = header(letter, "Meme-Subject");
    if (subject.empty())
      throw std::runtime_error("dead letter " + std::to_string(number)
                               + " does not say where it came from (no Meme-Subject)");
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
    check(js_PublishMsg(nullptr, jetstream_.get(), raw, nullptr, nullptr),
          "queue dead letter " + std::to_string(number) + " on " + subject);
  }

  void remove(std::uint64_t number) {
    const auto status = js_DeleteMsg(jetstream_.get(), stream_.c_str(), number, nullptr, nullptr);
    if (status == NATS_NOT_FOUND)
      throw std::runtime_error("there is no dead letter " + std::to_string(number));
    check(status, "remove dead letter " + std::to_string(number));
  }

  std::string stream_;
  nats_ptr<natsConnection> connection_;
  nats_ptr<jsCtx> jetstream_;
};

int run(const config::nats_options& nats, const dead_command& command) {
  const auto& action = command.action;
  if (action == "list" && command.which.empty())
    return dead_letters{nats}.list(command.count);
  const auto all = command.which == "all";
  if (command.which.empty() || action == "list" || (all && action == "show")) {
    std::cerr << "meme-generator: dead " << action
              << (action == "list"   ? " takes no number\n"
                  : action == "show" ? " takes the number of a dead letter\n"
                                     : " takes the number of a dead letter, or all\n");
    return 2;
  }
  dead_letters letters{nats};
  const auto numbers = all ? letters.all() : std::vector<std::uint64_t>{std::stoull(command.which)};
  if (action == "show")
    return letters.show(numbers.front());
  return action == "requeue" ? letters.requeue(numbers) : letters.purge(numbers);
}

} // namespace

int run_dead(const config::nats_options& nats, const dead_command& command) {
  try {
    return run(nats, command);
  } catch (const std::exception& problem) {
    std::cerr << problem.what() << '\n';
    return 1;
  }
}

} // namespace meme::client

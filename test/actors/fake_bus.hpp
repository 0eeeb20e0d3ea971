#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "messages/bus.hpp"

namespace meme::test {

/// A message as the tests make them.
struct fake_message final : bus_message {
  std::string subject_text, reply_text, data_text;
  std::map<std::string, std::string> headers;

  std::string_view subject() const override { return subject_text; }
  std::string_view reply() const override { return reply_text; }
  std::string_view data() const override { return data_text; }
  std::string header(const char* name) const override {
    auto found = headers.find(name);
    return found == headers.end() ? "" : found->second;
  }
};

/// A bus that keeps what was published, for the tests to look at and to answer.
class fake_bus final : public bus {
public:
  struct sent {
    std::string subject, data, reply;
    header_list headers;
  };

  bus_error publish(const std::string& subject, std::string_view data, const header_list& headers,
                    const std::string& reply) override {
    if (publish_error != bus_error::none && subject == refused)
      return publish_error;
    published.push_back({subject, std::string{data}, reply, headers});
    return bus_error::none;
  }

  void publish_now(const std::string& subject) override { publish(subject, {}, {}, {}); }

  subscription_ptr subscribe(const std::string& subject, callback deliver) override {
    subscribers[subject] = deliver;
    return std::make_unique<handle>(*this, subject);
  }

  std::string make_inbox() override { return "_INBOX." + std::to_string(++inboxes); }
  std::uint64_t connection_count() const override { return connection; }
  std::string refusal() const override { return not_permitted; }
  std::size_t max_payload() const override { return 1 << 20; }

  std::vector<sent> to(const std::string& subject) const {
    std::vector<sent> result;
    std::copy_if(published.begin(), published.end(), std::back_inserter(result),
                 [&](auto& each) { return each.subject == subject; });
    return result;
  }

  /// What was published to subjects that begin with `prefix`.
  std::vector<sent> below(const std::string& prefix) const {
    std::vector<sent> result;
    std::copy_if(published.begin(), published.end(), std::back_inserter(result),
                 [&](auto& each) { return each.subject.rfind(prefix, 0) == 0; });
    return result;
  }

  std::vector<sent> published;
  std::map<std::string, callback> subscribers; ///< by subject
  std::string refused;                         ///< the subject to which `publish_error` applies
  bus_error publish_error = bus_error::none;
  std::string not_permitted; ///< what the server has said of it
  std::uint64_t connection = 0;
  std::uint64_t inboxes = 0;

private:
  struct handle final : subscription {
    handle(fake_bus& bus, std::string subject) : owner(bus), what(std::move(subject)) {}
    ~handle() override { stop(); }
    void stop() override {
      auto found = owner.subscribers.find(what);
      if (found == owner.subscribers.end())
        return;
      auto last = found->second;
      owner.subscribers.erase(found);
      last(nullptr);
    }
    fake_bus& owner;
    std::string what;
  };
};

} // namespace meme::test

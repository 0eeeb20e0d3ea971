#include "sketch-server/counters.hpp"

#include <algorithm>

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace meme::sketch {

namespace {

/// What a test looks at fits; a demonstration that runs for weeks forgets the oldest.
constexpr std::size_t max_journal = 100'000;

} // namespace

counters::call::call(call&& other) noexcept
    : owner_{std::exchange(other.owner_, nullptr)},
      epoch_{other.epoch_},
      number_{other.number_},
      answered_{other.answered_} {}

counters::call& counters::call::operator=(call&& other) noexcept {
  std::swap(owner_, other.owner_);
  std::swap(epoch_, other.epoch_);
  std::swap(number_, other.number_);
  std::swap(answered_, other.answered_);
  return *this;
}

void counters::call::answered(unsigned status) {
  if (!owner_)
    return;
  answered_ = true;
  owner_->count_status(epoch_, std::to_string(status));
  owner_->note_status(number_, status);
}

void counters::call::end() {
  if (!owner_)
    return;
  --owner_->in_flight_;
  if (!answered_)
    owner_->count_status(epoch_, "none");
  owner_ = nullptr;
}

counters::connection::connection(counters& owner) : owner_{owner} {
  ++owner_.connections_total_;
  owner_.max_connections_ = std::max(owner_.max_connections_, ++owner_.connections_);
}

counters::connection::~connection() {
  --owner_.connections_;
}

counters::call counters::begin_call() {
  ++calls_;
  ++last_number_;
  max_in_flight_ = std::max(max_in_flight_, ++in_flight_);
  return call{*this};
}

void counters::count_status(std::uint64_t epoch, const std::string& status) {
  if (epoch == epoch_)
    ++by_status_[status];
}

void counters::count_prompt(const std::string& prompt) {
  ++calls_by_prompt_[prompt];
  journal_.push_back({last_number_, clock::now(), prompt, 0});
  if (journal_.size() > max_journal)
    journal_.pop_front();
}

void counters::note_status(std::uint64_t number, unsigned status) {
  const auto found = std::lower_bound(
      journal_.begin(), journal_.end(), number,
      [](const entry& each, std::uint64_t wanted) { return each.number < wanted; });
  if (found != journal_.end() && found->number == number)
    found->status = status;
}

std::uint64_t counters::calls_for(const std::string& prompt) const {
  const auto found = calls_by_prompt_.find(prompt);
  return found == calls_by_prompt_.end() ? 0 : found->second;
}

std::string counters::json() const {
  rapidjson::StringBuffer text;
  rapidjson::Writer<rapidjson::StringBuffer> writer{text};
  const auto member = [&](const char* name, std::uint64_t value) {
    writer.Key(name);
    writer.Uint64(value);
  };
  writer.StartObject();
  member("calls", calls_);
  member("in_flight", in_flight_);
  member("max_in_flight", max_in_flight_);
  member("connections", connections_);
  member("max_connections", max_connections_);
  member("connections_total", connections_total_);
  member("prompts_seen", calls_by_prompt_.size());
  member("faults", faults_);
  writer.Key("by_status");
  writer.StartObject();
  for (const auto& [status, count] : by_status_)
    member(status.c_str(), count);
  writer.EndObject();
  writer.EndObject();
  return {text.GetString(), text.GetSize()};
}

std::string counters::journal_json() const {
  rapidjson::StringBuffer text;
  rapidjson::Writer<rapidjson::StringBuffer> writer{text};
  writer.StartObject();
  writer.Key("calls");
  writer.StartArray();
  for (const auto& each : journal_) {
    writer.StartObject();
    writer.Key("at_ms");
    writer.Int64(std::chrono::duration_cast<std::chrono::milliseconds>(each.at - since_).count());
    writer.Key("prompt");
    writer.String(each.prompt.data(), static_cast<rapidjson::SizeType>(each.prompt.size()));
    writer.Key("status");
    writer.Uint(each.status);
    writer.EndObject();
  }
  writer.EndArray();
  writer.EndObject();
  return {text.GetString(), text.GetSize()};
}

void counters::reset() {
  ++epoch_;
  calls_ = faults_ = 0;
  max_in_flight_ = in_flight_;
  max_connections_ = connections_total_ = connections_;
  by_status_.clear();
  calls_by_prompt_.clear();
  journal_.clear();
  since_ = clock::now();
}

} // namespace meme::sketch

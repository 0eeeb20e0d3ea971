#include "test/fault/soak_tally.hpp"

#include <algorithm>
#include <cstdlib>

#include "client/answer.hpp"
#include "test/fault/soak_requests.hpp"

namespace meme::test {

namespace {

std::uint64_t to_number(const std::string& id) {
  const auto digits = !id.empty() && id.find_first_not_of("0123456789") == id.npos;
  return digits && id.size() < 19 ? std::stoull(id) : 0;
}

std::string header_of(const message& from, const char* name) {
  const auto found = from.header.find(name);
  return found == from.header.end() ? std::string{} : found->second;
}

bool is_excused(std::int64_t time_s, const std::vector<excuse>& excuses) {
  return std::any_of(excuses.begin(), excuses.end(), [&](const excuse& each) {
    return time_s >= each.from_s && time_s <= each.to_s;
  });
}

} // namespace

void tally::count_answer(seen_by where, const message& what) {
  const auto id = header_of(what, "Nats-Msg-Id");
  const json body{what.data};
  auto& one = answers_[id];
  ++one.copies[static_cast<std::size_t>(where)];
  one.last_s = std::max(one.last_s, body.integer("/timestamp"));
  if (one.number != 0)
    return;
  one.number = to_number(body.text("/request_id"));
  one.message_key = id.substr(0, id.rfind(':'));
  const auto sequence = one.message_key.find(':') + 1; // of "stream:sequence:timestamp"
  sequences_.insert(std::atoll(one.message_key.c_str() + sequence));
  one.good = body.has("/image_data");
  if (one.number == 0 || id.empty()) {
    strange_.push_back("an answer that nobody asked for: " + body.text("/request_id"));
  } else if (one.good) {
    one.cached = body.flag("/cached");
    one.wrong_prompt = body.text("/prompt") != soak_prompt(one.number);
    const auto picture = client::decode_base64(body.text("/image_data"));
    one.damaged = !picture || *picture != picture_;
  } else {
    one.code = body.text("/code");
  }
}

void tally::count_dead_letter(const message& letter) {
  dead_[header_of(letter, "Meme-Message-Key")] = to_number(header_of(letter, "Meme-Request-Id"));
}

/// Whether an outcome is one that its request may have.
void tally::judge_kind(const answer& one, bool garbled, bool dead, verdict& sum) {
  const auto about = "request " + std::to_string(one.number) + " (" + one.message_key + "): ";
  const auto wanted = wish_of(one.number);
  const auto answerable = wanted == wish::picture || wanted == wish::shared_picture;
  if (one.good && !answerable)
    sum.offences.push_back(about + "a picture, where an error is due");
  if (one.wrong_prompt)
    sum.offences.push_back(about + "another prompt than its own");
  if (one.damaged && !garbled)
    sum.offences.push_back(about + "a picture that the model has not drawn");
  if (one.good)
    return;
  const auto due = wanted == wish::bad_request        ? "bad_request"
                   : wanted == wish::refused_by_model ? "model_rejected"
                                                      : "";
  const auto by_garbage = garbled && wanted != wish::bad_request
                          && (one.code == "model_rejected" || one.code == "model_not_found"
                              || one.code == "model_unauthorized" || one.code == "image_too_large");
  if (one.code != due && !by_garbage && !dead)
    sum.offences.push_back(about + "error " + one.code + " without a dead letter");
}

verdict tally::judge(std::uint64_t requests, const std::vector<excuse>& excuses,
                     bool garbled) const {
  verdict sum;
  sum.requests = requests;
  sum.offences = strange_;
  sum.dead = dead_.size();
  std::unordered_map<std::string, std::size_t> outcomes;                     // by message key
  std::unordered_map<std::uint64_t, std::unordered_set<std::string>> stored; // message keys
  for (const auto& [id, one] : answers_) {
    const auto about = "request " + std::to_string(one.number) + " (" + one.message_key + "): ";
    if (one.good)
      ++sum.results;
    else
      ++sum.errors[one.code];
    sum.cached += one.cached ? 1 : 0;
    sum.damaged += one.damaged ? 1 : 0;
    judge_kind(one, garbled, dead_.count(one.message_key) != 0, sum);
    if (++outcomes[one.message_key] == 2)
      sum.offences.push_back(about + "a result and an error");
    stored[one.number].insert(one.message_key);
    const auto repeats = std::max(one.copies[0], one.copies[1]) - 1;
    sum.duplicates += repeats;
    if (repeats > 0 && !is_excused(one.last_s, excuses))
      sum.offences.push_back(about + "answered again without a reason, at "
                             + std::to_string(one.last_s));
  }
  for (std::uint64_t number = 1; number <= requests; ++number) {
    const auto found = stored.find(number);
    if (found == stored.end())
      sum.offences.push_back("request " + std::to_string(number) + " is lost");
    else
      sum.stored_twice += found->second.size() - 1;
  }
  for (const auto& [key, number] : dead_)
    if (outcomes.count(key) == 0)
      sum.offences.push_back("request " + std::to_string(number) + " (" + key
                             + "): a dead letter without an error");
  return sum;
}

} // namespace meme::test

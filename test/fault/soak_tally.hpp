#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "test/support/nats_client.hpp"

namespace meme::test {

/// A time in which a fault may make the service answer twice, seconds of Unix time.
struct excuse {
  std::int64_t from_s = 0;
  std::int64_t to_s = 0;
};

/// What became of the requests 1 to `requests`.
struct verdict {
  std::uint64_t requests = 0;
  std::size_t results = 0;                   ///< messages answered with a picture
  std::size_t cached = 0;                    ///< of these
  std::map<std::string, std::size_t> errors; ///< by code
  std::size_t dead = 0;
  std::size_t duplicates = 0;        ///< repeats with the same Nats-Msg-Id
  std::size_t stored_twice = 0;      ///< requests that the queue had twice (see request_feed)
  std::size_t damaged = 0;           ///< results whose picture is not the one that the model drew
  std::vector<std::string> offences; ///< against the standing rule
};

/// Collects answers and dead letters and judges them: each request has exactly one visible outcome.
///
/// Answers are read twice, since each way may lose some when the NATS server is killed: a stream
/// those that the server had not stored, a subscriber those that came while it was away.
class tally {
public:
  enum class seen_by { stream, subscriber };

  /// `picture`: what the model draws for everybody.
  explicit tally(std::string picture) : picture_{std::move(picture)} {}

  void count_answer(seen_by where, const message& answer);
  void count_dead_letter(const message& letter);

  /// Whether the message with this sequence in the queue has an outcome.
  bool answered(std::int64_t sequence) const { return sequences_.count(sequence) != 0; }

  /// `garbled`: whether a fault may have changed what the model says.
  verdict judge(std::uint64_t requests, const std::vector<excuse>& excuses, bool garbled) const;

private:
  /// All answers with the same Nats-Msg-Id.
  struct answer {
    std::uint64_t number = 0;
    std::string message_key; ///< of the request's message
    bool good = false;
    bool cached = false;
    bool damaged = false;
    bool wrong_prompt = false;
    std::string code;
    std::array<std::size_t, 2> copies{}; ///< by who has seen them
    std::int64_t last_s = 0;             ///< when the last one was written, Unix time
  };

  static void judge_kind(const answer& one, bool garbled, bool dead, verdict& sum);

  std::string picture_;
  std::unordered_map<std::string, answer> answers_;     ///< by Nats-Msg-Id
  std::unordered_map<std::string, std::uint64_t> dead_; ///< message keys, with their numbers
  std::unordered_set<std::int64_t> sequences_;          ///< in the queue, of what has been answered
  std::vector<std::string> strange_;
};

} // namespace meme::test

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace meme::sketch {

/// What has been asked of the server since it started, or since reset(). A call is a POST to a
/// model's address; it is in flight until its answer is written or its connection gone.
class counters {
public:
  /// A call from its beginning to its end.
  class call {
  public:
    call() = default;
    call(call&& other) noexcept;
    call& operator=(call&& other) noexcept;
    ~call() { end(); }

    /// The answer is about to be written.
    void answered(unsigned status);

    /// An end without an answer counts too, as status `none`.
    void end();

  private:
    friend class counters;
    explicit call(counters& owner)
        : owner_{&owner}, epoch_{owner.epoch_}, number_{owner.last_number_} {}

    counters* owner_ = nullptr;
    std::uint64_t epoch_ = 0;
    std::uint64_t number_ = 0;
    bool answered_ = false;
  };

  /// One open connection.
  class connection {
  public:
    explicit connection(counters& owner);
    ~connection();
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

  private:
    counters& owner_;
  };

  call begin_call();

  /// Keeps what the call that began last asks for.
  void count_prompt(const std::string& prompt);

  void count_fault() { ++faults_; }

  std::uint64_t calls_for(const std::string& prompt) const;
  std::size_t in_flight() const { return in_flight_; }

  /// Everything as JSON, see README.md.
  std::string json() const;

  /// The calls whose prompts were counted, in the order in which they came, see README.md.
  std::string journal_json() const;

  /// Zeroes what accumulates. Calls now under way do not count in what follows.
  void reset();

private:
  using clock = std::chrono::steady_clock;

  struct entry {
    std::uint64_t number; ///< of the call
    clock::time_point at;
    std::string prompt;
    unsigned status; ///< 0: not answered
  };

  void count_status(std::uint64_t epoch, const std::string& status);
  void note_status(std::uint64_t number, unsigned status);

  std::uint64_t epoch_ = 0; ///< how often reset: tells calls of before
  std::uint64_t calls_ = 0;
  std::uint64_t faults_ = 0;
  std::size_t in_flight_ = 0;
  std::size_t max_in_flight_ = 0;
  std::size_t connections_ = 0;
  std::size_t max_connections_ = 0;
  std::uint64_t connections_total_ = 0;
  std::map<std::string, std::uint64_t> by_status_;
  std::unordered_map<std::string, std::uint64_t> calls_by_prompt_;
  std::uint64_t last_number_ = 0; ///< of a call, ever
  clock::time_point since_ = clock::now();
  std::deque<entry> journal_; ///< oldest first
};

} // namespace meme::sketch

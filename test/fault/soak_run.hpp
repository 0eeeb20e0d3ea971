#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "test/fault/soak_faults.hpp"
#include "test/fault/soak_memory.hpp"
#include "test/fault/soak_options.hpp"
#include "test/fault/soak_stage.hpp"
#include "test/fault/soak_tally.hpp"
#include "test/support/request_feed.hpp"

namespace meme::test {

/// One soak: load and faults, then quiet until the queue is empty, then the reckoning.
class soak_run {
public:
  explicit soak_run(const soak_options& options);

  /// Prints what happens and what came of it. Whether the standing rule was kept.
  bool run();

  const std::filesystem::path& folder() const { return stage_.folder.path(); }

private:
  using clock = std::chrono::steady_clock;
  using milliseconds = std::chrono::milliseconds;

  void keep_answers();
  void commit_faults();
  void commit(const planned_fault& fault);
  void undo(const planned_fault& fault);
  void wait_until(milliseconds time);
  void look_around();
  void drain();
  void collect_answers();
  void read_stream(const std::string& name, const std::function<void(const message&)>& read);
  void judge_leftovers();
  void judge();
  void judge_memory();
  void say(const std::string& text) const;
  void offend(const std::string& text);

  soak_options options_;
  soak_stage stage_;
  mailbox results_;
  mailbox errors_;
  tally tally_;
  std::vector<planned_fault> plan_;
  std::map<std::string, std::size_t> faults_; ///< committed, by name
  std::vector<excuse> excuses_;
  bool garbled_ = false;
  std::vector<memory_record> memory_; ///< of each replica, where nothing disturbs it
  std::vector<std::string> offences_;
  double drain_seconds_ = 0;
  std::size_t zombies_ = 0; ///< messages that are answered and yet in the queue
  clock::time_point start_ = clock::now();
  std::optional<request_feed> feed_;
};

} // namespace meme::test

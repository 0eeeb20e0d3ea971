#pragma once

#include <sys/types.h>

#include <functional>
#include <string>

#include "actors/io/event_loop.hpp"
#include "actors/pictures/recompress_program.hpp"

namespace meme::recompression {

/// One picture that is recompressed in a process of its own, so that a decoder that hangs, crashes
/// or takes all memory harms neither the service nor another picture
/// (docs/decisions/0010-decode-in-a-process.md).
///
/// The picture goes there and back in files without a name (memfd); the end of the process is the
/// end of its stderr. It gets no descriptor, variable or privilege of ours.
class recompress_process {
public:
  /// How it ended. `result` says nothing where it was not ended by itself.
  struct end {
    enum class kind { answered, crashed, out_of_time } how = kind::crashed;
    fit_result result;
  };
  using callback = std::function<void(end)>;

  /// Starts `program` (empty: this one). `done` is called from the loop, once, and may destroy this
  /// object. Throws std::system_error where the kernel refuses a process or a file.
  recompress_process(io::event_loop& loop, const std::string& program, const std::string& bytes,
                     const fit_limits& limits, std::chrono::milliseconds time_limit, callback done);

  /// Ends the process at once if it still runs.
  ~recompress_process();
  recompress_process(const recompress_process&) = delete;
  recompress_process& operator=(const recompress_process&) = delete;

private:
  void start(const std::string& program, std::chrono::milliseconds time_limit);
  void on_words();
  int stop(); ///< and waits for it, which takes no time any more; its wait status
  end read_end(int status);

  io::event_loop& loop_;
  fit_limits limits_;
  callback done_;
  io::unique_fd picture_;
  io::unique_fd jpeg_;
  io::unique_fd words_; ///< the process's stderr
  std::string text_;
  pid_t pid_ = 0;
  bool out_of_time_ = false;
  io::event_loop::timer_id timer_ = 0;
};

} // namespace meme::recompression

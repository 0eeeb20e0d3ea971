#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <string>

#include "actors/io/byte_budget.hpp"
#include "actors/io/loop_actor.hpp"
#include "actors/metrics/metrics.hpp"
#include "actors/pictures/recompress_process.hpp"
#include "messages/interfaces.hpp"

namespace meme {

struct recompressor_config {
  std::string decoder;                    ///< program that recompresses a picture; empty: this one
  std::size_t max_decoders = 0;           ///< pictures at a time
  std::uint64_t max_pixels = 0;           ///< a picture with more is not decoded
  std::chrono::milliseconds time_limit{}; ///< for one picture
  metrics_ptr metrics;
  std::shared_ptr<io::byte_budget> budget;
};

/// Makes pictures fit into one message of the NATS server: what is too large is recompressed as a
/// JPEG, with less and less quality (`pictures/jpeg_efforts.hpp`).
///
/// Each picture has a process of its own, `generator.max-decoders` of them at a time, each for
/// `generator.decode-timeout` at the most. This actor only waits for them: a picture that keeps a
/// decoder at work holds neither the others nor the exit, which ends what still runs.
class picture_recompressor final : public io::loop_actor<recompressor_actor::base> {
public:
  picture_recompressor(caf::actor_config& actor, recompressor_config config);

  behavior_type make_behavior() override;
  void on_exit() override;
  const char* name() const override { return "recompressor"; }

private:
  /// A picture that is recompressed.
  struct job {
    recompress order;
    std::size_t charged = 0; ///< bytes of the budget
    std::unique_ptr<recompression::recompress_process> process;
  };

  void add(recompress order);
  void start_waiting();
  void start(recompress order);
  void on_end(const std::string& key, recompression::recompress_process::end ended);
  std::variant<picture_ptr, failure> judge(const recompress& order,
                                           recompression::recompress_process::end ended);
  void answer(recompressed result);
  void discharge(const job& ended);

  recompressor_config config_;
  peers_ptr peers_ = std::make_shared<peers>();
  std::deque<recompress> waiting_;
  std::map<std::string, job> running_; ///< by key
};

recompressor_actor spawn_recompressor(caf::local_actor* parent, recompressor_config config);

} // namespace meme

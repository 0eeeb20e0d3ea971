#pragma once

#include <deque>
#include <map>
#include <memory>

#include "actors/base/context.hpp"
#include "actors/io/loop_actor.hpp"
#include "actors/metrics/metrics.hpp"
#include "actors/pictures/recompress_process.hpp"
#include "messages/interfaces.hpp"

namespace meme {

/// Makes pictures fit into one message of the NATS server: what is too large is recompressed as a
/// JPEG, with less and less quality (`pictures/jpeg_efforts.hpp`).
///
/// Each picture has a process of its own, `generator.max-decoders` of them at a time, each for
/// `generator.decode-timeout` at the most. This actor only waits for them: a picture that keeps a
/// decoder at work holds neither the others nor the exit, which ends what still runs.
class picture_recompressor final : public io::loop_actor<recompressor_actor::base> {
public:
  picture_recompressor(caf::actor_config& config, context_ptr shared);

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

  context_ptr shared_;
  peers_ptr peers_ = std::make_shared<peers>();
  std::deque<recompress> waiting_;
  std::map<std::string, job> running_; ///< by key
};

recompressor_actor spawn_recompressor(caf::local_actor* parent, context_ptr shared);

} // namespace meme

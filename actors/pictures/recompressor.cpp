#include "actors/pictures/recompressor.hpp"

#include <algorithm>

#include "actors/base/resilience.hpp"
#include "actors/io/log.hpp"
#include "actors/pictures/codecs/codec.hpp"
#include "actors/pictures/formats/picture_check.hpp"

namespace meme {

namespace {

std::string sizes(const recompress& order) {
  return "the picture has " + std::to_string(order.picture->bytes.size())
         + " bytes, an answer has room for " + std::to_string(order.limit);
}

/// What decoding will take, as far as it is allowed to.
std::size_t expected_memory(const recompress& order, std::uint64_t max_pixels) {
  const auto size = dimensions(order.picture->bytes);
  const auto count = size ? std::uint64_t{size->width} * size->height : 0;
  return count > max_pixels ? 0 : count * recompression::decoded_bytes_per_pixel;
}

} // namespace

picture_recompressor::picture_recompressor(caf::actor_config& actor, recompressor_config config)
    : loop_actor(actor), config_(std::move(config)) {
  install_handlers(this, name());
}

picture_recompressor::behavior_type picture_recompressor::make_behavior() {
  return {
      [this](peers_ptr& next) { peers_ = std::move(next); },
      [this](measure_mailbox order) { report_mailbox(this, order); },
      [this](recompress& order) { add(std::move(order)); },
  };
}

void picture_recompressor::on_exit() {
  for (const auto& [key, each] : running_)
    discharge(each);
  running_.clear();
  waiting_.clear();
  peers_.reset(); // it holds a reference to this actor
}

void picture_recompressor::add(recompress order) {
  const auto known = running_.count(order.key) > 0
                     || std::any_of(waiting_.begin(), waiting_.end(),
                                    [&](const recompress& each) { return each.key == order.key; });
  if (known)
    return;
  waiting_.push_back(std::move(order));
  start_waiting();
}

void picture_recompressor::start_waiting() {
  while (!waiting_.empty() && running_.size() < config_.max_decoders) {
    auto next = std::move(waiting_.front());
    waiting_.pop_front();
    start(std::move(next));
  }
}

void picture_recompressor::start(recompress order) {
  const auto key = order.key;
  auto& begun = running_[key];
  begun.order = std::move(order);
  begun.charged = expected_memory(begun.order, config_.max_pixels);
  config_.budget->add(begun.charged);
  try {
    begun.process = std::make_unique<recompression::recompress_process>(
        loop(), config_.decoder, begun.order.picture->bytes,
        recompression::fit_limits{begun.order.limit, config_.max_pixels}, config_.time_limit,
        [this, key](recompression::recompress_process::end ended) {
          on_end(key, std::move(ended));
        });
  } catch (const std::exception& e) {
    // Of this process's state, not of the picture: the request may be more fortunate later.
    log::error("a picture cannot be made to fit", {{"error", e.what()}});
    discharge(begun);
    running_.erase(key);
    answer({key, failure{error_code::internal, "no picture can be made to fit at present", true}});
  }
}

void picture_recompressor::discharge(const job& ended) {
  config_.budget->remove(ended.charged);
}

void picture_recompressor::on_end(const std::string& key,
                                  recompression::recompress_process::end ended) {
  // The process, whose callback we are in, lives until the end of this function.
  const auto found = running_.extract(key);
  const auto& last = found.mapped();
  discharge(last);
  answer({last.order.key, judge(last.order, std::move(ended))});
  start_waiting();
}

std::variant<picture_ptr, failure>
picture_recompressor::judge(const recompress& order, recompression::recompress_process::end ended) {
  using kind = recompression::recompress_process::end::kind;
  if (ended.how == kind::out_of_time) {
    config_.metrics->decoders_stopped.Increment();
    log::warning(
        "a picture was not decoded in time",
        {{"bytes", order.picture->bytes.size()}, {"time_limit_ms", config_.time_limit.count()}});
    return failure{error_code::image_too_large,
                   sizes(order) + "; it was not made to fit within the time limit"};
  }
  if (ended.how == kind::crashed) {
    log::warning("a decoder failed", {{"bytes", order.picture->bytes.size()}});
    return failure{error_code::invalid_picture, sizes(order) + "; its decoder failed"};
  }
  if (auto* made = std::get_if<picture>(&ended.result)) {
    config_.metrics->pictures_recompressed.Increment();
    log::info("a picture was made to fit", {{"bytes_before", order.picture->bytes.size()},
                                            {"bytes", made->bytes.size()},
                                            {"limit", order.limit}});
    return std::make_shared<const picture>(std::move(*made));
  }
  const auto& failed = std::get<recompression::fit_failure>(ended.result);
  return failure{failed.broken ? error_code::invalid_picture : error_code::image_too_large,
                 sizes(order) + "; " + failed.text};
}

void picture_recompressor::answer(recompressed result) {
  if (peers_->cache)
    send(peers_->cache, std::move(result));
}

recompressor_actor spawn_recompressor(caf::local_actor* parent, recompressor_config config) {
  return parent->spawn<picture_recompressor, caf::detached>(std::move(config));
}

} // namespace meme

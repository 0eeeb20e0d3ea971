#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include "sketch-server/options.hpp"
#include "sketch-server/reply.hpp"

namespace meme::sketch {

/// Draws on threads of its own, so that nobody's timer waits for somebody's picture.
class studio {
public:
  struct result {
    shared_bytes picture; ///< null if it could not be drawn
    picture_format format = picture_format::png;
    std::string problem;
  };
  using handler = std::function<void(result)>;

  /// Handlers run on `loop`, which outlives the studio. With `fixed_bytes`, draws the one picture
  /// now, and throws std::runtime_error where there is none so short.
  studio(const options& settings, boost::asio::io_context& loop);

  /// Waits for the pictures being drawn; those not begun never come.
  ~studio();
  studio(const studio&) = delete;
  studio& operator=(const studio&) = delete;

  /// Calls `done` once the picture is there, at once if it is ready-made. Not at all if by its turn
  /// `unwanted` is set.
  void draw(picture_order order, std::shared_ptr<const std::atomic<bool>> unwanted, handler done);

private:
  boost::asio::io_context& loop_;
  shared_bytes fixed_png_;
  shared_bytes fixed_jpeg_;
  boost::asio::thread_pool painters_;
};

} // namespace meme::sketch

#include "sketch-server/studio.hpp"

#include <exception>
#include <utility>

#include <boost/asio/post.hpp>

namespace meme::sketch {

namespace {

studio::result drawn(const picture_order& order) {
  try {
    return {std::make_shared<const std::string>(draw(order)), order.format, {}};
  } catch (const std::exception& problem) {
    return {nullptr, order.format, problem.what()};
  }
}

} // namespace

studio::studio(const options& settings, boost::asio::io_context& loop)
    : loop_{loop}, painters_{settings.drawing_threads} {
  if (!settings.fixed_bytes)
    return;
  fixed_png_ =
      std::make_shared<const std::string>(draw_exactly(*settings.fixed_bytes, settings.size));
  fixed_jpeg_ = drawn({"sketch", settings.size, 0, picture_format::jpeg}).picture;
}

studio::~studio() {
  painters_.stop();
  painters_.join();
}

void studio::draw(picture_order order, std::shared_ptr<const std::atomic<bool>> unwanted,
                  handler done) {
  if (fixed_png_) {
    const auto jpeg = order.format == picture_format::jpeg;
    return done({jpeg ? fixed_jpeg_ : fixed_png_, order.format, {}});
  }
  boost::asio::post(painters_, [this, order = std::move(order), unwanted = std::move(unwanted),
                                done = std::move(done)]() mutable {
    // The handler owns a connection, which must end on the loop's thread: it goes back in any case.
    auto finished = *unwanted ? result{} : drawn(order);
    boost::asio::post(loop_, [finished = std::move(finished), unwanted = std::move(unwanted),
                              done = std::move(done)]() mutable {
      if (!*unwanted)
        done(std::move(finished));
    });
  });
}

} // namespace meme::sketch

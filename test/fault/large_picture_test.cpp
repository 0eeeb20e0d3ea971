// Row 11: a picture larger than what NATS takes in one message is made to fit, or is an error that
// names the sizes; either way the connection lives on.
#define BOOST_TEST_MODULE large_picture
#include <boost/test/unit_test.hpp>

#include "actors/pictures/formats/picture_check.hpp"
#include "client/answer.hpp"
#include "test/support/world.hpp"

using namespace meme::test;

namespace {

constexpr std::size_t max_payload = 131'072;

world_settings small_messages() {
  world_settings settings;
  settings.nats_config = "max_payload: " + std::to_string(max_payload);
  settings.model_arguments = {"--size", "1024x1024"};
  return settings;
}

/// No connection was lost, and the next request is served.
void check_connection(world& here) {
  BOOST_TEST(here.memes->metric("meme_generator_nats_connections_total") == 1);
  BOOST_TEST(here.memes->wait_ready());
  BOOST_TEST(here.drained());
}

} // namespace

BOOST_AUTO_TEST_CASE(a_png_too_large_becomes_a_jpeg_that_fits) {
  world here{small_messages()};
  here.ask(request("large", "a cat on a very large sofa"));
  const auto& answer = here.next_result();
  const json result{answer.data};
  BOOST_TEST(answer.data.size() <= max_payload);
  BOOST_TEST(result.text("/content_type") == "image/jpeg");
  const auto bytes = meme::client::decode_base64(result.text("/image_data")).value();
  const auto checked = meme::inspect_picture(bytes);
  BOOST_TEST((std::get<meme::complete_picture>(checked).type == meme::picture_type::jpeg));
  BOOST_TEST(meme::dimensions(bytes)->width == 1'024U);
  BOOST_TEST(here.memes->metric("meme_generator_pictures_recompressed_total") == 1);
  BOOST_TEST_MESSAGE("answer of " << answer.data.size() << " bytes, drawn in "
                                  << result.integer("/duration_ms") << " ms");

  here.ask(request("again", "a cat on a very large sofa")); // the one that fits was kept
  BOOST_TEST(json{here.next_result().data}.flag("/cached"));
  BOOST_TEST(here.memes->metric("meme_generator_pictures_recompressed_total") == 1);
  check_connection(here);
}

BOOST_AUTO_TEST_CASE(a_picture_of_too_many_pixels_is_an_error_with_the_sizes) {
  auto settings = small_messages();
  settings.variables["MEME_GENERATOR_MAX_PIXELS"] = "1000000";
  world here{settings};
  here.ask(request("large", "a cat"));
  const json error{here.next_error().data};
  BOOST_TEST(error.text("/code") == "image_too_large");
  const auto text = error.text("/error");
  BOOST_TEST(text.find("1048576 pixels") != std::string::npos, text);
  BOOST_TEST(text.find("bytes") != std::string::npos, text);
  here.ask(request("small", "a cat", R"("width": 64, "height": 64)"));
  BOOST_TEST(json{here.next_result().data}.text("/request_id") == "small");
  check_connection(here);
}

BOOST_AUTO_TEST_CASE(a_picture_that_does_not_fit_with_any_quality_is_an_error) {
  auto settings = small_messages();
  settings.nats_config = "max_payload: 16384";
  world here{settings};
  here.ask(request("large", "a cat"));
  const json error{here.next_error().data};
  BOOST_TEST(error.text("/code") == "image_too_large");
  BOOST_TEST(error.text("/error").find("lowest quality") != std::string::npos);
  check_connection(here);
}

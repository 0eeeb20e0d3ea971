#define BOOST_TEST_MODULE delivery
#include <boost/test/unit_test.hpp>

#include <random>

#include "messages/delivery.hpp"

using meme::parse_ack_subject;

BOOST_AUTO_TEST_CASE(the_short_form_is_read) {
  const auto info = parse_ack_subject("$JS.ACK.MEMES.meme-generator.3.42.57.1700000000123456789.7");
  BOOST_REQUIRE(info.has_value());
  BOOST_TEST(info->stream == "MEMES");
  BOOST_TEST(info->consumer == "meme-generator");
  BOOST_TEST(info->deliveries == 3U);
  BOOST_TEST(info->stream_sequence == 42U);
  BOOST_TEST(info->timestamp_ns == 1'700'000'000'123'456'789);
  BOOST_TEST(info->pending == 7U);
}

BOOST_AUTO_TEST_CASE(the_long_form_is_read_with_and_without_its_random_token) {
  for (const auto* tail : {"", ".Xq3f", ".Xq3f.what.may.come"}) {
    const auto info =
        parse_ack_subject(std::string("$JS.ACK.hub.ACC4TQ.MEMES.workers.1.2.3.4.5") + tail);
    BOOST_REQUIRE(info.has_value());
    BOOST_TEST(info->stream == "MEMES");
    BOOST_TEST(info->consumer == "workers");
    BOOST_TEST(info->deliveries == 1U);
    BOOST_TEST(info->stream_sequence == 2U);
    BOOST_TEST(info->timestamp_ns == 4);
    BOOST_TEST(info->pending == 5U);
  }
}

BOOST_AUTO_TEST_CASE(the_longest_numbers_are_read) {
  const auto info = parse_ack_subject(
      "$JS.ACK.S.C.18446744073709551615.18446744073709551615.1.9223372036854775807.0");
  BOOST_REQUIRE(info.has_value());
  BOOST_TEST(info->deliveries == 18'446'744'073'709'551'615U);
  BOOST_TEST(info->timestamp_ns == 9'223'372'036'854'775'807);
}

BOOST_AUTO_TEST_CASE(anything_else_is_refused) {
  const char* const others[] = {
      "",
      "$JS.ACK.",
      "$JS.ACK",
      "_INBOX.x.y",
      "$JS.ACK.S.C.1.2.3.4",                      // too few
      "$JS.ACK.S.C.1.2.3.4.5.6",                  // one too many for the short form
      "$JS.ACK.S.C.1.2.3.4.",                     // empty token
      "$JS.ACK..C.1.2.3.4.5",                     // no stream
      "$JS.ACK.S..1.2.3.4.5",                     // no consumer
      "$JS.ACK.S.C.0.2.3.4.5",                    // deliveries count from 1
      "$JS.ACK.S.C.1.0.3.4.5",                    // so do sequences
      "$JS.ACK.S.C.-1.2.3.4.5",                   // negative
      "$JS.ACK.S.C.1.2.3.-4.5",                   // negative
      "$JS.ACK.S.C.1.2.3.4.5x",                   // no number
      "$JS.ACK.S.C.1.2.x.4.5",                    // no number
      "$JS.ACK.S.C.+1.2.3.4.5",                   // no number
      "$JS.ACK.S.C. 1.2.3.4.5",                   // no number
      "$JS.ACK.d.a.S.C.1.2.3.4.5.",               // empty token
      "$js.ack.S.C.1.2.3.4.5",                    // case matters
      "$JS.ACK.S.C.1.2.3.9223372036854775808.5",  // overflow
      "$JS.ACK.S.C.18446744073709551616.2.3.4.5", // overflow
  };
  for (const auto* subject : others)
    BOOST_TEST(!parse_ack_subject(subject).has_value(), subject);
}

BOOST_AUTO_TEST_CASE(the_key_is_the_same_for_each_delivery_and_tells_streams_of_one_name_apart) {
  const auto first = parse_ack_subject("$JS.ACK.MEMES.w.1.42.57.1700000000123456789.7");
  const auto again = parse_ack_subject("$JS.ACK.MEMES.w.2.42.99.1700000000123456789.0");
  const auto remade = parse_ack_subject("$JS.ACK.MEMES.w.1.42.57.1700000000999999999.7");
  BOOST_TEST(first->message_key() == "MEMES:42:1700000000123456789");
  BOOST_TEST(again->message_key() == first->message_key());
  BOOST_TEST(remade->message_key() != first->message_key());
}

BOOST_AUTO_TEST_CASE(mutated_subjects_never_crash) {
  std::mt19937 random(1);
  const std::string good = "$JS.ACK.hub.ACC4TQ.MEMES.workers.1.2.3.4.5.Xq3f";
  for (int round = 0; round < 20'000; ++round) {
    auto subject = good;
    for (auto changes = random() % 4 + 1; changes > 0; --changes)
      subject[random() % subject.size()] = ".0-9x\xff"[random() % 6];
    const auto info = parse_ack_subject(std::string_view(subject).substr(0, random() % 60));
    if (info)
      BOOST_REQUIRE_GE(info->deliveries, 1U);
  }
}

BOOST_AUTO_TEST_CASE(an_advisory_names_the_place_of_an_undeliverable_message) {
  const auto found =
      meme::parse_max_deliveries_advisory(R"({"stream":"MEMES","stream_seq":42,"deliveries":3})");
  BOOST_REQUIRE(found.has_value());
  BOOST_TEST(found->stream_sequence == 42U);
  BOOST_TEST(found->deliveries == 3U);
  BOOST_TEST(meme::parse_max_deliveries_advisory(R"({"stream_seq":42})")->deliveries == 0U);
  for (const auto* none :
       {"", "{", "[42]", "{}", R"({"stream_seq":"42"})", R"({"stream_seq":-1})",
        R"({"stream_seq":0})", R"({"stream_seq":1.5})", R"({"stream_seq":18446744073709551616})",
        R"({"stream_seq":42,"deliveries":1e-00005})"})
    BOOST_TEST(!meme::parse_max_deliveries_advisory(none).has_value(), none);
}

#pragma once

#include <boost/test/unit_test.hpp>

#include "messages/request.hpp"
#include "messages/subjects/subject.hpp"

namespace meme::test {

inline const request_limits limits;

inline meme_request read(std::string_view json) {
  auto result = parse_request(json, limits);
  const auto* bad = std::get_if<bad_request>(&result);
  BOOST_REQUIRE_MESSAGE(bad == nullptr, json << ": " << (bad != nullptr ? bad->error : ""));
  return std::get<meme_request>(std::move(result));
}

inline bad_request refuse(std::string_view json, const request_limits& with = limits) {
  auto result = parse_request(json, with);
  BOOST_REQUIRE_MESSAGE(std::holds_alternative<bad_request>(result), "was accepted: " << json);
  auto bad = std::get<bad_request>(std::move(result));
  BOOST_TEST(!bad.error.empty());
  return bad;
}

inline std::string repeat(std::string_view text, std::size_t times) {
  std::string result;
  for (; times > 0; --times)
    result += text;
  return result;
}

} // namespace meme::test

#define BOOST_TEST_MODULE value_seal
#include <boost/test/unit_test.hpp>

#include <sys/stat.h>

#include <stdexcept>

#include "actors/io/redis/value_seal.hpp"
#include "test/unit/config/config_samples.hpp"

using meme::io::value_seal;

namespace {

const std::string first(64, 'a');
const std::string second(32, 'b');

struct key_files {
  std::string write(const std::string& text, mode_t mode = 0600) const {
    const auto name = folder.write("keys", text);
    ::chmod(name.c_str(), mode);
    return name;
  }

  std::string refusal(const std::string& text, mode_t mode = 0600) const {
    try {
      value_seal{write(text, mode)};
      return {};
    } catch (const std::runtime_error& e) {
      return e.what();
    }
  }

  meme::test::config_folder folder;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(seals, key_files)

BOOST_AUTO_TEST_CASE(what_was_signed_is_verified) {
  const value_seal seal{write(first)};
  const std::string bytes{"\x89PNG\0\xff", 6};
  const auto value = seal.sign("meme:v1:1", "image/png", bytes);
  BOOST_TEST(value.size() == bytes.size() + 8 + 1 + 9 + 32);
  BOOST_TEST(value.size() <= bytes.size() + value_seal::max_overhead);
  const auto opened = seal.verify("meme:v1:1", value);
  BOOST_TEST_REQUIRE(opened.has_value());
  BOOST_TEST(opened->type == "image/png");
  BOOST_TEST((opened->bytes == bytes));
}

BOOST_AUTO_TEST_CASE(the_signature_is_hmac_sha_256) {
  // python3 -c 'import hmac; print(hmac.new(b"a"*64, (1).to_bytes(8, "big") + b"k" + b"\x09"
  //             b"image/png" + b"bytes", "sha256").hexdigest())'
  const value_seal seal{write(first)};
  const auto value = seal.sign("k", "image/png", "bytes");
  std::string hex;
  for (const auto c : value.substr(8 + 1 + 9, 32)) {
    constexpr auto digits = "0123456789abcdef";
    hex += digits[static_cast<unsigned char>(c) >> 4];
    hex += digits[static_cast<unsigned char>(c) & 15];
  }
  BOOST_TEST(hex == "88b284a7d6d8da0a8268aa1964ce2d1da8c514772e5ec3d46384edde17f46ab1");
}

BOOST_AUTO_TEST_CASE(any_other_bit_is_refused) {
  const value_seal seal{write(first)};
  const auto value = seal.sign("meme:v1:1", "image/png", "some bytes");
  for (std::size_t i = 0; i < value.size(); ++i)
    for (unsigned bit = 0; bit < 8; ++bit) {
      auto changed = value;
      changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
      BOOST_TEST(!seal.verify("meme:v1:1", changed), i << ", " << bit);
    }
  for (std::size_t size = 0; size < value.size(); ++size)
    BOOST_TEST(!seal.verify("meme:v1:1", value.substr(0, size)), size);
  BOOST_TEST(!seal.verify("meme:v1:1", value + '\0'));
  BOOST_TEST(!seal.verify("meme:v1:2", value));
  BOOST_TEST(!seal.verify("meme:v1:", value));
}

BOOST_AUTO_TEST_CASE(the_first_key_signs_and_all_verify) {
  const value_seal before{write(second)};
  const value_seal rotating{write(first + "\n" + second + "\n")};
  const value_seal after{write("\n" + first + " \r\n\n")};
  const auto old_value = before.sign("k", "image/png", "bytes");
  const auto new_value = rotating.sign("k", "image/png", "bytes");
  BOOST_TEST(rotating.verify("k", old_value).has_value());
  BOOST_TEST(rotating.verify("k", new_value).has_value());
  BOOST_TEST(after.verify("k", new_value).has_value());
  BOOST_TEST(!after.verify("k", old_value).has_value());
  BOOST_TEST(!before.verify("k", new_value).has_value());
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_used_is_refused_with_the_reason) {
  const auto contains = [](const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
  };
  BOOST_TEST(refusal(first).empty());
  BOOST_TEST(refusal(first, 0440).empty());
  BOOST_TEST(contains(refusal(first, 0644), "is open to all users of the machine"));
  BOOST_TEST(contains(refusal(first, 0602), "is open to all users of the machine"));
  BOOST_TEST(
      contains(refusal(first + "\nshort"), "line 2 has 5 characters, a key has at least 32"));
  BOOST_TEST(!contains(refusal(first + "\nshort"), "short"));
  BOOST_TEST(contains(refusal(std::string(31, 'a')), "line 1 has 31 characters"));
  BOOST_TEST(contains(refusal(std::string(1'025, 'a')), "more than 1024 characters"));
  BOOST_TEST(contains(refusal(first + " " + first), "a space or a character outside"));
  BOOST_TEST(contains(refusal("\n \n"), "has no key"));
  std::string many;
  for (auto i = 0; i < 17; ++i)
    many += first + "\n";
  BOOST_TEST(contains(refusal(many), "more than 16 keys"));
  try {
    value_seal{"/nowhere/keys"};
    BOOST_ERROR("a file that is not there");
  } catch (const std::runtime_error& e) {
    BOOST_TEST(contains(e.what(), "cache.key-file: cannot be read"));
  }
}

BOOST_AUTO_TEST_SUITE_END()

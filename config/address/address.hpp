#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "config/address/parsed.hpp"

namespace meme::config {

/// An address of the configuration: read once, by `Parse`, and kept beside the text that it was
/// read from.
template <class Parts, parsed<Parts> (*Parse)(std::string_view)>
class address {
public:
  /// Throws std::invalid_argument for what `Parse` refuses.
  explicit address(std::string text) : text_(std::move(text)), parts_(value_of(Parse(text_))) {}

  /// For a text of others.
  static parsed<address> read(const std::string& text) {
    if (auto reason = reason_of(Parse(text)); !reason.empty())
      return malformed{std::move(reason)};
    return address{text};
  }

  /// As it was written; it may hold a password.
  const std::string& text() const { return text_; }

  const Parts& operator*() const { return parts_; }
  const Parts* operator->() const { return &parts_; }

  friend bool operator==(const address& a, const address& b) { return a.text_ == b.text_; }

private:
  std::string text_;
  Parts parts_;
};

} // namespace meme::config

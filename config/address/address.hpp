#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "messages/error.hpp"

namespace meme::config {

/// An address of the configuration: read once, by `Parse`, and kept beside the text that it was
/// read from.
template <class Parts, expected<Parts> (*Parse)(std::string_view)>
class address {
public:
  /// For a text that is known to be right. Throws std::invalid_argument for what `Parse` refuses.
  explicit address(std::string text) : address(text, Parse(text)) {}

  /// For a text of others.
  static expected<address> read(std::string text) {
    auto parts = Parse(text);
    if (!parts)
      return parts.error();
    return address{std::move(text), std::move(parts)};
  }

  /// As it was written; it may hold a password.
  const std::string& text() const { return text_; }

  const Parts& operator*() const { return parts_; }
  const Parts* operator->() const { return &parts_; }

  friend bool operator==(const address& a, const address& b) { return a.text_ == b.text_; }

private:
  address(std::string text, expected<Parts> parts)
      : text_(std::move(text)), parts_(value_of(std::move(parts))) {}

  static Parts value_of(expected<Parts> parts) {
    if (!parts)
      throw std::invalid_argument{"the address " + parts.error().message()};
    return std::move(*parts);
  }

  std::string text_;
  Parts parts_;
};

} // namespace meme::config

#pragma once

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace meme {

/// For those who decide by it.
enum class error_kind {
  malformed,    ///< a text is not what it should be
  out_of_range, ///< a value is too small or too large
  not_found,    ///< it is not there, or not any more
  refused,      ///< somebody does not permit it
  failed        ///< it was tried in vain: a file, a connection, a server
};

/// Why something was not done. A function that has nothing else to return returns an `error`, which
/// is false where all went well; any other one returns an `expected`.
class [[nodiscard]] error {
public:
  /// None.
  error() = default;

  error(error_kind kind, std::string text)
      : content_(std::make_shared<const content>(content{kind, std::move(text), {}})) {}

  /// @param cause the failure that has led to this one.
  error(error_kind kind, std::string text, error cause)
      : content_(std::make_shared<const content>(
          content{kind, std::move(text), std::move(cause.content_)})) {}

  explicit operator bool() const { return content_ != nullptr; }

  /// Only where there is one; so is `text`.
  error_kind kind() const { return content_->kind; }

  /// For a person; where it is about a text, a verb and what follows: "has no port". It never
  /// quotes a text that may be secret.
  const std::string& text() const { return content_->text; }

  error cause() const {
    error result;
    if (content_ != nullptr)
      result.content_ = content_->cause;
    return result;
  }

  /// The text, and behind colons those of its causes; empty: no error.
  std::string message() const {
    std::string result;
    for (auto each = content_; each != nullptr; each = each->cause)
      result += (result.empty() ? "" : ": ") + each->text;
    return result;
  }

private:
  struct content {
    error_kind kind;
    std::string text;
    std::shared_ptr<const content> cause;
  };

  std::shared_ptr<const content> content_; ///< null: none
};

/// For `return malformed("has no port")`.
inline error malformed(std::string text) {
  return {error_kind::malformed, std::move(text)};
}

/// A value, or why there is none.
template <class T>
class [[nodiscard]] expected {
public:
  expected(T value) : value_(std::move(value)) {}
  expected(meme::error why) : why_(std::move(why)) {}

  explicit operator bool() const { return value_.has_value(); }

  /// Only where there is a value.
  T& operator*() { return *value_; }
  const T& operator*() const { return *value_; }
  T* operator->() { return &*value_; }
  const T* operator->() const { return &*value_; }

  /// For who cannot go on without it: throws std::runtime_error with the error's message.
  const T& value() const {
    if (!value_)
      throw std::runtime_error{why_.message()};
    return *value_;
  }

  /// Why there is no value; none where there is one.
  const meme::error& error() const { return why_; }

private:
  std::optional<T> value_;
  meme::error why_;
};

} // namespace meme

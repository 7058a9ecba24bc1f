/// What `Tape::record` takes beside the inputs: the op's name and its backward rule.
#pragma once

#include <type_traits>

#include "rondo/core/real.hpp"

namespace rondo {

template <Real T>
class Gradients;

/// A literal that names an op in errors, printed tapes and profiles.
class OpName {
 public:
  consteval OpName(const char* text) : text_(text) {}  // NOLINT: implicit on purpose

  [[nodiscard]] const char* text() const { return text_; }

 private:
  const char* text_;
};

/// A backward rule captures nothing (D2); what it needs comes from `Gradients` or from a trivially
/// copyable struct that the tape keeps.
template <class R, class T>
concept PlainRule = std::is_empty_v<R> && std::is_default_constructible_v<R> &&
    requires(const R& rule, const Gradients<T>& g) {
  rule(g);
};

template <class R, class T, class S>
concept SavingRule = std::is_empty_v<R> && std::is_default_constructible_v<R> &&
    std::is_trivially_copyable_v<S> && requires(const R& rule, const Gradients<T>& g, const S& s) {
  rule(g, s);
};

namespace detail {

/// For a static_assert that only a use of its template reaches.
template <class>
inline constexpr bool never = false;

template <class Rule>
inline constexpr bool captures = !(std::is_empty_v<Rule> && std::is_default_constructible_v<Rule>);

template <class Rule>
constexpr void check_captures() {
  static_assert(
      !captures<Rule>,
      "a backward rule is a lambda that captures nothing, for it outlives this call: what "
      "it needs is in Gradients, or is handed over before it as saved values (a struct)");
}

/// One sentence for each way in which a rule can be none.
template <class Rule, class T>
constexpr void check_rule() {
  check_captures<Rule>();
  static_assert(captures<Rule> || PlainRule<Rule, T>,
                "a backward rule is called as rule(const Gradients<T>&)");
}

template <class Rule, class T, class Saved>
constexpr void check_saving_rule() {
  check_captures<Rule>();
  static_assert(std::is_trivially_copyable_v<Saved>,
                "saved values are copied byte by byte: a struct of numbers, shapes and pointers");
  static_assert(
      captures<Rule> || !std::is_trivially_copyable_v<Saved> || SavingRule<Rule, T, Saved>,
      "a backward rule with saved values is called as rule(const Gradients<T>&, const "
      "Saved&)");
}

}  // namespace detail

}  // namespace rondo

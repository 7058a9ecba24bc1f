/// What a run remembers beside its weights and its optimizer, shown name by name. One function of a
/// callback serves both ways: saving reads the values, resuming writes them.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "rondo/core/tensor.hpp"

namespace rondo {

/// What values in a file cannot exceed, because the run that counted them cannot have.
struct RunBounds {
  static constexpr std::uint64_t none = std::numeric_limits<std::uint64_t>::max();

  std::uint64_t epochs = none;      // that have ended
  std::uint64_t batches = none;     // that were trained
  std::vector<Shape> weights = {};  // shapes of the model's
};

template <Real T>
class RunStateVisitor {
 public:
  virtual ~RunStateVisitor() = default;

  /// Of the run whose state is shown; `Trainer` sets them before its callbacks are asked.
  [[nodiscard]] virtual const RunBounds& bounds() const { return bounds_; }

  void set_bounds(RunBounds bounds) { bounds_ = std::move(bounds); }

  /// What a file says cannot be. @throws FormatError naming the value
  [[noreturn]] virtual void refuse(const std::string& name, const std::string& problem) const;

  virtual void visit(const std::string& name, std::uint64_t& count) = 0;
  virtual void visit(const std::string& name, std::string& text) = 0;
  virtual void visit(const std::string& name, std::vector<double>& numbers) = 0;
  virtual void visit(const std::string& name, std::vector<Tensor<T>>& tensors) = 0;

  /// Must be the same when the run goes on; another value is refused by name.
  virtual void check_same(const std::string& name, const std::string& value) = 0;

  // Each refuses what does not fit.

  /// @param most  the largest count that can be, such as one of `bounds()`
  void visit_count(const std::string& name, std::uint64_t& count, std::uint64_t most);

  /// One tensor of each shape, or none at all.
  void visit_tensors(const std::string& name,
                     std::vector<Tensor<T>>& tensors,
                     std::span<const Shape> shapes);

  void visit_number(const std::string& name, double& number);
  void visit_optional(const std::string& name, std::optional<double>& number);
  void visit_flag(const std::string& name, bool& flag);

  /// Texts without line breaks.
  void visit_names(const std::string& name, std::vector<std::string>& texts);

 private:
  RunBounds bounds_;
};

namespace detail {

/// Puts a prefix before all names.
template <Real T>
class StatesBelow final : public RunStateVisitor<T> {
 public:
  StatesBelow(RunStateVisitor<T>& visitor, std::string prefix)
      : visitor_(visitor), prefix_(std::move(prefix)) {}

  [[nodiscard]] const RunBounds& bounds() const override { return visitor_.bounds(); }

  void refuse(const std::string& name, const std::string& problem) const override {
    visitor_.refuse(prefix_ + name, problem);
  }

  void visit(const std::string& name, std::uint64_t& count) override { pass(name, count); }

  void visit(const std::string& name, std::string& text) override { pass(name, text); }

  void visit(const std::string& name, std::vector<double>& numbers) override {
    pass(name, numbers);
  }

  void visit(const std::string& name, std::vector<Tensor<T>>& tensors) override {
    pass(name, tensors);
  }

  void check_same(const std::string& name, const std::string& value) override {
    visitor_.check_same(prefix_ + name, value);
  }

 private:
  template <class Value>
  void pass(const std::string& name, Value& value) {
    visitor_.visit(prefix_ + name, value);
  }

  RunStateVisitor<T>& visitor_;
  std::string prefix_;
};

}  // namespace detail

}  // namespace rondo

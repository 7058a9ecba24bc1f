/// The part of a layer that follows from its options alone.
#pragma once

#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "rondo/layers/layer.hpp"

namespace rondo {

/// A layer of the library that is made from options alone: it keeps them, writes them all and makes
/// another layer from them. Each options struct has the options as members (D11) and a function
/// `for_each_option` that lists those that a config has: it calls visit(name, members...) with the
/// members of one or more structs (D69). One of your own may do without.
/// @tparam L  the layer itself
template <class L, class Options, class Base>
class LayerWith : public Base {
 public:
  using OptionsType = Options;

  [[nodiscard]] const Options& options() const { return options_; }

  [[nodiscard]] Config config() const override;

  [[nodiscard]] std::unique_ptr<Layer<typename Base::value_type>> clone() const override {
    auto copy = std::make_unique<L>(options_);
    copy->set_trainable(this->trainable());
    return copy;
  }

 protected:
  explicit LayerWith(Options options) : Base(options.name), options_(std::move(options)) {
    if constexpr (requires { options_.trainable; }) {
      this->set_trainable(options_.trainable);
    }
  }

  /// Over a base that takes the options itself. @param op  who is named in errors
  LayerWith(Options options, const std::string& op)
      : Base(options, op), options_(std::move(options)) {}

  Options options_;
};

}  // namespace rondo

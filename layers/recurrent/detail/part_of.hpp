/// Options of a cell, of the loop and of the layer over both: which part of one another they are.
/// For the sources of the recurrent layers.
#pragma once

#include <type_traits>

#include "rondo/layers/detail/layer_config.hpp"
#include "rondo/layers/recurrent/rnn.hpp"

namespace rondo {

/// One that is not given leaves a target that must have a value as it is.
template <class From, class To>
void copy_option(const From& from, To& to) {
  if constexpr (std::is_assignable_v<To&, const From&>) {
    to = from;
  } else if (from) {
    to = *from;
  }
}

/// Copies the options that `Part` lists, and those that all have.
template <class Part, class From, class To>
void copy_part(const From& from, To& to) {
  const auto copy = [](const char*, const auto& a, auto& b) { copy_option(a, b); };
  Part::for_each_option(copy, from, to);
  to.compat = from.compat;
  to.trainable = from.trainable;
}

/// The cell's or the loop's part of a layer's options.
template <class Part, class Options>
[[nodiscard]] Part part_of(const Options& options) {
  Part result;
  copy_part<Part>(options, result);
  return result;
}

template <class Options>
[[nodiscard]] RNNOptions loop_options_of(const Options& options) {
  RNNOptions result = part_of<RNNOptions>(options);
  result.name = options.name;
  return result;
}

template <class L, class Options, class C>
RNNWith<L, Options, C>::RNNWith(Options options, const std::string& op)
    : RNN<typename C::value_type>(
          std::make_unique<C>(part_of<typename C::OptionsType>(options), op),
          loop_options_of(options)),
      options_(std::move(options)) {
  copy_part<typename C::OptionsType>(cell().options(), options_);  // as they are resolved
  copy_part<RNNOptions>(this->loop_options(), options_);
}

template <class L, class Options, class C>
Config RNNWith<L, Options, C>::config() const {
  Config result = Layer<typename C::value_type>::config();
  write_options(result["config"], options_);
  return result;
}

template <class L, class Options, class C>
std::unique_ptr<RNN<typename C::value_type>> RNNWith<L, Options, C>::clone_with(
    RNNOptions loop) const {
  Options options = options_;
  copy_part<RNNOptions>(loop, options);
  options.name = loop.name;
  return std::make_unique<L>(std::move(options));
}

}  // namespace rondo

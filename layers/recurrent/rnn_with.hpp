/// The part of a recurrent layer that follows from its options alone.
#pragma once

#include <memory>
#include <string>

#include "rondo/layers/recurrent/rnn.hpp"

namespace rondo {

/// A recurrent layer of the library: `RNN` over a cell C, made from the options of both in one flat
/// struct, as in Keras.
/// @tparam L  the layer itself
template <class L, class Options, class C>
class RNNWith : public RNN<typename C::value_type> {
 public:
  using OptionsType = Options;

  [[nodiscard]] C& cell() { return static_cast<C&>(RNN<typename C::value_type>::cell()); }

  [[nodiscard]] const C& cell() const {
    return static_cast<const C&>(RNN<typename C::value_type>::cell());
  }

  [[nodiscard]] Config config() const override;

  [[nodiscard]] std::unique_ptr<RNN<typename C::value_type>> clone_with(
      RNNOptions loop) const override;

 protected:
  /// @param op  who is named in errors
  RNNWith(Options options, const std::string& op);

  Options options_;
};

}  // namespace rondo

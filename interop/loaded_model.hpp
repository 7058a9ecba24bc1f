/// A model that came from a file, ready to run.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "rondo/core/error.hpp"
#include "rondo/interop/stored_model.hpp"
#include "rondo/layers/layer.hpp"

namespace rondo {

/// `auto model = load_model("model.keras"); Tensor<float> y = model.predict(x);`
template <Real T = float>
class LoadedModel {
 public:
  /// @param about  what the file says beside the layers; its weights are not needed
  LoadedModel(std::unique_ptr<Layer<T>> layers, StoredModel about);

  [[nodiscard]] Layer<T>& layers() { return *layers_; }

  [[nodiscard]] const Layer<T>& layers() const { return *layers_; }

  /// For a trainer that shall own it. The object is of no use afterwards.
  [[nodiscard]] std::unique_ptr<Layer<T>> release() { return std::move(layers_); }

  /// The layer of this name or path: `model.layer<GRU<float>>("gru")`.
  /// @throws ArgumentError if there is none, naming those that are there, or if it is of another
  /// class
  template <class L = Layer<T>>
  [[nodiscard]] L& layer(const std::string& name) {
    L* const found = dynamic_cast<L*>(&find(name));
    if (found == nullptr) {
      throw_argument_error("layer", "'" + name + "' is a " + find(name).type_name());
    }
    return *found;
  }

  /// The outputs for a batch, in the file's own arrangement of axes. Inputs beyond the first: the
  /// lengths of the sequences [N] (right padding), if the model takes them.
  /// @throws ShapeError, ArgumentError if they do not fit
  [[nodiscard]] std::vector<Tensor<T>> predict(std::span<const Tensor<T>> inputs);

  [[nodiscard]] Tensor<T> predict(const Tensor<T>& inputs) {
    return std::move(predict(std::span<const Tensor<T>>(&inputs, 1)).front());
  }

  void reset_states() { layers_->reset_states(); }

  /// Format, producer, notes, training; config and weights are empty.
  [[nodiscard]] const StoredModel& about() const { return about_; }

 private:
  [[nodiscard]] Layer<T>& find(const std::string& name);

  std::unique_ptr<Layer<T>> layers_;
  StoredModel about_;
};

}  // namespace rondo

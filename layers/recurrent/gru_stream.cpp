#include "rondo/layers/recurrent/gru_stream.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "rondo/core/arena.hpp"
#include "rondo/core/error.hpp"
#include "rondo/core/kernels/gemm.hpp"
#include "rondo/layers/dense.hpp"
#include "rondo/layers/dropout.hpp"
#include "rondo/layers/recurrent/detail/gru_panels.hpp"
#include "rondo/layers/recurrent/gru.hpp"
#include "rondo/layers/sequential.hpp"

namespace rondo {

namespace {

using kernels::GruCall;
using kernels::GruTable;

GateFunction known_function(const Activation& activation, const std::string& layer) {
  const auto function = gate_function(activation);
  if (!function) {
    throw_argument_error(
        "GRUStream",
        fmt::format("the kernels do not have the activation '{}' of {}", activation.name(), layer));
  }
  return *function;
}

template <Real T>
void check_length(const char* what, std::size_t expected, std::span<const T> found) {
  if (found.size() != expected) {
    throw_shape_error("GRUStream",
                      fmt::format("{} needs {} values, found {}", what, expected, found.size()));
  }
}

}  // namespace

/// Something that turns a vector into another one.
template <Real T>
class GRUStream<T>::Stage {
 public:
  virtual ~Stage() = default;

  virtual void run(const T* x) = 0;

  [[nodiscard]] std::span<const T> output() const { return {output_.data(), units_}; }

 protected:
  explicit Stage(std::size_t units)
      : units_(units),
        kernels_(kernels::gru_table<T>(units)),
        output_(kernels_.size(1, units)) {}  // padded, as the kernels want it

  std::size_t units_;
  const GruTable<T>& kernels_;
  std::vector<T> output_;
};

/// A GRU. Its output is its state.
template <Real T>
class GRUStream<T>::Recurrent : public GRUStream<T>::Stage {
 public:
  explicit Recurrent(const GRU<T>& layer) : Stage(layer.cell().options().units) {
    const GRUCellOptions& o = layer.cell().options();
    const auto weights = layer.weights();
    const auto take = [&](std::size_t n) { return memory_.array<T>(n).data(); };
    call_.batch = 1;
    call_.steps = 1;
    call_.features = weights[0]->shape()[0];
    call_.units = o.units;
    call_.recurrent_activation = known_function(*o.recurrent_activation, layer.path());
    call_.activation = known_function(o.activation, layer.path());
    call_.reset_after = *o.reset_after;
    call_.weights = {
        pack_gates(weights[0]->value(), false, take),
        pack_gates(weights[1]->value(), false, take),
        pack_bias(o.use_bias ? std::as_const(*weights[2]).value() : TensorView<const T>{},
                  o.units,
                  take)};
    call_.states = take(this->kernels_.size(2, o.units));
    for (T*& gate : call_.gates) {
      gate = take(this->kernels_.size(1, o.units));
    }
    call_.x_panels = take(this->kernels_.size(1, call_.features));
    call_.h_panels = take(this->kernels_.size(1, o.units));
  }

  void run(const T* x) override {
    call_.x = {x, 0, 0};
    call_.initial_state = this->output_.data();
    this->kernels_.forward(
        call_, {.outputs = {}, .last_output = nullptr, .last_state = this->output_.data()}, 0, 1);
  }

  [[nodiscard]] std::size_t features() const { return call_.features; }

  [[nodiscard]] std::span<T> state() { return {this->output_.data(), this->units_}; }

 private:
  GruCall<T> call_{};
  Arena memory_;  // begins where a line of the cache does: weights take half as long to load
};

/// A fully connected layer.
template <Real T>
class GRUStream<T>::Projection : public GRUStream<T>::Stage {
 public:
  explicit Projection(const Dense<T>& layer)
      : Stage(layer.options().units),
        function_(known_function(layer.options().activation, layer.path())),
        kernel_(Tensor<T>::copy_of(std::as_const(*layer.weights()[0]).value())),
        bias_(Tensor<T>::zeros({this->units_})) {
    if (layer.options().use_bias) {
      bias_ = Tensor<T>::copy_of(std::as_const(*layer.weights()[1]).value());
    }
  }

  void run(const T* x) override {
    T* const y = this->output_.data();
    std::copy_n(bias_.data(), this->units_, y);
    const std::size_t features = kernel_.shape()[0];
    kernels::gemm(kernels::Transpose::no,
                  kernels::Transpose::no,
                  1,
                  this->units_,
                  features,
                  T{1},
                  x,
                  features,
                  kernel_.data(),
                  this->units_,
                  T{1},
                  y,
                  this->units_);
    this->kernels_.apply(function_, y, this->output_.size());
  }

 private:
  GateFunction function_;
  Tensor<T> kernel_;
  Tensor<T> bias_;
};

template <Real T>
GRUStream<T>::GRUStream(const Layer<T>& model) {
  static_cast<void>(model.weights());  // refuses a model that is not built
  if (const auto* const sequence = dynamic_cast<const Sequential<T>*>(&model)) {
    for (const auto& layer : sequence->children()) {
      append(*layer);
    }
  } else {
    append(model);
  }
  if (recurrent_.empty()) {
    throw_argument_error("GRUStream", "there is no GRU in the model");
  }
}

template <Real T>
GRUStream<T>::GRUStream(GRUStream&&) noexcept = default;
template <Real T>
GRUStream<T>& GRUStream<T>::operator=(GRUStream&&) noexcept = default;
template <Real T>
GRUStream<T>::~GRUStream() = default;

template <Real T>
void GRUStream<T>::append(const Layer<T>& layer) {
  const auto refuse = [&](const char* problem) {
    throw_argument_error("GRUStream", fmt::format("layer '{}' {}", layer.path(), problem));
  };
  if (const auto* const gru = dynamic_cast<const GRU<T>*>(&layer)) {
    if (gru->loop_options().go_backwards) {
      refuse("goes backwards: its first step is the last of the sequence");
    }
    if (stages_.size() != recurrent_.size()) {
      refuse("follows a Dense layer: GRU layers come first");
    }
    if (!stages_.empty() && stages_.back()->output().size() != gru->weights()[0]->shape()[0]) {
      refuse("does not fit the layer before it");
    }
    auto stage = std::make_unique<Recurrent>(*gru);
    features_ = stages_.empty() ? stage->features() : features_;
    recurrent_.push_back(stage.get());
    stages_.push_back(std::move(stage));
  } else if (const auto* const dense = dynamic_cast<const Dense<T>*>(&layer)) {
    if (recurrent_.empty()) {
      refuse("comes before the first GRU");
    }
    stages_.push_back(std::make_unique<Projection>(*dense));
  } else if (dynamic_cast<const Dropout<T>*>(&layer) == nullptr) {
    refuse("cannot be streamed: only GRU, Dense and Dropout can");
  }
}

template <Real T>
std::span<const T> GRUStream<T>::step(std::span<const T> x) {
  check_length("step", features_, x);
  const T* values = x.data();
  for (const auto& stage : stages_) {
    stage->run(values);
    values = stage->output().data();
  }
  return stages_.back()->output();
}

template <Real T>
typename GRUStream<T>::Recurrent& GRUStream<T>::layer(std::size_t i) const {
  if (i >= recurrent_.size()) {
    throw_argument_error(
        "GRUStream",
        fmt::format("there is no GRU layer {}: the model has {}", i, recurrent_.size()));
  }
  return *recurrent_[i];
}

template <Real T>
void GRUStream<T>::reset() {
  for (Recurrent* layer : recurrent_) {
    std::ranges::fill(layer->state(), T{0});
  }
}

template <Real T>
std::span<const T> GRUStream<T>::state(std::size_t i) const {
  return layer(i).output();
}

template <Real T>
void GRUStream<T>::set_state(std::span<const T> state, std::size_t i) {
  check_length("set_state", layer(i).output().size(), state);
  std::ranges::copy(state, layer(i).state().begin());
}

template class GRUStream<float>;
template class GRUStream<double>;

}  // namespace rondo

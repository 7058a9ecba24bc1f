#include "rondo/optim/detail/shards.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/core/ops.hpp"
#include "rondo/optim/detail/interrupt_guard.hpp"

namespace rondo::detail {

namespace {

template <class E>
TensorView<const E> rows_of(TensorView<const E> all, std::size_t first, std::size_t count) {
  if (!all) {
    return {};
  }
  const std::size_t size = all.shape().product(1, all.shape().rank());
  return {all.data() + first * size, all.shape().with_dim(0, count)};
}

/// The stream of a shard in a step, without heap memory.
Rng stream_of(const Rng& stream, std::uint64_t step, std::size_t shard) {
  std::array<char, 48> name{};
  char* end = std::to_chars(name.data(), name.data() + 20, step).ptr;
  *end++ = '/';
  end = std::to_chars(end, end + 20, shard).ptr;
  return stream.derive({name.data(), static_cast<std::size_t>(end - name.data())});
}

}  // namespace

template <Real T>
Shards<T>::Shards(Communicator& ranks,
                  std::size_t count,
                  SumOrder order,
                  Layer<T>& model,
                  Optimizer<T>& optimizer)
    : ranks_(ranks),
      count_(count),
      order_(order),
      own_(shards_of(ranks.rank(), ranks.size(), count)),
      optimizer_(optimizer),
      parameters_(optimizer.parameters()),
      state_(state_of(model)) {
  std::size_t size = 0;
  for (const Parameter<T>* parameter : parameters_) {
    size += parameter->shape().size();
  }
  std::size_t levels = 1;
  for (std::size_t n = own_.size(); n > 2; n = (n + 1) / 2) {
    ++levels;
  }
  gradients_.assign(levels, std::vector<T>(size));
  states_.resize(own_.size());
  for (auto& states : states_) {
    states.resize(state_.tensors.size());
  }
  streams_.resize(state_.streams.size());
  rows_.resize(own_.size());
  reached_.resize(parameters_.size());
}

// ---- a batch ----

/// In the whole batch.
template <Real T>
std::size_t Shards<T>::begin_of(std::size_t shard) const {
  return BatchPart::begin_of(samples_, shard, count_);
}

template <Real T>
void Shards<T>::begin_batch(const Batch<T>& part, std::size_t samples, bool from_zero) {
  part_ = part;
  samples_ = samples;
  for (std::size_t shard = own_.first; shard < own_.last; ++shard) {
    for (std::size_t i = 0; i < state_.tensors.size(); ++i) {
      take_state(shard, i, from_zero);
    }
  }
}

template <Real T>
void Shards<T>::take_state(std::size_t shard, std::size_t i, bool from_zero) {
  const Tensor<T>& all = *state_.tensors[i].values;
  Tensor<T>& own = states_[shard - own_.first][i];
  const Shape shape = state_.tensors[i].sample_shape.insert(0, size_of(shard));
  if (from_zero && own.shape() == shape) {
    std::fill_n(own.data(), own.size(), T{0});
    return;
  }
  if (from_zero || all.size() == 0) {
    own = Tensor<T>();
    return;
  }
  if (all.shape()[0] != samples_) {
    throw_shape_error("Trainer",
                      fmt::format("a stateful layer was fed a batch of {} after one of {}: call "
                                  "reset_states() in between",
                                  samples_,
                                  all.shape()[0]));
  }
  if (own.shape() != shape) {
    own = Tensor<T>(shape);
  }
  const std::size_t row = all.size() / samples_;
  std::copy_n(all.data() + begin_of(shard) * row, own.size(), own.data());
}

template <Real T>
void Shards<T>::end_batch() {
  for (std::size_t i = 0; i < state_.tensors.size(); ++i) {
    Tensor<T>& all = *state_.tensors[i].values;
    const Shape shape = state_.tensors[i].sample_shape.insert(0, samples_);
    if (all.shape() != shape) {
      all = Tensor<T>(shape);
    }
    std::fill_n(all.data(), all.size(), T{0});
    const std::size_t row = all.size() / samples_;
    for (std::size_t shard = own_.first; shard < own_.last; ++shard) {
      const Tensor<T>& own = states_[shard - own_.first][i];
      if (size_of(shard) > 0) {
        std::copy_n(own.data(), own.size(), all.data() + begin_of(shard) * row);
      }
    }
    ranks_.sum_in_any_order(std::span<T>(all.data(), all.size()));  // zeros but for one rank
  }
}

template <Real T>
Batch<T> Shards<T>::batch(std::size_t shard) {
  const std::size_t first = begin_of(shard) - begin_of(own_.first);
  const std::size_t count = size_of(shard);
  extra_inputs_.clear();
  for (const TensorView<const T>& all : part_.extra_inputs) {
    extra_inputs_.push_back(rows_of(all, first, count));
  }
  return {.inputs = rows_of(part_.inputs, first, count),
          .targets = rows_of(part_.targets, first, count),
          .mask = rows_of(part_.mask, first, count),
          .sample_weights = rows_of(part_.sample_weights, first, count),
          .extra_inputs = extra_inputs_};
}

// ---- a step ----

template <Real T>
void Shards<T>::begin_step(std::uint64_t step) {
  step_ = step;
  for (auto& row : rows_) {
    row.clear();
  }
  std::fill(reached_.begin(), reached_.end(), 0.0);
  for (std::size_t i = 0; i < streams_.size(); ++i) {
    streams_[i] = *state_.streams[i].second;
  }
}

template <Real T>
void Shards<T>::enter(std::size_t shard) {
  for (std::size_t i = 0; i < streams_.size(); ++i) {
    *state_.streams[i].second = stream_of(streams_[i], step_, shard);
  }
  for (std::size_t i = 0; i < state_.tensors.size(); ++i) {
    std::swap(*state_.tensors[i].values, states_[shard - own_.first][i]);
  }
}

template <Real T>
void Shards<T>::leave(std::size_t shard) {
  for (std::size_t i = 0; i < streams_.size(); ++i) {
    *state_.streams[i].second = streams_[i];
  }
  for (std::size_t i = 0; i < state_.tensors.size(); ++i) {
    std::swap(*state_.tensors[i].values, states_[shard - own_.first][i]);
  }
}

template <Real T>
void Shards<T>::store(std::size_t slot) {
  T* sums = gradients_[slot].data();
  double* reached = reached_.data();
  for (const Parameter<T>* parameter : parameters_) {
    const TensorView<const T> gradient = parameter->grad();
    sums = std::copy_n(gradient.data(), gradient.size(), sums);
    *reached++ += parameter->has_grad() ? 1.0 : 0.0;
  }
}

template <Real T>
void Shards<T>::add_gradients(std::size_t slot) {
  T* sums = gradients_[slot].data();
  double* reached = reached_.data();
  for (const Parameter<T>* parameter : parameters_) {
    const TensorView<const T> view = parameter->grad();
    const T* const gradient = view.data();
    const std::size_t n = view.size();
    for (std::size_t i = 0; i < n; ++i) {
      sums[i] += gradient[i];
    }
    sums += n;
    *reached++ += parameter->has_grad() ? 1.0 : 0.0;
  }
}

/// Adds the level above.
template <Real T>
void Shards<T>::add_slot(std::size_t slot) {
  T* const sums = gradients_[slot].data();
  const T* const others = gradients_[slot + 1].data();
  const std::size_t n = gradients_[slot].size();
  for (std::size_t i = 0; i < n; ++i) {
    sums[i] += others[i];
  }
}

template <Real T>
void Shards<T>::share_rows(std::size_t width) {
  width_ = width;
  numbers_.assign(count_ * width + reached_.size() + ranks_.size(), 0.0);
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    std::copy(rows_[i].begin(), rows_[i].end(), numbers_.data() + (own_.first + i) * width);
  }
  const std::span<double> reached = std::span(numbers_).subspan(count_ * width, reached_.size());
  const std::span<double> signals = std::span(numbers_).last(ranks_.size());
  std::copy(reached_.begin(), reached_.end(), reached.begin());
  signals[ranks_.rank()] = InterruptGuard::signal();
  share(numbers_);
  std::copy(reached.begin(), reached.end(), reached_.begin());
  const auto first =
      std::find_if(signals.begin(), signals.end(), [](double signal) { return signal != 0.0; });
  signal_ = first != signals.end() ? static_cast<int>(*first) : 0;
}

/// Lets a parameter that no shard of this rank has reached have a gradient.
template <Real T>
void Shards<T>::mark_gradient(Parameter<T>& parameter) {
  Tape<T> tape;
  tape.backward(sum(tape.parameter(parameter)));
}

template <Real T>
void Shards<T>::sum_gradients(double scale) {
  std::vector<T>& sums = gradients_[0];
  if (order_ == SumOrder::fixed) {
    ranks_.sum(std::span<T>(sums));
  } else {
    ranks_.sum_in_any_order(std::span<T>(sums));
  }
  const T* sum = sums.data();
  const double* reached = reached_.data();
  const auto factor = static_cast<T>(scale);
  for (Parameter<T>* parameter : parameters_) {
    if (*reached++ > 0.0 && !parameter->has_grad()) {
      mark_gradient(*parameter);
    }
    const TensorView<T> view = parameter->grad();
    T* const gradient = view.data();
    const std::size_t n = view.size();
    for (std::size_t i = 0; i < n; ++i) {
      gradient[i] = factor * sum[i];
    }
    sum += n;
  }
}

template class Shards<float>;
template class Shards<double>;

}  // namespace rondo::detail

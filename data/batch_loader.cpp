#include "rondo/data/batch_loader.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <numeric>
#include <string_view>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/core/rng.hpp"

namespace rondo {

namespace {

constexpr const char* op = "BatchLoader";

/// The first n rows of a buffer.
template <Element T>
TensorView<T> rows(Tensor<T>& buffer, std::size_t n) {
  return {buffer.data(), buffer.shape().with_dim(0, n)};
}

void check_options(std::size_t size, const BatchLoaderOptions& options) {
  if (options.batch_size == 0) {
    throw_argument_error(op, "batch_size must be positive, got 0");
  }
  if (size == 0) {
    throw_argument_error(op, "the data set has no samples");
  }
  if (options.last_batch == LastBatch::drop && size < options.batch_size) {
    throw_argument_error(op,
                         fmt::format("{} samples do not fill a batch of {}, and last_batch is drop",
                                     size,
                                     options.batch_size));
  }
}

}  // namespace

template <Real T>
BatchLoader<T>::BatchLoader(const Dataset<T>& dataset, BatchLoaderOptions options)
    : dataset_(&dataset), options_(options) {
  check_options(dataset.size(), options);
  const SampleLayout& layout = dataset.layout();
  const std::size_t n = std::min(options.batch_size, dataset.size());
  inputs_ = Tensor<T>(layout.inputs.insert(0, n));
  targets_ = Tensor<T>(layout.targets.insert(0, n));
  if (layout.mask) {
    mask_ = Tensor<bool>({n, layout.inputs[0]});
  }
  if (layout.sample_weights) {
    sample_weights_ = Tensor<T>({n});
  }
  for (const Shape& shape : layout.extra_inputs) {
    extra_inputs_.emplace_back(shape.insert(0, n));
  }
  extra_buffers_.resize(extra_inputs_.size());
  extra_views_.resize(extra_inputs_.size());
  order_.resize(dataset.size());
  arrange();
}

template <Real T>
std::size_t BatchLoader<T>::num_batches() const {
  const std::size_t whole = order_.size() / options_.batch_size;
  const bool rest = order_.size() % options_.batch_size != 0;
  return whole + (rest && options_.last_batch == LastBatch::keep ? 1 : 0);
}

template <Real T>
std::optional<Batch<T>> BatchLoader<T>::next() {
  if (position_.batch == num_batches()) {
    seek({position_.epoch + 1, 0});
    return std::nullopt;
  }
  const std::size_t first = position_.batch * options_.batch_size;
  const std::size_t count = std::min(options_.batch_size, order_.size() - first);
  Batch<T> batch = gather(std::span(order_).subspan(first, count));
  ++position_.batch;
  return batch;
}

template <Real T>
void BatchLoader<T>::reset() {
  if (position_.batch > 0) {
    seek({position_.epoch + 1, 0});
  }
}

template <Real T>
void BatchLoader<T>::seek(LoaderPosition position) {
  if (position.batch > num_batches()) {
    throw_argument_error(
        op,
        fmt::format("cannot continue at batch {}, an epoch has {}", position.batch, num_batches()));
  }
  position_ = position;
  arrange();
}

template <Real T>
void BatchLoader<T>::arrange() {
  std::iota(order_.begin(), order_.end(), std::size_t{0});
  if (!options_.shuffle) {
    return;
  }
  std::array<char, 20> digits{};  // a 64-bit number has no more
  const auto [end, error] =
      std::to_chars(digits.data(), digits.data() + digits.size(), position_.epoch);
  Rng rng = Rng(options_.seed).derive(std::string_view(digits.data(), end));
  rng.shuffle(order_);
}

template <Real T>
Batch<T> BatchLoader<T>::gather(std::span<const std::size_t> samples) {
  const SampleLayout& layout = dataset_->layout();
  const std::size_t n = samples.size();
  BatchBuffers<T> buffers{.inputs = rows(inputs_, n), .targets = rows(targets_, n)};
  if (layout.mask) {
    buffers.mask = rows(mask_, n);
  }
  if (layout.sample_weights) {
    buffers.sample_weights = rows(sample_weights_, n);
  }
  for (std::size_t i = 0; i < extra_inputs_.size(); ++i) {
    extra_buffers_[i] = rows(extra_inputs_[i], n);
    extra_views_[i] = extra_buffers_[i];
  }
  buffers.extra_inputs = extra_buffers_;
  dataset_->gather(samples, buffers);
  return {.inputs = buffers.inputs,
          .targets = buffers.targets,
          .mask = buffers.mask,
          .sample_weights = buffers.sample_weights,
          .extra_inputs = extra_views_};
}

template class BatchLoader<float>;
template class BatchLoader<double>;

}  // namespace rondo

#include "rondo/layers/recurrent/dropout_masks.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/layers/detail/draw_dropout_mask.hpp"

namespace rondo {

template <Real T>
DropoutMasks<T>::DropoutMasks(std::string op, double rate, std::string reset_name)
    : op_(std::move(op)), reset_name_(std::move(reset_name)), rate_(rate) {
  if (!(rate >= 0.0 && rate <= 1.0)) {
    throw_argument_error(op_, fmt::format("a dropout rate must lie in [0, 1], got {}", rate));
  }
}

template <Real T>
void DropoutMasks<T>::store(std::size_t count, const Shape& shape) {
  if (count == 0 || count > max_count) {
    throw_argument_error(op_, fmt::format("1 to 4 dropout masks are possible, got {}", count));
  }
  for (std::size_t i = 0; i < count; ++i) {
    masks_[i].resize(shape.size());
    views_[i] = {masks_[i].data(), shape};
  }
  variables_ = {};
  count_ = count;
}

template <Real T>
std::span<const TensorView<const T>> DropoutMasks<T>::get(const Shape& shape,
                                                          bool training,
                                                          std::size_t count,
                                                          Rng& rng) {
  if (!active() && !injected_) {
    return {};
  }
  if (count_ == 0) {
    store(count, shape);
    for (std::size_t i = 0; i < count; ++i) {
      if (training) {
        draw_dropout_mask(std::span<T>(masks_[i]), rate_, rng);
      } else {
        std::fill(masks_[i].begin(), masks_[i].end(), T{1});
      }
    }
  }
  if (views_[0].shape() != shape) {
    throw_unfit(fmt::format("the {} dropout mask {} does not fit {}",
                            origin(),
                            to_string(views_[0].shape()),
                            to_string(shape)));
  }
  return {views_.data(), count_};
}

template <Real T>
std::span<const Variable<T>> DropoutMasks<T>::on_tape(
    Tape<T>& tape, const Shape& shape, std::size_t needed, std::size_t drawn, Rng& rng) {
  const auto masks = get(shape, true, drawn, rng);
  if (masks.empty()) {
    return {};
  }
  if (masks.size() < needed) {
    throw_unfit(fmt::format("{} dropout masks are needed, {} {}", needed, masks.size(), origin()));
  }
  if (!tape.owns(variables_[0])) {
    for (std::size_t i = 0; i < needed; ++i) {
      variables_[i] = tape.constant(masks[i]);
    }
  }
  return {variables_.data(), needed};
}

template <Real T>
void DropoutMasks<T>::throw_unfit(const std::string& problem) const {
  throw_state_error(op_,
                    injected_
                        ? problem
                        : fmt::format("{}: call {}() before another batch", problem, reset_name_));
}

template <Real T>
void DropoutMasks<T>::reset() {
  if (!injected_) {
    count_ = 0;
    variables_ = {};
  }
}

template <Real T>
void DropoutMasks<T>::inject(std::span<const TensorView<const T>> masks) {
  for (const auto& mask : masks) {
    if (mask.shape() != masks[0].shape()) {
      throw_shape_error(
          op_, "dropout masks differ", {{"first", masks[0].shape()}, {"other", mask.shape()}});
    }
  }
  if (!masks.empty()) {
    store(masks.size(), masks[0].shape());
    for (std::size_t i = 0; i < masks.size(); ++i) {
      std::copy(masks[i].begin(), masks[i].end(), masks_[i].data());
    }
  }
  injected_ = !masks.empty();
  reset();
}

template class DropoutMasks<float>;
template class DropoutMasks<double>;

}  // namespace rondo

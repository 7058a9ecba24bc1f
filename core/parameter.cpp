#include "rondo/core/parameter.hpp"

#include <algorithm>
#include <utility>

#include "rondo/core/error.hpp"

namespace rondo {

template <Real T>
Parameter<T>::Parameter(std::string path, Tensor<T> value)
    : path_(std::move(path)),
      value_(std::move(value)),
      grad_(Tensor<T>::zeros(value_.shape())),
      shape_(value_.shape()) {}

template <Real T>
void Parameter<T>::assign(TensorView<const T> value) {
  if (value.shape() != shape_) {
    throw_shape_error("assign",
                      "parameter '" + path_ + "' has another shape",
                      {{"expected", shape_}, {"found", value.shape()}});
  }
  std::copy(value.begin(), value.end(), mutable_value().data());
}

template <Real T>
void Parameter<T>::zero_grad() {
  if (has_grad_) {
    std::fill_n(grad_.data(), shape_.size(), T{});
    has_grad_ = false;
  }
}

template class Parameter<float>;
template class Parameter<double>;

}  // namespace rondo

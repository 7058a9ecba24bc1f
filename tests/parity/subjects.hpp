/// The makers of subjects, one for each system. For subject.cpp only.
#pragma once

#include "rondo/tests/parity/subject.hpp"

namespace rondo::parity {

/// Keras 3, tf-keras with its v1 cells, and TF.js: the same layers under other names.
template <Real T>
std::unique_ptr<Subject<T>> make_keras_subject(const Json& test_case, UseFused path);

template <Real T>
std::unique_ptr<Subject<T>> make_torch_subject(const Json& options, UseFused path);

template <Real T>
std::unique_ptr<Subject<T>> make_onnx_subject(const Json& options, UseFused path);

}  // namespace rondo::parity

/// Variables by name for cells that share them: TensorFlow 1's variable scopes, but an object that
/// the user makes and keeps instead of a global.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "rondo/core/parameter.hpp"

namespace rondo {

/// Must outlive the cells that it is given to.
class VariableStore {
 public:
  /// Null if there is none of this path.
  template <Real T>
  [[nodiscard]] Parameter<T>* find(const std::string& path) {
    const auto found = variables<T>().find(path);
    return found == variables<T>().end() ? nullptr : found->second.get();
  }

  template <Real T>
  Parameter<T>& add(std::unique_ptr<Parameter<T>> variable) {
    const std::string path = variable->path();
    return *(variables<T>()[path] = std::move(variable));
  }

 private:
  template <Real T>
  using Variables = std::map<std::string, std::unique_ptr<Parameter<T>>>;

  template <Real T>
  Variables<T>& variables() {
    return std::get<Variables<T>>(variables_);
  }

  std::pair<Variables<float>, Variables<double>> variables_;
};

}  // namespace rondo

#include "rondo/layers/recurrent/stacked_cells.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "rondo/core/error.hpp"

namespace rondo {

template <Real T>
StackedRNNCells<T>::StackedRNNCells(std::vector<std::unique_ptr<Cell<T>>> cells) {
  if (cells.empty()) {
    throw_argument_error("StackedRNNCells", "there are no cells");
  }
  for (auto& cell : cells) {
    append(std::move(cell));
  }
}

template <Real T>
void StackedRNNCells<T>::append(std::unique_ptr<Cell<T>> cell) {
  if (cell == nullptr) {
    throw_argument_error("StackedRNNCells", "a cell is missing");
  }
  const std::vector<Shape> shapes = cell->state_shapes();
  state_shapes_.insert(state_shapes_.end(), shapes.begin(), shapes.end());
  num_states_.push_back(shapes.size());
  cells_.push_back(cell.get());
  this->add_child(std::move(cell));
}

template <Real T>
std::vector<Shape> StackedRNNCells<T>::state_shapes() const {
  return state_shapes_;
}

template <Real T>
Shape StackedRNNCells<T>::output_shape(const Shape& sample_shape) const {
  Shape shape = sample_shape;
  for (const Cell<T>* cell : cells_) {
    shape = cell->output_shape(shape);
  }
  return shape;
}

template <Real T>
void StackedRNNCells<T>::create_weights(const Shape& sample_shape) {
  Shape shape = sample_shape;
  for (Cell<T>* cell : cells_) {
    this->build_child(*cell, shape);
    shape = cell->output_shape(shape);
  }
}

template <Real T>
RecurrentOutput<T> StackedRNNCells<T>::step(const Variable<T>& inputs,
                                            std::span<const Variable<T>> states,
                                            const CallOptions<T>& options) {
  if (!this->built()) {
    this->prepare(inputs);
  }
  check_states<T>(this->path(), inputs.shape()[0], states, state_shapes_);
  const auto next = inputs.tape().template array<Variable<T>>(states.size());
  Variable<T> x = inputs;
  std::size_t first = 0;
  for (std::size_t k = 0; k < cells_.size(); ++k) {
    const RecurrentOutput<T> result =
        cells_[k]->step(x, states.subspan(first, num_states_[k]), options);
    std::copy(result.states.begin(), result.states.end(), next.begin() + first);
    first += num_states_[k];
    x = result.output;
  }
  return {x, next};
}

template <Real T>
void StackedRNNCells<T>::reset_masks() {
  for (Cell<T>* cell : cells_) {
    cell->reset_masks();
  }
}

template <Real T>
Config StackedRNNCells<T>::config() const {
  Config result = Layer<T>::config();
  Config& cells = result["config"]["cells"] = Config::array();
  for (const Cell<T>* cell : cells_) {
    cells.push_back(cell->config());
  }
  return result;
}

template <Real T>
std::unique_ptr<Layer<T>> StackedRNNCells<T>::clone() const {
  std::vector<std::unique_ptr<Cell<T>>> copies;
  for (const Cell<T>* cell : cells_) {
    copies.emplace_back(static_cast<Cell<T>*>(cell->clone().release()));
  }
  return std::make_unique<StackedRNNCells>(std::move(copies));
}

template class StackedRNNCells<float>;
template class StackedRNNCells<double>;

}  // namespace rondo

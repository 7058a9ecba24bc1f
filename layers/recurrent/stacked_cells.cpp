#include "rondo/layers/recurrent/stacked_cells.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "rondo/core/error.hpp"
#include "rondo/layers/recurrent/detail/profiles.hpp"

namespace rondo {

template <Real T>
StackedRNNCells<T>::StackedRNNCells(CellList<T> cells, StackedRNNCellsOptions options)
    : Cell<T>(options.name), options_(std::move(options)), first_state_(cells.cells.size()) {
  if (cells.cells.empty()) {
    throw_argument_error("StackedRNNCells", "there are no cells");
  }
  options_.reverse_state_order =
      options_.reverse_state_order.value_or(profile_of(options_.compat).reverse_state_order);
  for (auto& cell : cells.cells) {
    if (cell == nullptr) {
      throw_argument_error("StackedRNNCells", "a cell is missing");
    }
    num_states_.push_back(cell->state_shapes().size());
    cells_.push_back(cell.get());
    this->add_child(std::move(cell));
  }
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    const std::size_t k = reverse_state_order() ? cells_.size() - 1 - i : i;
    first_state_[k] = state_shapes_.size();
    const std::vector<Shape> shapes = cells_[k]->state_shapes();
    state_shapes_.insert(state_shapes_.end(), shapes.begin(), shapes.end());
  }
  if (!options_.trainable) {
    this->set_trainable(false);
  }
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
Variable<T> StackedRNNCells<T>::project(const Variable<T>& inputs, const CallOptions<T>& options) {
  if (!this->built()) {
    this->prepare(inputs);
  }
  const auto part = cells_[0]->scope(inputs.tape());
  return cells_[0]->project(inputs, options);
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
  CallOptions<T> own = options;
  for (std::size_t k = 0; k < cells_.size(); ++k) {
    const auto part = cells_[k]->scope(x.tape());
    own.initial_state = states.subspan(first_state_[k], num_states_[k]);
    const RecurrentOutput<T> result =
        k == 0 ? cells_[k]->step(x, own.initial_state, options) : cells_[k]->run(x, own);
    std::copy(result.states.begin(), result.states.end(), next.subspan(first_state_[k]).begin());
    x = result.output;
  }
  return {x, next};
}

template <Real T>
std::span<const Variable<T>> StackedRNNCells<T>::initial_states(Tape<T>& tape, std::size_t batch) {
  const auto states = tape.template array<Variable<T>>(state_shapes_.size());
  for (std::size_t k = 0; k < cells_.size(); ++k) {
    const auto part = cells_[k]->initial_states(tape, batch);
    std::copy(part.begin(), part.end(), states.subspan(first_state_[k]).begin());
  }
  return states;
}

template <Real T>
std::size_t StackedRNNCells<T>::output_state() const {
  return first_state_.back() + cells_.back()->output_state();
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
  result["config"]["reverse_state_order"] = reverse_state_order();
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
  StackedRNNCellsOptions options = options_;
  options.trainable = this->trainable();
  return std::make_unique<StackedRNNCells>(std::move(copies), std::move(options));
}

template class StackedRNNCells<float>;
template class StackedRNNCells<double>;

}  // namespace rondo

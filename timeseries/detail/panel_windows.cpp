#include "rondo/timeseries/detail/panel_windows.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace rondo::detail {

std::size_t rows_before(const ForecasterOptions& options) {
  return options.window + options.season;
}

PanelWindows::PanelWindows(std::span<const PreparedSeries> series,
                           std::vector<SeriesOrigins> origins,
                           const PanelColumns& columns,
                           const PanelScaling& scaling,
                           const ForecasterOptions& options)
    : series_(series),
      origins_(std::move(origins)),
      first_sample_{0},
      options_(options),
      num_targets_(columns.targets.size()),
      num_past_(columns.past.size()),
      num_known_(columns.known.size()),
      indicators_(scaling.indicators) {
  for (const SeriesOrigins& range : origins_) {
    first_sample_.push_back(first_sample_.back() + range.last - range.first);
  }
  const std::size_t of_targets =
      1 + (indicators_ ? 1 : 0) + (options.season > 1 ? std::size_t{1} : 0);
  layout_.inputs = {options.window, num_targets_ * of_targets + num_past_ + num_known_};
  layout_.targets = {options.horizon, num_targets_};
  const std::size_t beside = options.horizon * num_known_ + columns.statics.size();
  if (beside > 0) {
    layout_.extra_inputs = {{beside}};
  }
}

PanelWindows::Place PanelWindows::place_of(std::size_t index) const {
  const auto behind = std::upper_bound(first_sample_.begin(), first_sample_.end(), index);
  const auto part = static_cast<std::size_t>(behind - first_sample_.begin()) - 1;
  return {origins_[part].series, origins_[part].first + index - first_sample_[part]};
}

double PanelWindows::reference(const Place& place, std::size_t step, std::size_t target) const {
  const auto at = [&](std::size_t row) {
    return series_[place.series].targets[row * num_targets_ + target];
  };
  if (options_.season > 0) {
    return at(place.origin - options_.season + step % options_.season);
  }
  return options_.difference ? at(place.origin - 1) : 0.0;
}

void PanelWindows::copy_row(const PreparedSeries& series,
                            std::size_t row,
                            std::size_t origin,
                            float* out) const {
  const auto at = [&](std::size_t r, std::size_t c) {
    return series.targets[r * num_targets_ + c];
  };
  const bool level_free = options_.difference || options_.season > 0;
  for (std::size_t c = 0; c < num_targets_; ++c) {
    *out++ = static_cast<float>(at(row, c) - (level_free ? at(origin - 1, c) : 0.0));
    if (options_.season > 1) {
      *out++ = static_cast<float>(at(row, c) - at(row - options_.season, c));
    }
    if (indicators_) {
      *out++ = series.observed[row * num_targets_ + c] ? 0.0F : 1.0F;
    }
  }
  out = std::copy_n(&series.past[row * num_past_], num_past_, out);
  std::copy_n(&series.known[row * num_known_], num_known_, out);
}

void PanelWindows::copy_sample(std::size_t index, const SampleSlot<float>& slot) const {
  const Place place = place_of(index);
  const PreparedSeries& series = series_[place.series];
  const std::size_t first = place.origin - options_.window;
  for (std::size_t i = 0; i < options_.window; ++i) {
    copy_row(series, first + i, place.origin, &slot.inputs()[i * layout_.inputs[1]]);
  }
  float* target = slot.targets().data();
  for (std::size_t h = 0; h < options_.horizon; ++h) {
    for (std::size_t c = 0; c < num_targets_; ++c) {
      const std::size_t i = (place.origin + h) * num_targets_ + c;
      const bool is_known = place.origin + h < series.rows && series.observed[i];
      *target++ = is_known ? static_cast<float>(series.targets[i] - reference(place, h, c))
                           : std::numeric_limits<float>::quiet_NaN();
    }
  }
  if (!layout_.extra_inputs.empty()) {
    float* beside = slot.extra_input(0).data();
    beside = std::copy_n(
        &series.known[place.origin * num_known_], options_.horizon * num_known_, beside);
    std::copy(series.statics.begin(), series.statics.end(), beside);
  }
}

}  // namespace rondo::detail

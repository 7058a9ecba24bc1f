/// Draws the history of a run as SVG, with the program gnuplot.
#pragma once

#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "rondo/optim/callback.hpp"

namespace rondo {

struct HistoryPlotOptions {
  std::filesystem::path path = {};
  /// Which values; none: `loss` and, with validation, `val_loss`.
  std::vector<std::string> names = {};
  /// Draw after every so many epochs, and in any case at the end; 0: only at the end.
  std::size_t freq = 0;
  /// Gets the message that nothing can be drawn, because gnuplot is missing or fails; stays open.
  std::FILE* out = stderr;
};

/// A plot that cannot be drawn is reported in a line; training goes on. Epochs count from 1.
template <Real T = float>
class HistoryPlot : public Callback<T> {
 public:
  /// @throws ArgumentError if there is no path
  explicit HistoryPlot(HistoryPlotOptions options);  // is an option misspelt?

  void on_train_begin(Trainer<T>& trainer) override;

  /// @throws ArgumentError for an unknown name; the text lists the known ones
  void after_epoch(Trainer<T>& trainer) override;
  void on_train_end(Trainer<T>& trainer, const Logs& logs) override;

  [[nodiscard]] bool only_writes() const override { return true; }

 private:
  void draw(const History& history);

  HistoryPlotOptions options_;
  bool told_ = false;  // that nothing can be drawn
};

}  // namespace rondo

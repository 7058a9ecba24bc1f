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
  /// Where the absence of gnuplot is told; stays open.
  std::FILE* out = stderr;
};

template <Real T = float>
class HistoryPlot : public Callback<T> {
 public:
  /// @throws ArgumentError if there is no path
  explicit HistoryPlot(HistoryPlotOptions options);

  /// @throws ArgumentError for an unknown name; the text lists the known ones
  /// @throws FormatError   if the file cannot be written
  void after_epoch(Trainer<T>& trainer) override;
  void on_train_end(Trainer<T>& trainer, const Logs& logs) override;

 private:
  void draw(const History& history);

  HistoryPlotOptions options_;
  bool missing_ = false;  // gnuplot, which was told
};

}  // namespace rondo

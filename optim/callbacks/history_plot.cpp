#include "rondo/optim/callbacks/history_plot.hpp"

#include <algorithm>
#include <utility>

#include "rondo/core/error.hpp"
#include "rondo/formats/plot.hpp"
#include "rondo/optim/detail/tell.hpp"
#include "rondo/optim/trainer.hpp"

namespace rondo {

namespace {

std::vector<std::string> losses(const History& history) {
  std::vector<std::string> names = history.names();
  std::erase_if(names, [](const auto& name) { return name != "loss" && name != "val_loss"; });
  return names;
}

}  // namespace

template <Real T>
HistoryPlot<T>::HistoryPlot(HistoryPlotOptions options) : options_(std::move(options)) {
  if (options_.path.empty()) {
    throw_argument_error("HistoryPlot", "path is empty");
  }
}

template <Real T>
void HistoryPlot<T>::on_train_begin(Trainer<T>&) {
  told_ = false;
}

template <Real T>
void HistoryPlot<T>::after_epoch(Trainer<T>& trainer) {
  const std::size_t epochs = trainer.history().epochs().size();
  if (epochs == 1) {
    for (const std::string& name : options_.names) {
      static_cast<void>(trainer.history().values(name));  // an unknown name is reported at once
    }
  }
  if (options_.freq > 0 && epochs % options_.freq == 0) {
    draw(trainer.history());
  }
}

template <Real T>
void HistoryPlot<T>::on_train_end(Trainer<T>& trainer, const Logs&) {
  if (!trainer.history().epochs().empty()) {
    draw(trainer.history());
  }
}

template <Real T>
void HistoryPlot<T>::draw(const History& history) {
  std::vector<PlotCurve> curves;
  for (const std::string& name : options_.names.empty() ? losses(history) : options_.names) {
    PlotCurve curve{.title = name, .x = {}, .y = history.values(name)};
    for (const std::size_t epoch : history.epochs()) {
      curve.x.push_back(static_cast<double>(epoch + 1));
    }
    curves.push_back(std::move(curve));
  }
  detail::write_aside(options_.out, told_, [&] {
    if (!plot_svg(options_.path.string(), curves, {.title = "Training", .x_label = "epoch"}) &&
        !std::exchange(told_, true)) {
      detail::tell(options_.out,
                   "[HistoryPlot] {} is not drawn: the program gnuplot is missing\n",
                   options_.path.string());
    }
  });
}

template class HistoryPlot<float>;
template class HistoryPlot<double>;

}  // namespace rondo

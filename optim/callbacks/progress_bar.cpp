#include "rondo/optim/callbacks/progress_bar.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>
#include <stdio.h>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "rondo/optim/trainer.hpp"

namespace rondo {

namespace {

constexpr double redraw_after = 0.1;  // seconds
constexpr std::size_t bar_width = 24;

/// Lives on the stack: a step of training must not touch the heap.
using Line = fmt::memory_buffer;

template <class... Args>
void append(Line& line, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(line), format, std::forward<Args>(args)...);
}

double steady_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

void append_bar(Line& line, std::size_t done, std::size_t all) {
  const std::size_t full = bar_width * done / all;
  for (std::size_t i = 0; i < bar_width; ++i) {
    line.push_back(i < full ? '=' : i == full ? '>' : ' ');
  }
}

/// `0:07`, `12:34`, `1:02:03`
void append_time(Line& line, double seconds) {
  const auto s = std::llround(seconds);
  if (s >= 3600) {
    append(line, "{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
  } else {
    append(line, "{}:{:02}", s / 60, s % 60);
  }
}

void append_rate(Line& line, double samples_per_second) {
  append(line, ", {:.{}f} samples/s", samples_per_second, samples_per_second < 10.0 ? 2 : 0);
}

void append_values(Line& line, const Logs& logs) {
  for (const Logs::Entry& entry : logs.entries()) {
    append(line, ", {} {:.4g}", entry.name, entry.value);
  }
}

/// Over what stands on the line; `width` is that one's before and this one's after.
void overwrite(std::FILE* out, Line& line, std::size_t& width, char end) {
  const std::size_t size = line.size();
  for (std::size_t i = size; i < width; ++i) {
    line.push_back(' ');
  }
  if (end == '\n') {
    line.push_back(end);
  }
  width = end == '\n' ? 0 : size;
  std::fwrite(line.data(), 1, line.size(), out);
  std::fflush(out);
}

}  // namespace

template <Real T>
ProgressBar<T>::ProgressBar(ProgressBarOptions options) : options_(std::move(options)) {
  if (!options_.terminal) {
    options_.terminal = isatty(fileno(options_.out)) != 0;
  }
  if (!options_.clock) {
    options_.clock = steady_seconds;
  }
}

template <Real T>
void ProgressBar<T>::on_epoch_begin(Trainer<T>& trainer, std::size_t epoch) {
  on_epoch_resumed(trainer, epoch, 0);
}

template <Real T>
void ProgressBar<T>::on_epoch_resumed(Trainer<T>&, std::size_t epoch, std::size_t batches) {
  epoch_ = epoch;
  batches_ = before_ = batches;
  begin_ = trained_ = drawn_ = options_.clock();
}

template <Real T>
double ProgressBar<T>::samples_per_second(Trainer<T>& trainer) const {
  const FitPlan& plan = trainer.plan();
  const std::size_t samples =
      std::min(plan.samples, batches_ * plan.batch_size) - before_ * plan.batch_size;
  return static_cast<double>(samples) / std::max(trained_ - begin_, 1e-9);
}

template <Real T>
void ProgressBar<T>::on_train_batch_end(Trainer<T>& trainer, std::size_t batch, const Logs& logs) {
  trained_ = options_.clock();
  batches_ = batch + 1;
  if (!*options_.terminal || trained_ - drawn_ < redraw_after) {
    return;
  }
  drawn_ = trained_;
  const FitPlan& plan = trainer.plan();
  const double per_batch = (trained_ - begin_) / static_cast<double>(batches_ - before_);
  Line line;
  append(line, "\rEpoch {}/{} [", epoch_ + 1, plan.epochs);
  append_bar(line, batches_, plan.batches);
  append(line, "] {}/{}", batches_, plan.batches);
  append_rate(line, samples_per_second(trainer));
  append(line, ", ");
  append_time(line, per_batch * static_cast<double>(plan.batches - batches_));
  append(line, " left");
  append_values(line, logs);
  overwrite(options_.out, line, width_, '\r');
}

template <Real T>
void ProgressBar<T>::on_epoch_end(Trainer<T>& trainer, std::size_t, Logs& logs) {
  Line line;
  append(line,
         "{}Epoch {}/{}: {} batches in {:.1f} s",
         *options_.terminal ? "\r" : "",
         epoch_ + 1,
         trainer.plan().epochs,
         batches_,
         options_.clock() - begin_);
  append_rate(line, samples_per_second(trainer));
  append_values(line, logs);
  overwrite(options_.out, line, width_, '\n');
}

template class ProgressBar<float>;
template class ProgressBar<double>;

}  // namespace rondo

#include "rondo/optim/callbacks/progress_bar.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>
#include <limits>
#include <stdio.h>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "rondo/optim/trainer.hpp"

namespace rondo {

namespace {

constexpr double redraw_after = 0.1;  // seconds
constexpr std::size_t longest_bar = 24;
constexpr std::size_t shortest_bar = 5;

/// Lives on the stack: a step of training must not touch the heap.
using Line = fmt::memory_buffer;

template <class... Args>
void append(Line& line, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(line), format, std::forward<Args>(args)...);
}

double steady_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

void append_bar(Line& line, std::size_t width, std::size_t done, std::size_t all) {
  const std::size_t full = width * done / all;
  line.push_back('[');
  for (std::size_t i = 0; i < width; ++i) {
    line.push_back(i < full ? '=' : i == full ? '>' : ' ');
  }
  append(line, "] ");
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

/// On a terminal, where some characters take two columns.
std::size_t columns(const Line& line) {
  const std::size_t enough = 2 * line.size();
  return enough + line.size() -
         fmt::formatted_size("{:{}}", std::string_view(line.data(), line.size()), enough);
}

constexpr std::size_t no_end = std::numeric_limits<std::size_t>::max();

/// As many as there is room for: part of a number would be another one.
void append_values(Line& line, const Logs& logs, std::size_t room) {
  for (const Logs::Entry& entry : logs.entries()) {
    const std::size_t before = line.size();
    append(line, ", {} {:.4g}", entry.name, entry.value);
    if (columns(line) > room) {
      line.resize(before);
      return;
    }
  }
}

/// Takes whole characters away from the end.
void cut(Line& line, std::size_t room) {
  while (columns(line) > room) {
    std::size_t size = line.size() - 1;
    while (size > 0 && (static_cast<unsigned char>(line[size]) & 0xC0U) == 0x80U) {
      --size;
    }
    line.resize(size);
  }
}

/// The first of ever shorter lines that fits, or what there is room for of the last one.
template <class Compose>
void fit(Line& line, std::size_t room, int variants, Compose compose) {
  for (int i = 0; i < variants; ++i) {
    line.clear();
    compose(i);
    if (columns(line) <= room) {
      return;
    }
  }
  cut(line, room);
}

/// Over the text of the line; `width` is that one's before and this one's after.
void overwrite(std::FILE* out, const Line& line, std::size_t room, std::size_t& width, bool ends) {
  Line all;
  const std::size_t own = columns(line);
  append(all, "\r{}", std::string_view(line.data(), line.size()));
  for (std::size_t i = own; i < std::min(width, room); ++i) {
    all.push_back(' ');
  }
  if (ends) {
    all.push_back('\n');
  }
  width = ends ? 0 : own;
  const std::size_t begin = room == no_end ? 1 : 0;  // no terminal
  std::fwrite(all.data() + begin, 1, all.size() - begin, out);
  std::fflush(out);
}

std::size_t columns_of(std::FILE* out) {
  constexpr std::size_t usual = 80;
  winsize size{};
  const bool known = ::ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : usual;
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

/// Without the last column: some terminals begin a new line when it is filled.
template <Real T>
std::size_t ProgressBar<T>::room() const {
  const std::size_t width = options_.width ? options_.width() : columns_of(options_.out);
  return std::max<std::size_t>(width, 2) - 1;
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
  const std::size_t width = room();
  Line line;
  const auto compose = [&](std::size_t bar, int left_out) {
    line.clear();
    append(line, "Epoch {}/{} ", epoch_ + 1, plan.epochs);
    if (bar > 0) {
      append_bar(line, bar, batches_, plan.batches);
    }
    append(line, "{}/{}", batches_, plan.batches);
    if (left_out < 1) {
      append_rate(line, samples_per_second(trainer));
    }
    if (left_out < 3) {
      append(line, ", ");
      append_time(line, per_batch * static_cast<double>(plan.batches - batches_));
      append(line, " left");
    }
    append_values(line, logs, left_out < 3 ? no_end : width);
  };
  fit(line, width, 4, [&](int left_out) {  // the rate, the bar, then time and values
    compose(left_out < 2 ? shortest_bar : 0, left_out);
    if (const std::size_t used = columns(line); left_out < 2 && used < width) {
      compose(std::min(longest_bar, shortest_bar + width - used), left_out);
    }
  });
  overwrite(options_.out, line, width, width_, false);
}

template <Real T>
void ProgressBar<T>::on_epoch_end(Trainer<T>& trainer, std::size_t, Logs& logs) {
  const std::size_t width = *options_.terminal ? room() : no_end;
  const double seconds = options_.clock() - begin_;
  Line line;
  fit(line, width, 3, [&](int left_out) {  // the rate, then the time and values
    append(line, "Epoch {}/{}", epoch_ + 1, trainer.plan().epochs);
    if (left_out < 2) {
      append(line, ": {} batches in {:.1f} s", batches_, seconds);
    }
    if (left_out < 1) {
      append_rate(line, samples_per_second(trainer));
    }
    append_values(line, logs, left_out < 2 ? no_end : width);
  });
  overwrite(options_.out, line, width, width_, true);
}

template class ProgressBar<float>;
template class ProgressBar<double>;

}  // namespace rondo

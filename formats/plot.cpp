#include "rondo/formats/plot.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <spawn.h>
#include <string_view>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

#include "rondo/core/detail/utf8.hpp"
#include "rondo/core/error.hpp"
#include "rondo/formats/replace_file.hpp"

// gnuplot executes commands: an output that begins with `|` and text in back-ticks go to a shell.
// So no path and no title is part of its script as it is: the picture comes from its standard
// output, and a title is nothing but octal numbers.

namespace rondo {

namespace {

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

/// Files without a name. A pipe to gnuplot and one from it could wait for one another.
using Unnamed = std::unique_ptr<std::FILE, Close>;

[[noreturn]] void fail(const std::string& path, const std::string& problem) {
  throw_format_error("plot", fmt::format("{} cannot be drawn: {}", path, problem));
}

std::string message(int error) {
  return std::generic_category().message(error);
}

/// A title as gnuplot reads it: every byte in octal. What a picture cannot show is a blank.
std::string in_octal(std::string_view text) {
  std::string result = "\"";
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const bool shown = length > 1 || (length == 1 && text[0] >= ' ' && text[0] != '\x7f');
    for (const char c : shown ? text.substr(0, length) : " ") {
      fmt::format_to(std::back_inserter(result),
                     "\\{:03o}",
                     static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return result + '"';
}

std::string script(const std::vector<PlotCurve>& curves, const PlotOptions& options) {
  std::string text = fmt::format(
      "set encoding utf8\n"
      "set terminal svg size 1000,450 background rgb 'white' noenhanced\n"
      "set title {}\nset xlabel {}\nset ylabel {}\nset grid\nset key top left\n",
      in_octal(options.title),
      in_octal(options.x_label),
      in_octal(options.y_label));
  auto out = std::back_inserter(text);
  for (std::size_t k = 0; k < curves.size(); ++k) {
    fmt::format_to(
        out, "{} '-' with lines lw 1.5 title {}", k == 0 ? "plot" : ",", in_octal(curves[k].title));
  }
  text += '\n';
  for (const PlotCurve& curve : curves) {
    for (std::size_t i = 0; i < curve.x.size(); ++i) {
      fmt::format_to(out, "{} {}\n", curve.x[i], curve.y[i]);
    }
    text += "e\n";
  }
  return text;
}

Unnamed unnamed_file(const std::string& path) {
  Unnamed file(std::tmpfile());
  if (file == nullptr) {
    fail(path, message(errno));
  }
  return file;
}

/// What a program wrote to the file.
std::string content(std::FILE* file) {
  std::string text;
  std::array<char, 1 << 16> part;
  std::rewind(file);
  while (const std::size_t size = std::fread(part.data(), 1, part.size(), file)) {
    text.append(part.data(), size);
  }
  return text;
}

/// Starts gnuplot without the user's settings, which may be commands of any kind.
/// @return its process, or nothing if it is not installed
std::optional<pid_t> start_gnuplot(const std::string& path, std::FILE* in, std::FILE* out) {
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, fileno(in), STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, fileno(out), STDOUT_FILENO);
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  std::string name = "gnuplot";
  std::string defaults = "-d";
  const std::array<char*, 3> arguments{name.data(), defaults.data(), nullptr};
  pid_t process = 0;
  const int error =
      ::posix_spawnp(&process, name.c_str(), &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error == ENOENT) {
    return std::nullopt;
  }
  if (error != 0) {
    fail(path, "gnuplot cannot be started: " + message(error));
  }
  return process;
}

void wait_for(const std::string& path, pid_t process) {
  int status = 0;
  while (::waitpid(process, &status, 0) < 0) {
    if (errno != EINTR) {
      fail(path, "gnuplot cannot be waited for: " + message(errno));
    }
  }
  if (WIFSIGNALED(status)) {
    fail(path, fmt::format("gnuplot was ended by signal {}", WTERMSIG(status)));
  }
  if (WEXITSTATUS(status) != 0) {
    fail(path, fmt::format("gnuplot failed with status {}", WEXITSTATUS(status)));
  }
}

}  // namespace

bool plot_svg(const std::string& path,
              const std::vector<PlotCurve>& curves,
              const PlotOptions& options) {
  const Unnamed in = unnamed_file(path);
  const Unnamed out = unnamed_file(path);
  const std::string text = script(curves, options);
  if (std::fwrite(text.data(), 1, text.size(), in.get()) != text.size() ||
      std::fflush(in.get()) != 0) {
    fail(path, message(errno));
  }
  std::rewind(in.get());
  const auto process = start_gnuplot(path, in.get(), out.get());
  if (!process) {
    return false;
  }
  wait_for(path, *process);
  const std::string picture = content(out.get());
  // gnuplot ends with status 0 on a full disk too.
  if (picture.find("<svg") == picture.npos || picture.find("</svg>") == picture.npos) {
    fail(path, "gnuplot wrote no whole picture");
  }
  const std::array parts{std::as_bytes(std::span(picture))};
  replace_file("plot", path, parts);
  return true;
}

}  // namespace rondo

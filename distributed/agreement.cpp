#include "rondo/distributed/agreement.hpp"

#include <algorithm>
#include <span>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/core/machine.hpp"

namespace rondo {

namespace {

constexpr char separator = '\0';

std::string written(const RankFacts& facts) {
  std::string text;
  for (const auto& [name, value] : facts) {
    text += name + separator + value + separator;
  }
  return text;
}

RankFacts read(const std::string& text) {
  RankFacts facts;
  std::size_t begin = 0;
  const auto next = [&] {
    const std::size_t end = text.find(separator, begin);
    std::string part = text.substr(begin, end - begin);
    begin = end + 1;
    return part;
  };
  while (begin < text.size()) {
    std::string name = next();
    facts.emplace_back(std::move(name), next());
  }
  return facts;
}

/// A value that two long texts do not share, cut to what a line can hold.
std::string brief(const std::string& value, std::size_t from) {
  constexpr std::size_t most = 60;
  const std::size_t begin = from > most / 2 ? from - most / 2 : 0;
  std::string text = value.substr(begin, most);
  if (begin > 0) {
    text = "…" + text;
  }
  return begin + most < value.size() ? text + "…" : text;
}

std::string difference(const RankFacts& there, const RankFacts& here) {
  const auto [a, b] = std::mismatch(there.begin(), there.end(), here.begin(), here.end());
  if (a == there.end() && b == here.end()) {
    return {};
  }
  if (a == there.end() || b == here.end() || a->first != b->first) {
    return fmt::format("has {}, rank 0 has {}",
                       b == here.end() ? "no more options" : b->first,
                       a == there.end() ? "no more options" : a->first);
  }
  const auto first =
      std::mismatch(a->second.begin(), a->second.end(), b->second.begin(), b->second.end());
  const auto place = static_cast<std::size_t>(first.first - a->second.begin());
  return fmt::format(
      "has {} {}, rank 0 has {}", a->first, brief(b->second, place), brief(a->second, place));
}

}  // namespace

bool detail::share_problem(Communicator& ranks, const std::string& problem) {
  const std::vector<std::string> problems = ranks.gather(problem);
  const auto failed =
      std::find_if(problems.begin(), problems.end(), [](const auto& p) { return !p.empty(); });
  if (failed == problems.end()) {
    return false;
  }
  if (std::all_of(problems.begin(), problems.end(), [&](const auto& p) { return p == *failed; })) {
    return true;
  }
  throw_state_error(
      "ranks", fmt::format("rank {} of {}: {}", failed - problems.begin(), ranks.size(), *failed));
}

void check_same(Communicator& ranks, const RankFacts& facts, const std::string& remedy) {
  std::string first = written(facts);
  std::size_t length = first.size();
  ranks.broadcast(std::span<std::size_t>(&length, 1), 0);
  first.resize(length);
  ranks.broadcast(std::span<char>(first), 0);
  const std::vector<std::string> differences = ranks.gather(difference(read(first), facts));
  for (std::size_t rank = 0; rank < differences.size(); ++rank) {
    if (!differences[rank].empty()) {
      throw_state_error(
          "ranks",
          fmt::format("rank {} of {} {}: {}", rank, ranks.size(), differences[rank], remedy));
    }
  }
}

std::string build_name() {
  return fmt::format("rondo {}, compiler {}, {}", RONDO_VERSION, __VERSION__, machine_name());
}

}  // namespace rondo

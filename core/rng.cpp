#include "rondo/core/rng.hpp"

#include <cmath>
#include <cstdio>
#include <locale>
#include <sstream>
#include <utility>

#include "rondo/core/error.hpp"

namespace rondo {

namespace {

/// libstdc++ ends a state with the position in it and does not check what it reads there.
/// @param state  as `Rng::state` writes it
bool position_is_valid([[maybe_unused]] const std::string& state) {
#if defined(__GLIBCXX__)
  return std::stoull(state.substr(state.rfind(' '))) <= std::mt19937_64::state_size;
#else
  return true;
#endif
}

}  // namespace

Rng::Rng(std::uint64_t seed) : seed_(seed), engine_(seed) {}

Rng Rng::derive(std::string_view name) const {
  // FNV-1a over the name, then the finaliser of SplitMix64 to spread the bits.
  std::uint64_t hash = 0xcbf29ce484222325ULL ^ seed_;
  for (const char c : name) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  }
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9ULL;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebULL;
  return Rng(hash ^ (hash >> 31));
}

std::uint64_t Rng::below(std::uint64_t n) {
  const std::uint64_t rejected = (0 - n) % n;  // 2^64 mod n
  for (;;) {
    const std::uint64_t value = next();
    if (value >= rejected) {
      return value % n;
    }
  }
}

double Rng::normal() {
  for (;;) {
    const double u = uniform(-1.0, 1.0);
    const double v = uniform(-1.0, 1.0);
    const double s = u * u + v * v;
    if (s > 0.0 && s < 1.0) {
      return u * std::sqrt(-2.0 * std::log(s) / s);
    }
  }
}

double Rng::truncated_normal() {
  for (;;) {
    const double value = normal();
    if (std::abs(value) <= 2.0) {
      return value;
    }
  }
}

void Rng::shuffle(std::span<std::size_t> values) {
  for (std::size_t i = values.size(); i > 1; --i) {
    std::swap(values[i - 1], values[below(i)]);
  }
}

std::string Rng::state() const {
  std::ostringstream out;
  out.imbue(std::locale::classic());
  out << seed_ << ' ' << engine_;
  return out.str();
}

void Rng::set_state(const std::string& state) {
  std::istringstream in(state);
  in.imbue(std::locale::classic());
  Rng restored;
  const bool complete = in >> restored.seed_ >> restored.engine_ && in.peek() == EOF;
  if (!complete || restored.state() != state || !position_is_valid(state)) {
    throw_format_error("rng", "the text is not the state of a generator");
  }
  *this = restored;
}

}  // namespace rondo

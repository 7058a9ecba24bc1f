// Stands for npz_libzip.cpp where there is no libzip.
#include "rondo/core/error.hpp"
#include "rondo/formats/npy.hpp"

namespace rondo {

namespace {

[[noreturn]] void refuse() {
  throw_state_error("npz", "this build has no .npz files: libzip was not found");
}

}  // namespace

bool npz_available() {
  return false;
}

NpzFile NpzFile::open(const std::filesystem::path&) {
  refuse();
}

NpyArray NpzFile::read(const std::string&, std::size_t) {
  refuse();
}

NpzArrays read_npz(const std::filesystem::path&, std::size_t) {
  refuse();
}

void write_npz(const std::filesystem::path&, const NpzArrays&, const NpzOptions&) {
  refuse();
}

}  // namespace rondo

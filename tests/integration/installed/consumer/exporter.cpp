// A model leaves as C source, with the library for other systems.
#include <filesystem>
#include <rondo/rondo.hpp>

int main() {
  using namespace rondo;
  Sequential model{Input{{.shape = {4, 1}}}, GRU{{.units = 2}}, Dense{{.units = 1}}};
  model.build_from_declared(1);
  write_model(model, "exported.c");
  return std::filesystem::file_size("exported.c") > 0 ? 0 : 1;
}

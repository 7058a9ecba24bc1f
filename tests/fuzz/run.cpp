// The description of a run: read, completed, printed, read again.
#include "rondo/apps/run_description.hpp"
#include "rondo/tests/fuzz/common.hpp"

using namespace rondo;
using namespace rondo::apps;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::accepted([&] {
    RunDescription run;
    read_json(std::string(fuzz::Input(data, size).all()), "run.json", run);
    const RunDescription full = completed(run);
    const std::string text = to_json(full, 2);
    RunDescription again;
    read_json(text, "again", again);
    fuzz::require(to_json(again, 2) == text, "another run comes back");
    fuzz::require(difference(again, full).empty(), "a run differs from itself");
  });
  return 0;
}

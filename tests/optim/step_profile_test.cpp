#include "rondo/optim/callbacks/step_profile.hpp"

#include "rondo/tests/optim/callback_run.hpp"

namespace step_profile_test {

using namespace rondo;

BOOST_AUTO_TEST_SUITE(optim_step_profile)

// The second batch of the first epoch, and no other.
BOOST_AUTO_TEST_CASE(one_step_is_measured) {
  test::CallbackRun run;
  std::FILE* const out = std::tmpfile();
  run.trainer.add(StepProfile<float>({.batch = 1, .out = out}));
  run.fit({.epochs = 2, .batch_size = 2});
  std::rewind(out);
  std::string text(3000, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), out));
  std::fclose(out);
  BOOST_TEST(text.starts_with("Step 2 of epoch 1:\nop "));
  BOOST_TEST(text.find("Step", 1) == text.npos);
  for (const char* const part : {"\naffine ", "\ntotal ", "\ndense/kernel ", "\ndense/bias "}) {
    BOOST_TEST(text.find(part) != text.npos, part);
  }
  BOOST_TEST(run.trainer.tape().costs().empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace step_profile_test

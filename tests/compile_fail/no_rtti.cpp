// expect: compile without -fno-rtti
// flags: -fno-rtti
#include "rondo/core/real.hpp"

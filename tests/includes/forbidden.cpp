#include "ledger/base/bytes.hpp"  // allowed
#include "ledger/merkle/tree.hpp" // not seen from here: this file does not compile

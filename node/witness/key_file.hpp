#pragma once

#include "ledger/merkle/cosignature.hpp"

#include <string>
#include <string_view>

namespace handprint::witness {

/// Makes a new key and writes it to a file that did not exist and that only its owner can read.
[[nodiscard]] Result<merkle::VerifierKey>
make_key_file(const std::string& path, std::string_view name);

/// Failure also if others than the owner can read the file.
[[nodiscard]] Result<merkle::Cosigner> load_key_file(const std::string& path);

} // namespace handprint::witness

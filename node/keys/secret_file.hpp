#pragma once

#include "ledger/base/crypto.hpp"

#include <string>

namespace handprint::keys {

/// A key of fresh randomness.
[[nodiscard]] KeyPair new_key();

/// Overwrites a secret that is not needed any more.
void wipe(std::string& text);

/// Writes a file that did not exist, mode 0600, and waits until it is on disk. Wipes `text`.
[[nodiscard]] Result<void> write_secret_file(const std::string& path, std::string& text);
/// The same in the place of a file that may be there; it is one or the other at any moment.
[[nodiscard]] Result<void> replace_secret_file(const std::string& path, std::string& text);

/// The one line in the file, without its end; who asked wipes it. Failure also if others than the
/// owner can read the file.
[[nodiscard]] Result<std::string> read_secret_line(const std::string& path);

} // namespace handprint::keys

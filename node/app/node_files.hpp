#pragma once

// The data directory of a node:
//   ledger.db        the tables          policy           tlog-policy of the log
//   keys/log.key     note signer         keys/clock.key   keys/promise.key   32-byte seeds in hex
//   keys/data.key    seals private data  log/             published tiles and checkpoint
//   policies/        policies of the log's former keys
//   lock             held by the process that writes here

#include "ledger/base/crypto.hpp"
#include "ledger/base/result.hpp"
#include "ledger/merkle/note.hpp"
#include "node/pipeline/vault.hpp"

#include <string>
#include <utility>

namespace handprint::app {

struct NodeKeys {
    merkle::NoteSigner log;
    KeyPair clock;
    KeyPair promise;
    pipeline::DataKey data;
};

class NodeFiles {
public:
    explicit NodeFiles(std::string dir) : dir_(std::move(dir)) {}

    [[nodiscard]] const std::string& dir() const { return dir_; }

    [[nodiscard]] std::string database() const { return dir_ + "/ledger.db"; }

    [[nodiscard]] std::string log() const { return dir_ + "/log"; }

    [[nodiscard]] std::string policy() const { return dir_ + "/policy"; }

    [[nodiscard]] std::string policies() const { return dir_ + "/policies"; }

    /// The policy of the time of a former log key.
    [[nodiscard]] std::string archived_policy(std::uint32_t key_id) const;

    [[nodiscard]] std::string key(const char* name) const {
        return dir_ + "/keys/" + name + ".key";
    }

    /// New keys, in files that only the owner reads. Failure if there are some already.
    [[nodiscard]] Result<NodeKeys> make_keys(const std::string& origin) const;
    [[nodiscard]] Result<NodeKeys> load_keys() const;

    /// The key that will follow the log's present one; made if there is none yet.
    [[nodiscard]] Result<merkle::NoteSigner> next_log_key(const merkle::NoteSigner& present) const;
    /// Puts it in the place of the log's key, durably.
    [[nodiscard]] Result<void> take_next_log_key(const merkle::NoteSigner& next) const;

private:
    Result<void> remove_next_log_key() const;

    std::string dir_;
};

void fill_random(std::span<std::uint8_t> out);
[[nodiscard]] market::Int wall_clock_ms();

/// A text file that appears whole and is durable; `secret` files are for the owner alone.
[[nodiscard]] Result<void> write_text(const std::string& path, std::string_view text, bool secret);
[[nodiscard]] Result<std::string> read_text(const std::string& path, std::size_t most = SIZE_MAX);

} // namespace handprint::app

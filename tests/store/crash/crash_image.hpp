#pragma once

// From a recording, the disks that a power failure could leave. What was synced is there. Of what
// was not, any part may be: whole writes, sectors of writes, names in the directory, each or none.

#include "tests/store/crash/recorder.hpp"

#include <map>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace handprint::store::crash {

/// What became of the writes that were not synced.
enum class Fate : std::uint8_t {
    lost,
    kept,
    each_by_coin,
    sectors_by_coin,
    first_few, // in order, the last one torn
};

struct Chance {
    Fate writes = Fate::lost;
    Fate names = Fate::lost; // lost, kept or each_by_coin
    std::size_t sector = 512;
    std::uint64_t seed = 0;
};

/// Files by name.
using Image = std::map<std::string, Bytes>;

class Disk {
public:
    void apply(const Event& event);
    [[nodiscard]] Image crash(const Chance& chance) const;

private:
    struct File {
        Bytes durable;
        std::vector<const Event*> pending; // of a log that outlives the disk
    };

    std::map<int, File> files_;
    std::map<std::string, int> durable_names_;
    std::vector<const Event*> pending_names_;
};

void write_image(const Image& image, const std::string& directory);

} // namespace handprint::store::crash

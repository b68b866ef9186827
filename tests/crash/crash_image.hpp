#pragma once

// From a recording, the disks that a power failure could leave. What was synced is there. Of what
// was not, any part may be: whole writes, sectors of writes, names in the directory, each or none.

#include "tests/crash/recorder.hpp"

#include <filesystem>
#include <map>
#include <random>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace handprint::crash {

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

struct Image {
    std::map<std::string, Bytes> files; // by name
    std::set<std::string> directories;
};

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
    std::map<std::string, int> durable_names_; // -1: a directory
    std::vector<const Event*> pending_names_;
};

/// Thousands of images are made, and no power failure is meant to befall them: in memory, if there
/// is such a place.
[[nodiscard]] std::filesystem::path place_for_images();
/// The first name in the directory with another content there than in the image, or in one of them
/// only; empty if there is none. Shared memory (-shm) is in no image.
[[nodiscard]] std::string other_than(const Image& image, const std::string& directory);
void write_image(const Image& image, const std::string& directory);

} // namespace handprint::crash

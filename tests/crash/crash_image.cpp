#include "tests/crash/crash_image.hpp"

#include "ledger/base/check.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace handprint::crash {

namespace {

using Kind = Event::Kind;
using Random = std::mt19937_64;

bool coin(Random& random) {
    return (random() & 1U) != 0;
}

void put(Bytes& content, std::size_t at, ByteView bytes) {
    if (bytes.empty()) return;
    if (content.size() < at + bytes.size()) content.resize(at + bytes.size());
    std::copy(bytes.begin(), bytes.end(), content.begin() + static_cast<std::ptrdiff_t>(at));
}

void carry_out(Bytes& content, const Event& event) {
    if (event.kind == Kind::truncate) {
        content.resize(static_cast<std::size_t>(event.offset));
    } else {
        put(content, static_cast<std::size_t>(event.offset), event.data);
    }
}

/// Some of the sectors that a write touches; a truncation is whole or not at all.
void tear(Bytes& content, const Event& event, std::size_t sector, Random& random) {
    if (event.kind == Kind::truncate) {
        if (coin(random)) carry_out(content, event);
        return;
    }
    const ByteView data = event.data;
    auto at = static_cast<std::size_t>(event.offset);
    for (std::size_t done = 0; done < data.size();) {
        const std::size_t step = std::min(sector - at % sector, data.size() - done);
        if (coin(random)) put(content, at, data.subspan(done, step));
        done += step;
        at += step;
    }
}

bool is_beneath(const std::string& directory, const std::string& name) {
    return name.starts_with(directory + '/');
}

void name(std::map<std::string, int>& names, const Event& event) {
    if (event.kind == Kind::unlink) {
        names.erase(event.name);
        return;
    }
    if (event.kind == Kind::rename) names.erase(event.from);
    names[event.name] = event.file;
}

/// Of the directory in which the name stands; empty for the recorded one.
std::string above(const std::string& name) {
    const std::size_t slash = name.rfind('/');
    return slash == std::string::npos ? std::string() : name.substr(0, slash);
}

/// Whether every directory on the way there has its name.
bool is_reached(const std::map<std::string, int>& names, const std::string& name) {
    const std::string directory = above(name);
    return directory.empty() || (names.contains(directory) && is_reached(names, directory));
}

} // namespace

void Disk::apply(const Event& event) {
    switch (event.kind) {
    // It is empty, and what one had that was removed and had this name went with that one.
    case Kind::make_directory:
        std::erase_if(durable_names_, [&](const auto& o) {
            return is_beneath(event.name, o.first);
        });
        std::erase_if(pending_names_, [&](const Event* o) {
            return is_beneath(event.name, o->name);
        });
        pending_names_.push_back(&event);
        break;
    case Kind::create:
        files_[event.file];
        [[fallthrough]];
    case Kind::link:
    case Kind::rename:
    case Kind::unlink:
        pending_names_.push_back(&event);
        break;
    case Kind::write:
    case Kind::truncate:
        files_.at(event.file).pending.push_back(&event);
        break;
    case Kind::sync:
        for (const Event* o : files_.at(event.file).pending) {
            carry_out(files_.at(event.file).durable, *o);
        }
        [[fallthrough]];
    // Nothing was written, and no later sync will: the kernel takes those pages for clean.
    case Kind::failed_sync:
        files_.at(event.file).pending.clear();
        break;
    case Kind::sync_directory:
        std::erase_if(pending_names_, [&](const Event* o) {
            if (above(o->name) != event.name) return false;
            name(durable_names_, *o);
            return true;
        });
        break;
    case Kind::note:
        break;
    }
}

Image Disk::crash(const Chance& chance) const {
    Random random(chance.seed);
    auto names = durable_names_;
    for (const Event* o : pending_names_) {
        if (chance.names == Fate::kept || (chance.names != Fate::lost && coin(random))) {
            name(names, *o);
        }
    }
    Image image;
    for (const auto& [text, number] : names) {
        if (!is_reached(names, text)) continue;
        if (number < 0) {
            image.directories.insert(text);
            continue;
        }
        const File& file = files_.at(number);
        Bytes content = file.durable;
        const std::size_t few = file.pending.empty() ? 0 : random() % (file.pending.size() + 1);
        for (std::size_t i = 0; i < file.pending.size(); ++i) {
            const Event& o = *file.pending[i];
            switch (chance.writes) {
            case Fate::lost:
                break;
            case Fate::kept:
                carry_out(content, o);
                break;
            case Fate::each_by_coin:
                if (coin(random)) carry_out(content, o);
                break;
            case Fate::sectors_by_coin:
                tear(content, o, chance.sector, random);
                break;
            case Fate::first_few:
                if (i < few) carry_out(content, o);
                if (i == few) tear(content, o, chance.sector, random);
                break;
            }
        }
        image.files.emplace(text, std::move(content));
    }
    return image;
}

std::filesystem::path place_for_images() {
    const std::filesystem::path memory = "/dev/shm";
    return ::access(memory.c_str(), W_OK | X_OK) == 0 ? memory
                                                      : std::filesystem::temp_directory_path();
}

std::string other_than(const Image& image, const std::string& directory) {
    std::size_t found = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
        const std::string name = entry.path().lexically_relative(directory).string();
        if (name.ends_with("-shm")) continue;
        ++found;
        if (entry.is_directory()) {
            if (!image.directories.contains(name)) return name;
            continue;
        }
        const auto file = image.files.find(name);
        if (file == image.files.end()) return name;
        std::ifstream in(entry.path(), std::ios::binary);
        const std::string content(std::istreambuf_iterator<char>(in), {});
        if (content != as_text(file->second)) return name;
    }
    if (found == image.files.size() + image.directories.size()) return {};
    for (const auto& [name, content] : image.files) {
        if (!std::filesystem::exists(directory + "/" + name)) return name;
    }
    return "a directory";
}

void write_image(const Image& image, const std::string& directory) {
    std::filesystem::remove_all(directory);
    std::filesystem::create_directories(directory);
    for (const auto& text : image.directories)
        std::filesystem::create_directories(directory + "/" + text);
    for (const auto& [text, content] : image.files) {
        std::ofstream file(directory + "/" + text, std::ios::binary);
        file.write(as_text(content).data(), static_cast<std::streamsize>(content.size()));
        HP_CHECK(file.good(), "an image is written");
        // Modes are not recorded, and a key that others can read is refused.
        std::filesystem::permissions(directory + "/" + text, std::filesystem::perms(0600));
    }
}

} // namespace handprint::crash

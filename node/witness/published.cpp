#include "node/witness/published.hpp"

#include "node/http/whole_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

namespace handprint::witness {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kNoteMax = 1'000'000;

bool write_durably(const std::string& path, const std::string& text) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0) return false;
    const ssize_t written = ::write(file, text.data(), text.size());
    const bool whole = written == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
    return ::close(file) == 0 && whole;
}

bool sync_directory(const std::string& path) {
    const int directory = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) return false;
    const bool synced = ::fsync(directory) == 0;
    ::close(directory);
    return synced;
}

} // namespace

PublishedFiles::PublishedFiles(std::string directory) : directory_(std::move(directory)) {}

Result<void> PublishedFiles::write(const std::string& name, const std::string& note) const {
    const std::string place = directory_ + "/" + name;
    std::error_code ec;
    fs::create_directories(place, ec);
    const std::string temporary = place + "/.new";
    const std::string final = place + "/checkpoint";
    if (ec || !write_durably(temporary, note) || std::rename(temporary.c_str(), final.c_str()) != 0
        || !sync_directory(place)) {
        return fail("witness: cannot write " + final);
    }
    return {};
}

Result<std::vector<std::string>> PublishedFiles::read_all() const {
    std::vector<std::string> notes;
    std::error_code ec;
    if (!fs::exists(directory_, ec)) return notes;
    for (const fs::directory_entry& entry : fs::directory_iterator(directory_, ec)) {
        const std::string path = (entry.path() / "checkpoint").string();
        if (!fs::exists(path, ec)) continue;
        std::optional<std::string> note = http::read_whole(path, kNoteMax);
        if (!note) return fail("witness: cannot read " + path);
        notes.push_back(std::move(*note));
    }
    if (ec) return fail("witness: " + directory_ + ": " + ec.message());
    return notes;
}

} // namespace handprint::witness

#include "node/witness/published.hpp"

#include "node/files/files.hpp"

#include <filesystem>
#include <system_error>
#include <utility>

namespace handprint::witness {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kNoteMax = 1'000'000;

} // namespace

PublishedFiles::PublishedFiles(std::string directory) : directory_(std::move(directory)) {}

Result<void> PublishedFiles::write(const std::string& name, const std::string& note) const {
    auto written = files::write_whole(directory_ + "/" + name + "/checkpoint", as_bytes(note));
    if (!written) return fail("witness: " + written.error().what);
    return {};
}

Result<std::vector<std::string>> PublishedFiles::read_all() const {
    std::vector<std::string> notes;
    std::error_code ec;
    if (!fs::exists(directory_, ec)) return notes;
    for (const fs::directory_entry& entry : fs::directory_iterator(directory_, ec)) {
        const std::string path = (entry.path() / "checkpoint").string();
        if (!fs::exists(path, ec)) continue;
        auto note = files::read_regular(path, kNoteMax);
        if (!note) return fail("witness: " + note.error().what);
        notes.push_back(std::move(*note));
    }
    if (ec) return fail("witness: " + directory_ + ": " + ec.message());
    return notes;
}

} // namespace handprint::witness

#include "node/store/sqlite/files.hpp"

#include "node/files/files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace handprint::store::sqlite {

bool exists(const std::string& path) {
    return ::access(path.c_str(), F_OK) == 0;
}

Result<void> start_part_file(const std::string& part) {
    // A journal left beside it would be rolled into the new file.
    for (const char* suffix : {"-journal", "-wal", "-shm", ""}) {
        if (auto removed = files::remove_if_there(part + suffix); !removed) return removed;
    }
    const int made = ::open(part.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (made < 0) return fail("create " + part + ": " + std::generic_category().message(errno));
    ::close(made);
    return {};
}

} // namespace handprint::store::sqlite

#include "node/http/whole_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace handprint::http {

std::optional<std::string> read_whole(const std::string& path, std::size_t most) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (file < 0) return std::nullopt;
    std::string text;
    struct stat about{};
    bool good = ::fstat(file, &about) == 0 && S_ISREG(about.st_mode)
                && static_cast<std::size_t>(about.st_size) <= most;
    if (good) text.resize(static_cast<std::size_t>(about.st_size));
    for (std::size_t done = 0; good && done < text.size();) {
        const ssize_t got = ::read(file, text.data() + done, text.size() - done);
        good = got > 0;
        if (good) done += static_cast<std::size_t>(got);
    }
    ::close(file);
    if (!good) return std::nullopt;
    return text;
}

} // namespace handprint::http

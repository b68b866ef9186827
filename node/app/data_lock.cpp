#include "node/app/data_lock.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace handprint::app {

Result<DataLock> DataLock::take(const std::string& dir) {
    const std::string path = dir + "/lock";
    DataLock lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
    if (lock.file_ < 0)
        return fail("cannot open " + path + ": " + std::generic_category().message(errno));
    struct flock whole{};
    whole.l_type = F_WRLCK;
    whole.l_whence = SEEK_SET;
    if (::fcntl(lock.file_, F_OFD_SETLK, &whole) != 0) {
        if (errno != EAGAIN && errno != EACCES)
            return fail("cannot lock " + path + ": " + std::generic_category().message(errno));
        std::array<char, 32> text{};
        const ssize_t got = ::pread(lock.file_, text.data(), text.size(), 0);
        std::string pid(text.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
        pid = pid.substr(0, pid.find('\n'));
        return fail("another node" + (pid.empty() ? "" : " (pid " + pid + ')') + " uses " + dir);
    }
    const std::string pid = std::to_string(::getpid()) + '\n';
    const bool said =
        ::ftruncate(lock.file_, 0) == 0
        && ::pwrite(lock.file_, pid.data(), pid.size(), 0) == static_cast<ssize_t>(pid.size());
    if (!said) return fail("cannot write " + path + ": " + std::generic_category().message(errno));
    return lock;
}

DataLock::~DataLock() {
    if (file_ >= 0) ::close(file_);
}

} // namespace handprint::app

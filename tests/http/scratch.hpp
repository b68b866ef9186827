#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace handprint::test {

/// A directory that is gone when the test is.
class Scratch {
public:
    Scratch() : Scratch(std::filesystem::temp_directory_path()) {}

    explicit Scratch(const std::filesystem::path& above) {
        std::string name = (above / "handprint-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no scratch directory");
        path_ = name;
    }

    ~Scratch() { std::filesystem::remove_all(path_); }

    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

    [[nodiscard]] const std::string& path() const noexcept { return path_; }

    [[nodiscard]] std::string in(std::string_view name) const {
        return path_ + "/" + std::string(name);
    }

    void write(std::string_view name, std::string_view content) const {
        const std::filesystem::path file = in(name);
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file, std::ios::binary) << content;
    }

private:
    std::string path_;
};

} // namespace handprint::test

#include "tests/vectors/vector_files.hpp"

#include <fstream>
#include <iostream>

/// make_vectors <folder>: writes the vectors anew. A test compares those in the repository with
/// what this would write.
int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: make_vectors <folder>\n";
        return 2;
    }
    for (const auto& [name, text] : handprint::vectors::vector_files()) {
        std::ofstream file(std::string(argv[1]) + "/" + name, std::ios::binary);
        file << text;
        if (!file.flush()) {
            std::cerr << "cannot write " << name << "\n";
            return 1;
        }
    }
    return 0;
}

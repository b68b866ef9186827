#include "node/witness/key_file.hpp"

#include "node/keys/secret_file.hpp"

namespace handprint::witness {

Result<merkle::VerifierKey> make_key_file(const std::string& path, std::string_view name) {
    if (!merkle::is_key_name(name)) return fail("witness key: not a name: " + std::string(name));
    const KeyPair pair = keys::new_key();
    std::string text = merkle::NoteSigner(std::string(name), pair).private_text() + "\n";
    if (auto written = keys::write_secret_file(path, text); !written) {
        return unexpected(written.error());
    }
    return merkle::Cosigner(std::string(name), pair).key();
}

Result<merkle::Cosigner> load_key_file(const std::string& path) {
    auto line = keys::read_secret_line(path);
    if (!line) return unexpected(line.error());
    const Result<merkle::NoteSigner> signer = merkle::NoteSigner::parse_private(*line);
    keys::wipe(*line);
    if (!signer) return fail("witness key: " + path + ": " + signer.error().what);
    return merkle::Cosigner(signer->key().name, signer->pair());
}

} // namespace handprint::witness

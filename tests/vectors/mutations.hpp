#pragma once

#include "tests/vectors/scenario.hpp"
#include "tests/vectors/vector_files.hpp"

#include <functional>
#include <string>

namespace handprint::vectors {

/// Collects cases of payslip_mutations.json. A patch changes the file of an honest node; a twist
/// gives the file of a node that cheated while it wrote the log, so that hashes and signatures
/// agree with the lie.
class Mutations {
public:
    Mutations();

    [[nodiscard]] const World& honest() const noexcept { return honest_; }

    /// The honest file that patches apply to.
    [[nodiscard]] const record::Json& base(const std::string& file) const;

    void patch(
        const std::string& name,
        const char* expected,
        record::Json::Array operations,
        const std::string& file = "payslip_good.json"
    );
    void text(const std::string& name, const char* expected, std::string text);
    void file(const std::string& name, const char* expected, const record::Payslip& payslip);
    void policy(const std::string& name, const char* expected, std::string policy);
    void promises(const std::string& name, const char* expected, record::Json::Array promises);
    void twist(
        const std::string& name,
        const char* expected,
        const std::string& step,
        Twist twist,
        std::uint64_t member = kBao,
        std::size_t period = 2
    );

    [[nodiscard]] record::Json take() { return record::Json(std::move(cases_)); }

private:
    World honest_;
    std::map<std::string, record::Json> bases_;
    record::Json::Array cases_;
};

[[nodiscard]] record::Json replace(const std::string& path, record::Json value);
[[nodiscard]] record::Json add(const std::string& path, record::Json value);
[[nodiscard]] record::Json removal(const std::string& path);
/// Lies in the part of the member whose payslip is judged.
[[nodiscard]] Twist part_twist(std::function<void(record::MemberPart&)> change);

// In the order of section 13 of the format.
void add_file_mutations(Mutations& out);
void add_checkpoint_mutations(Mutations& out);
void add_close_mutations(Mutations& out);
void add_entry_mutations(Mutations& out);
void add_chain_mutations(Mutations& out);
void add_signature_mutations(Mutations& out);
void add_money_mutations(Mutations& out);
void add_share_mutations(Mutations& out);
void add_promise_mutations(Mutations& out);

} // namespace handprint::vectors

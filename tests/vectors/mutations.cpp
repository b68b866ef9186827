#include "tests/vectors/mutations.hpp"

#include "ledger/record/dsse.hpp"

#include <utility>

namespace handprint::vectors {

using namespace record;

Mutations::Mutations() : honest_(scenario()) {
    for (const GoodPayslip& good : good_payslips(honest_)) {
        const std::string file = encode(honest_.payslip(good.member, good.period));
        bases_[good.file] = Json::parse(file).value();
    }
}

const Json& Mutations::base(const std::string& file) const {
    return bases_.at(file);
}

void Mutations::patch(
    const std::string& name, const char* expected, Json::Array operations, const std::string& file
) {
    cases_.push_back(Json::object(
        {{"base", file},
         {"expected", expected},
         {"name", name},
         {"patch", Json(std::move(operations))}}
    ));
}

void Mutations::text(const std::string& name, const char* expected, std::string text) {
    cases_.push_back(
        Json::object({{"expected", expected}, {"name", name}, {"text", std::move(text)}})
    );
}

void Mutations::file(const std::string& name, const char* expected, const Payslip& payslip) {
    cases_.push_back(Json::object(
        {{"expected", expected}, {"file", Json::parse(encode(payslip)).value()}, {"name", name}}
    ));
}

void Mutations::policy(const std::string& name, const char* expected, std::string policy) {
    cases_.push_back(Json::object(
        {{"base", "payslip_good.json"},
         {"expected", expected},
         {"name", name},
         {"patch", Json::Array{}},
         {"policy", std::move(policy)}}
    ));
}

void Mutations::promises(const std::string& name, const char* expected, Json::Array promises) {
    cases_.push_back(Json::object(
        {{"base", "payslip_good.json"},
         {"expected", expected},
         {"name", name},
         {"patch", Json::Array{}},
         {"promises", Json(std::move(promises))}}
    ));
}

void Mutations::twist(
    const std::string& name,
    const char* expected,
    const std::string& step,
    Twist twist,
    std::uint64_t member,
    std::size_t period
) {
    file(name, expected, scenario({{step, std::move(twist)}}).payslip(member, period));
}

Json replace(const std::string& path, Json value) {
    return Json::object({{"op", "replace"}, {"path", path}, {"value", std::move(value)}});
}

Json add(const std::string& path, Json value) {
    return Json::object({{"op", "add"}, {"path", path}, {"value", std::move(value)}});
}

Json removal(const std::string& path) {
    return Json::object({{"op", "remove"}, {"path", path}});
}

Json payslip_mutations() {
    Mutations out;
    add_file_mutations(out);
    add_checkpoint_mutations(out);
    add_close_mutations(out);
    add_entry_mutations(out);
    add_chain_mutations(out);
    add_signature_mutations(out);
    add_money_mutations(out);
    add_share_mutations(out);
    add_promise_mutations(out);
    return out.take();
}

Twist part_twist(std::function<void(MemberPart&)> change) {
    Twist twist;
    twist.parts = [change = std::move(change)](std::vector<MemberPart>& parts) {
        for (MemberPart& part : parts) {
            if (part.member == kBao) change(part);
        }
    };
    return twist;
}

} // namespace handprint::vectors

// The keys of members and requesters: sections 7 and 16 of the format.

#include "tests/sim/model.hpp"

namespace handprint::sim {

std::string party_name(char sort, Int number) {
    return std::string{sort, ':'} + std::to_string(number);
}

const Keys* Model::keys_of(const std::string& party) const {
    if (party.front() != 'm' && party.front() != 'r') return nullptr;
    const Int number = std::stoll(party.substr(2));
    if (party.front() == 'm') {
        const auto at = members.find(number);
        return at == members.end() ? nullptr : &at->second.keys;
    }
    const auto at = requesters.find(number);
    return at == requesters.end() ? nullptr : &at->second;
}

Keys& Model::held(const std::string& party) {
    const Int number = std::stoll(party.substr(2));
    return party.front() == 'm' ? members.at(number).keys : requesters.at(number);
}

Outcome Model::signs_with(const Op& op) const {
    if (op.with < 0 || op.grant >= 0) return {};
    const Keys* keys = keys_of(party_of(op));
    if (keys == nullptr) return no(Family::denied, "nobody's key");
    if (keys->devices.contains(op.with)) return {};
    if (!keys->recovery.contains(op.with)) return no(Family::denied, "no valid key of the party");
    const bool about_keys = op.kind == Kind::object_reenrolment || op.kind == Kind::add_key
                            || op.kind == Kind::revoke_key;
    return about_keys ? Outcome{} : no(Family::denied, "a recovery key");
}

Outcome Model::add_key(const Op& op) {
    if (op.external != "device" && op.external != "recovery") return no(Family::invalid, "role");
    if (!known_keys.insert(op.key).second) return no(Family::conflict, "the key is in use");
    Keys& keys = held(party_of(op));
    (op.external == "device" ? keys.devices : keys.recovery).insert(op.key);
    return {};
}

Outcome Model::revoke_key(const Op& op) {
    Keys& keys = held(party_of(op));
    if (!keys.devices.contains(op.key) && !keys.recovery.contains(op.key))
        return no(Family::conflict, "no valid key of the party");
    if (keys.devices.size() + keys.recovery.size() == 1)
        return no(Family::conflict, "the last key");
    keys.devices.erase(op.key);
    keys.recovery.erase(op.key);
    former_keys.insert(op.key);
    return {};
}

void Model::view_keys(View& out) const {
    const auto tell = [&out](const std::string& party, const Keys& keys) {
        out["answered " + party] = keys.answered;
        for (const Int key : keys.devices)
            out["device of " + party + ' ' + std::to_string(key)] = 1;
        for (const Int key : keys.recovery)
            out["recovery of " + party + ' ' + std::to_string(key)] = 1;
        out["keys of " + party] = static_cast<Int>(keys.devices.size() + keys.recovery.size());
    };
    for (const auto& [number, member] : members)
        tell(party_name('m', number), member.keys);
    for (const auto& [number, keys] : requesters)
        tell(party_name('r', number), keys);
    for (const Int key : former_keys)
        out["former key " + std::to_string(key)] = 1;
}

} // namespace handprint::sim

// What members and requesters ask about their own keys, and which one they sign with.

#include "tests/sim/driver.hpp"

namespace handprint::sim {

namespace {

Int any_of(const std::set<Int>& keys, Int at) {
    auto it = keys.begin();
    std::advance(it, at % static_cast<Int>(keys.size()));
    return *it;
}

} // namespace

Int Driver::a_key_of(const std::string& party) {
    const Keys* keys = model_.keys_of(party);
    if (keys == nullptr) return -1;
    if (!model_.former_keys.empty() && chance(2)) return any_of(model_.former_keys, below(100));
    const bool recovery = keys->devices.empty() || (!keys->recovery.empty() && chance(3));
    return any_of(recovery ? keys->recovery : keys->devices, below(100));
}

Op Driver::own_key() {
    Op op;
    op.as = chance(50) && !model_.members.empty() ? 'm' : 'r';
    op.actor =
        below(static_cast<Int>(op.as == 'm' ? model_.members.size() : model_.requesters.size()));
    const Keys& keys = *model_.keys_of(party_name(op.as, op.actor));
    if (!keys.recovery.empty() && chance(30)) op.with = any_of(keys.recovery, below(100));
    if (chance(45)) {
        op.kind = Kind::revoke_key;
        const auto& some = !keys.recovery.empty() && chance(30) ? keys.recovery : keys.devices;
        op.key = chance(92) && !some.empty() ? any_of(some, below(100))
                                             : any_of(model_.known_keys, below(1000));
        return op;
    }
    op.kind = Kind::add_key;
    op.external = chance(70) ? "device" : chance(95) ? "recovery" : "agent";
    if (chance(10)) op.key = any_of(model_.known_keys, below(1000));
    return op;
}

} // namespace handprint::sim

#include "tests/vectors/scenario.hpp"

namespace handprint::vectors {

World scenario(const Twists& twists, const std::function<void(World&)>& then) {
    World world(twists);
    world.genesis("genesis");
    world.enrol("amina enrols", kAminaKey);
    world.enrol("bao enrols", kBaoKey, kBaoRecoveryKey);
    world.fund("fund", 1'000'000);
    world.publish("publish", 0, 500'000);
    world.submit("bao submits", kBao, kBaoKey, 0, {0, 1, 2});
    world.submit("amina submits", kAmina, kAminaKey, 0, {0});
    world.accept("first accept", 0, {{0, kBao, 350}, {1, kBao, 349}, {0, kAmina, 350}}, 105);
    world.close_period("first close", key_pair(kOldPromiseKey));

    world.enrol("cruz enrols", kCruzKey);
    world.payout("payout", {kAmina, kBao});
    world.add_key("bao adds a key", kBao, kBaoKey, kBaoNewKey);
    world.submit("bao submits again", kBao, kBaoNewKey, 0, {3, 4});
    world.settle("settle", {kAmina, kBao});
    world.revoke_key("bao revokes a key", kBao, kBaoNewKey, kBaoKey);
    world.accept("second accept", 0, {{2, kBao, 350}, {3, kBao, 351}}, 70);
    world.income("income", 600'000, 400'000);
    world.share("share", {3'000'000, 2'970'000, 1'600'000});
    world.seal("seal");
    world.close_period("second close", key_pair(kPromiseKey));

    world.submit("cruz submits", kCruz, kCruzKey, 0, {5});
    world.close_period("third close", key_pair(kPromiseKey));
    world.propose("notice to cruz", kCruz, kCruzNewKey);
    world.reenrol("cruz is back", "notice to cruz", kCruz, kCruzNewKey);
    if (then) then(world);
    world.submit("cruz submits again", kCruz, kCruzNewKey, 0, {6});
    world.close_period("fourth close", key_pair(kPromiseKey));
    world.accept("late accept", 0, {{4, kBao, 350}}, 35);
    return world;
}

std::string promise_text(const World& world, const std::string& step, std::uint8_t key) {
    return encode(world.promise(step, key_pair(key)));
}

std::vector<GoodPayslip> good_payslips(const World& world) {
    // One of the period before, under the key of that time, is left aside.
    return {
        {"payslip_good.json",
         kBao,
         2,
         {promise_text(world, "bao submits", kOldPromiseKey),
          promise_text(world, "bao adds a key"),
          promise_text(world, "bao submits again"),
          promise_text(world, "bao revokes a key")}},
        {"payslip_first.json", kBao, 1, {promise_text(world, "bao submits", kOldPromiseKey)}},
        {"payslip_newcomer.json", kCruz, 2, {promise_text(world, "cruz enrols")}},
        {"payslip_quiet.json", kBao, 3, {}},
        {"payslip_reenrolled.json", kCruz, 4, {promise_text(world, "cruz submits again")}},
    };
}

} // namespace handprint::vectors

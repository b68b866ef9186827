// One attack a test, and the check that catches it; docs/threat-model.md has the table.

#include "ledger/base/base64.hpp"
#include "ledger/merkle/checkpoint.hpp"
#include "ledger/merkle/verdict.hpp"
#include "ledger/record/command.hpp"
#include "ledger/record/payslip.hpp"
#include "ledger/record/payslip_file.hpp"
#include "node/audit/read_entry.hpp"
#include "node/files/files.hpp"
#include "node/market/decide.hpp"
#include "node/market/reference.hpp"
#include "node/pipeline/intake.hpp"
#include "node/store/sqlite/sqlite_store.hpp"
#include "tests/audit/setting.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace handprint::audit_test {

namespace {

using namespace market;

merkle::NoteSigner log_signer() {
    return {origin, key(log_key)};
}

Submit submission(World& world, Int batch, std::vector<Int> tasks) {
    Submit command;
    command.batch = batch;
    command.terms = world.row<BatchRow>(batch).terms;
    for (const Int task : tasks)
        command.answers.push_back({Hash{9}, 3, task, "text/plain"});
    return command;
}

} // namespace

TEST_CASE("attack: a completion that its member never signed") {
    Setting s;
    const Story story = tell(s.world);
    auto request = s.world.sign(submission(s.world, story.open, {1}), "m:2", spare + 5);
    request.key = key_text(member + 2); // as if that key had signed
    s.world.stop();
    Forger(s.world).append(request, s.world.now() + 1000);
    expect(audit(s.world), "signature_invalid");
}

TEST_CASE("attack: a log whose commitments are made under another name") {
    Setting s;
    auto genesis = s.world.genesis();
    const auto honest = s.world.sign(genesis, "d:0", delegate);
    std::ranges::replace(genesis.domains, "handprint/commit/v1", "handprint/commit/v2");
    const auto signed_so = s.world.sign(genesis, "d:0", delegate);
    CHECK(s.world.run(genesis, "d:0", delegate).refusal.code == "format_differs");
    s.world.stop();
    Forger forger(s.world);
    const Int now = s.world.now();
    auto draft = decide(forger.state(), honest, {now, 0, nullptr}).value();
    std::get<GenesisDone>(draft.events.front()).domains = genesis.domains;
    SUBCASE("its founder signed that") {
        forger.append(signed_so, draft, now);
        const auto report = audit(s.world);
        expect(report, "decision_differs");
        expect(
            report, "fold_stopped"
        ); // nothing after it can be read with the names of this version
        CHECK(audit::report_text(report).find("handprint/commit/v2") != std::string::npos);
    }
    SUBCASE("its founder signed the names of this version") {
        forger.append(honest, draft, now);
        expect(audit(s.world), "decision_differs");
    }
}

TEST_CASE("attack: a signature made for another purpose") {
    Setting s;
    const Story story = tell(s.world);
    auto request = s.world.sign(submission(s.world, story.open, {1}), "m:2", member + 2);
    const auto envelope = record::parse_envelope(request.envelope).value();
    const auto other = record::sign(record::kSessionType, envelope.payload, key(member + 2));
    pipeline::KeyRing ring;
    ring.add(s.world.row<KeyRow>(key_text(member + 2)));
    CHECK(pipeline::take_in(envelope, ring, origin).has_value());
    CHECK(pipeline::take_in(other, ring, origin).error().code == "wrong_type");
    auto renamed = other; // the signature covers the type
    renamed.payload_type = record::kCommandType;
    CHECK(pipeline::take_in(renamed, ring, origin).error().code == "signature_invalid");
    CHECK(pipeline::take_in(envelope, ring, "log.example/other").error().code == "wrong_log");
    request.envelope = record::encode(other);
    s.world.stop();
    Forger(s.world).append(request, s.world.now() + 1000);
    expect(audit(s.world), "evidence_malformed");
}

TEST_CASE("attack: keys made to have the id of another") {
    Setting s;
    const Story story = tell(s.world);
    // All of these keys have the id of member 2's.
    const record::KeyHints::IdOf same_id = [](const PublicKey&) {
        return record::keyid(key(member + 2).public_key());
    };
    const auto row = [](std::uint8_t number, const char* party, const char* role) {
        KeyRow out;
        out.key = key_text(number);
        out.party = party;
        out.role = role;
        return out;
    };
    pipeline::KeyRing ring{record::KeyHints(same_id)};
    ring.add(row(spare + 6, "m:1", "device"));
    ring.add(s.world.row<KeyRow>(key_text(member + 2)));
    ring.add(row(spare + 7, "g:5", "agent"));
    const auto taken_in = [&](const Command& command, const char* actor, std::uint8_t signer) {
        const auto request = s.world.sign(command, actor, signer);
        auto envelope = record::parse_envelope(request.envelope).value();
        envelope.keyid = same_id({});
        return pipeline::take_in(envelope, ring, origin);
    };
    const auto work = submission(s.world, story.open, {1});
    const auto honest = taken_in(work, "m:2", member + 2);
    REQUIRE(honest.has_value());
    CHECK(honest->key == key_text(member + 2));
    CHECK(honest->grant == never);
    const auto agents = taken_in(work, "m:2", spare + 7);
    REQUIRE(agents.has_value());
    CHECK(agents->key == key_text(spare + 7));
    CHECK(agents->grant == 5);
    CHECK(taken_in(work, "m:2", spare + 8).error().code == "signature_invalid");
    const auto newcomer = taken_in(RegisterRequester{key_text(spare + 9), {}}, "new", spare + 9);
    REQUIRE(newcomer.has_value());
    CHECK(newcomer->key == key_text(spare + 9));
    // What is known of a key is known by the whole of it.
    CHECK(ring.of_key(key_text(spare + 6))->party == "m:1");
    auto revoked = row(spare + 6, "m:1", "device");
    revoked.revoked = 7;
    ring.add(revoked);
    CHECK(ring.of_key(key_text(spare + 6))->revoked == 7);
    CHECK(ring.hinted(same_id({})).size() == 3);

    s.world.stop();
    record::KeyHints hints(same_id);
    for (const int number : {spare + 6, member + 2, spare + 7})
        hints.add(key(static_cast<std::uint8_t>(number)).public_key());
    const auto size = s.world.store().head().value().size;
    Int of_member = 0;
    auto records = s.world.store().entries(0, static_cast<std::size_t>(size));
    REQUIRE(records);
    for (auto& record : *records) {
        const Int index = record.index;
        audit::ReadEntry entry;
        audit::read_entry(
            entry, std::move(record), s.world.store().parts_between(index, index + 1).value(), hints
        );
        if (entry.envelope.keyid != same_id({})) continue;
        ++of_member;
        CHECK(entry.verified);
        CHECK(entry.request.key == key_text(member + 2));
    }
    CHECK(of_member > 0);
}

TEST_CASE("attack: a signed command used twice") {
    Setting s;
    tell(s.world);
    const auto request = s.world.sign(Refund{Amount{5}, "KES"}, "r:0", renewed);
    pipeline::Job job;
    job.request = request;
    const auto first = s.world.run(job);
    const auto second = s.world.run(job);
    REQUIRE(first.verdict == pipeline::Verdict::entry);
    CHECK(second.index == first.index);
    CHECK(second.leaf == first.leaf);
    job.request = s.world.sign(Refund{Amount{6}, "KES"}, "r:0", renewed); // same id, other bytes
    auto& other = job.request;
    other.id = request.id;
    CHECK(s.world.run(job).refusal.code == "id_reused");
    s.world.stop();
    Forger forger(s.world);
    forger.state().erase(key_of<CommandRow>(request.id.hex(), request.actor));
    forger.append(request, s.world.now() + 1000);
    expect(audit(s.world), "command_repeated");
}

TEST_CASE("attack: a signer who was shown another history") {
    Setting s;
    tell_period(s.world);
    const auto with_seen = [&](Int size, const Hash& root) {
        auto request = s.world.sign(Refund{Amount{5}, "KES"}, "r:0", requester);
        auto body =
            record::parse_command(record::parse_envelope(request.envelope)->payload).value();
        body.seen = record::Seen{root, static_cast<std::uint64_t>(size)};
        const auto envelope =
            record::sign(record::kCommandType, record::encode(body), key(requester));
        request.envelope = record::encode(envelope);
        request.seen_size = size;
        request.seen_root = root;
        return request;
    };
    const auto published = s.world.publisher().published();
    pipeline::Job job;
    job.request = with_seen(published.size, published.root);
    CHECK(s.world.run(job).verdict == pipeline::Verdict::entry);
    // Let in, one such command would be held against an honest log for ever.
    for (const Int size : {published.size, published.size + 1000, Int{1}}) {
        job.request = with_seen(size, Hash{8});
        CHECK(s.world.run(job).refusal.code == "wrong_log");
    }
    s.world.stop();
    CHECK(audit(s.world).clean());
    Forger(s.world).append(with_seen(published.size, Hash{8}), s.world.now() + 1000);
    expect(audit(s.world), "seen_differs");
}

TEST_CASE("attack: a stolen key after its revocation") {
    Setting s;
    const Story story = tell(s.world); // member 1 has revoked its first key
    const auto request = s.world.sign(submission(s.world, story.open, {1}), "m:1", member + 1);
    pipeline::Job job;
    job.request = request;
    CHECK(s.world.run(job).refusal.code == "key_revoked");
    auto row = s.world.row<KeyRow>(key_text(member + 1));
    row.revoked = never;
    forge(s.world, request, row);
    expect(audit(s.world), "not_authorised");
}

TEST_CASE("attack: a stolen key of a requester after its revocation") {
    Setting s;
    tell_period(s.world); // requester 1 has revoked its second key, and has a recovery key
    const auto steal = [&](std::uint8_t signer, const char* code) {
        const auto request = s.world.sign(Refund{Amount{5}, "KES"}, "r:1", signer);
        pipeline::Job job;
        job.request = request;
        CHECK(s.world.run(job).refusal.code == code);
        auto row = s.world.row<KeyRow>(key_text(signer));
        row.revoked = never;
        row.role = "device";
        forge(s.world, request, row);
        expect(audit(s.world), "not_authorised");
    };
    SUBCASE("the device") {
        steal(spare + 10, "key_revoked");
    }
    SUBCASE("the recovery sheet moves no money") {
        steal(recovery + 20, "recovery_key");
    }
}

TEST_CASE("attack: an agent beyond its grant") {
    Setting s;
    const Story story = tell(s.world); // the grant was revoked
    const auto request = s.world.sign(CreateProject{Hash{4}, Hash{4}}, "r:1", agent, story.grant);
    pipeline::Job job;
    job.request = request;
    CHECK(s.world.run(job).refusal.code == "grant_revoked");
    auto row = s.world.row<GrantRow>(story.grant);
    row.revoked = never;
    forge(s.world, request, row);
    expect(audit(s.world), "not_authorised");
}

TEST_CASE("attack: time that runs backwards") {
    Setting s;
    tell(s.world);
    const auto request = s.world.sign(ConfirmClock{s.world.now() - 200'000}, "d:0", delegate);
    s.world.stop();
    Forger(s.world).append(request, s.world.now() - 100'000);
    expect(audit(s.world), "time_goes_back");
}

TEST_CASE("attack: two histories of one size") {
    Setting s;
    tell_period(s.world);
    const Int size = s.world.publisher().published().size;
    const merkle::Checkpoint other{origin, static_cast<std::uint64_t>(size), Hash{7}, {}};
    const auto note = merkle::sign_checkpoint(other, log_signer()).value();
    const auto reader = s.world.publisher().files().reader();
    const auto cosigned = s.witnesses.ask(
        note, size, merkle::hashes_from_tiles(static_cast<std::uint64_t>(size), reader)
    );
    CHECK(cosigned.signatures.empty());
    CHECK(s.witnesses.answers == std::vector<int>{422, 422});
    // Whoever holds both has the evidence: two signatures of the log, no consistency proof.
    const auto none =
        merkle::Policy::parse("log " + log_signer().key().text() + "\nquorum none\n").value();
    const auto a = merkle::verify_checkpoint(note, none);
    const auto b = merkle::verify_checkpoint(s.world.publisher().published().checkpoint, none);
    REQUIRE((a.accepted() && b.accepted()));
    CHECK_FALSE(merkle::verify_consistency(
        a.checkpoint->size, b.checkpoint->size, {}, a.checkpoint->root, b.checkpoint->root
    ));
}

TEST_CASE("attack: the log key is stolen") {
    Setting s;
    tell_period(s.world);
    const merkle::Checkpoint longer{origin, 1000, Hash{7}, {}};
    const auto note = merkle::sign_checkpoint(longer, log_signer()).value();
    const auto policy = merkle::Policy::parse(s.world.policy()).value();
    const auto verdict = merkle::verify_checkpoint(note, policy);
    REQUIRE_FALSE(verdict.accepted());
    CHECK(verdict.errors.front().reason == merkle::Reason::quorum_not_met);
}

TEST_CASE("attack: the database is put back to an old copy") {
    Setting s;
    tell_period(s.world);
    const std::string backup = s.dir.in("backup");
    std::filesystem::create_directories(backup);
    REQUIRE(s.world.store().backup(backup + "/ledger.db"));
    std::filesystem::copy(
        s.world.dir() + "/log", backup + "/log", std::filesystem::copy_options::recursive
    );
    s.world.enrol(member + 7);
    REQUIRE(s.world.publish());
    s.world.close();
    SUBCASE("the published log knows more") {
        std::filesystem::remove_all(backup + "/log");
        std::filesystem::copy(
            s.world.dir() + "/log", backup + "/log", std::filesystem::copy_options::recursive
        );
        auto store = store::SqliteStore::open(
            {.path = backup + "/ledger.db", .mac_key = s.world.vault().mac_key()}
        );
        REQUIRE(store);
        audit::Options options;
        options.log_dir = backup + "/log";
        const auto report = audit::audit_store(**store, options);
        REQUIRE(report);
        expect(*report, "checkpoint_ahead");
    }
    SUBCASE("only the witnesses know more") {
        World old(backup, s.witnesses);
        old.advance(500'000);
        old.enrol(member + 8); // as many entries as before, but others
        CHECK_FALSE(old.publish());
        CHECK(s.witnesses.answers == std::vector<int>{422, 422});
    }
    SUBCASE("only the witnesses know more, and ours is shorter") {
        World old(backup, s.witnesses);
        CHECK_FALSE(old.publish());
        CHECK(old.publisher().halted().find("went back in time") != std::string::npos);
    }
}

TEST_CASE("attack: money released on an old checkpoint") {
    Setting s;
    tell_period(s.world);
    const std::string checkpoint = s.world.publisher().published().checkpoint;
    s.world.advance(11 * 60 * 1000);
    CHECK(
        s.world.run(Payout{checkpoint, "KES"}, "d:0", delegate).refusal.code
        == "cosignature_not_fresh"
    );
    s.world.entry(ClosePeriod{}, "d:0", delegate);
    CHECK(
        s.world.run(Payout{checkpoint, "KES"}, "d:0", delegate).refusal.code == "close_not_covered"
    );
}

TEST_CASE("attack: money spent twice") {
    Setting s;
    const Story story = tell(s.world);
    const Int left = -[&] {
        const auto row = s.world.row<AccountRow>(std::string("escrow/r:0"), std::string("KES"));
        return row.debits - row.credits;
    }();
    REQUIRE(left > 10);
    std::mutex mutex;
    std::condition_variable ready;
    std::vector<std::string> codes;
    for (int i = 0; i < 3; ++i) {
        pipeline::Job job;
        job.request = s.world.sign(Refund{Amount{left}, "KES"}, "r:0", renewed);
        job.done = [&](const pipeline::Answer& answer) {
            const std::lock_guard lock(mutex);
            codes.push_back(answer.refusal.code);
            ready.notify_all();
        };
        REQUIRE(s.world.sequencer().submit(std::move(job)));
    }
    {
        std::unique_lock lock(mutex);
        ready.wait(lock, [&] { return codes.size() == 3; });
    }
    CHECK(std::count(codes.begin(), codes.end(), "") == 1);
    CHECK(std::count(codes.begin(), codes.end(), "not_covered") == 2);
    Settle again;
    again.refund = 0; // settled in the story
    again.reference = transfer("refund");
    CHECK(s.world.run(again, "d:0", delegate).refusal.code == "not_in_transit");
    Settle paid;
    paid.payout = 0;
    paid.items = {0};
    paid.reference = transfer("first payout");
    CHECK(s.world.run(paid, "d:0", delegate).refusal.code == "not_in_transit");
    CHECK(
        s.world.run(Payout{s.world.publisher().published().checkpoint, "KES"}, "d:0", delegate)
            .verdict
        == pipeline::Verdict::entry
    ); // period 2: what came back
    s.world.settle();
    CHECK(
        s.world.run(Payout{s.world.publisher().published().checkpoint, "KES"}, "d:0", delegate)
            .refusal.code
        == "already_paid_out"
    );
    (void)story;
}

TEST_CASE("attack: one transfer at the bank entered twice") {
    Setting s;
    tell(s.world);
    const Hash before = transfer("funding 0");
    const Int first = s.world.row<ReferenceRow>(reference_name(before)).index;
    Request request;
    SUBCASE("as funding of another requester, by another delegate") {
        request = s.world.sign(Fund{Amount{7}, "KES", before, 1}, "d:1", delegate + 1);
    }
    SUBCASE("as a refund that came back") {
        Return again;
        again.refund = s.world.entry(Refund{Amount{5}, "KES"}, "r:1", requester + 1)
                           .result.at("refund")
                           .integer();
        again.reference = before;
        request = s.world.sign(again, "d:1", delegate + 1);
    }
    pipeline::Job job;
    job.request = request;
    const auto refused = s.world.run(job).refusal;
    CHECK(refused.code == "reference_used");
    CHECK(refused.existing == decltype(refused.existing){{"entry", first}});
    s.world.stop();
    Forger forger(s.world);
    forger.state().erase(key_of<ReferenceRow>(reference_name(before)));
    forger.append(request, s.world.now() + 1000);
    const auto report = audit(s.world);
    expect(report, "decision_differs");
    CHECK(audit::report_text(report).find("reference_used") != std::string::npos);
    // Nor is it hidden by erasing who signed it.
    const Int last = s.world.store().head().value().size - 1;
    REQUIRE(s.world.store().erase_part("d:1", last, 1));
    const auto folded = audit(s.world);
    expect(folded, "fold_stopped");
    CHECK_FALSE(folded.has("decision_differs"));
}

TEST_CASE("attack: one leaf shown to two people") {
    Setting s;
    tell_period(s.world);
    const auto policy = merkle::Policy::parse(s.world.policy()).value();
    auto slip = record::parse_payslip(s.world.payslip(0, 1).value()).value();
    slip.member = 1;
    CHECK(record::verify_payslip(record::encode(slip), policy).reason == "closing_position_wrong");
}

TEST_CASE("attack: words in the public log") {
    Setting s;
    tell_period(s.world);
    const std::string poison = "<script>call +254700000000</script>";
    CreateBatch batch;
    batch.accept_ms = batch.lease_ms = 60'000;
    batch.estimate_s = 1;
    batch.price_micros = 1'000'000;
    batch.currency = "KES";
    batch.domain = poison;
    batch.language = "en";
    s.world.entry(batch, "r:0", requester);
    REQUIRE(s.world.publish());
    const auto files = std::filesystem::recursive_directory_iterator(s.world.dir() + "/log");
    for (const auto& file : files) {
        if (file.is_directory()) continue;
        const auto bytes = files::read_whole(file.path().string());
        REQUIRE(bytes);
        CHECK(as_text(*bytes).find("script") == std::string_view::npos);
        CHECK(as_text(*bytes).find("m:0") == std::string_view::npos);
        CHECK(as_text(*bytes).find(key_text(member)) == std::string_view::npos);
    }
}

} // namespace handprint::audit_test

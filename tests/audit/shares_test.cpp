// Distributions: what is published of them, when, and who notices what.

#include "ledger/merkle/checkpoint.hpp"
#include "ledger/record/payslip.hpp"
#include "ledger/record/share_list.hpp"
#include "node/audit/report.hpp"
#include "node/files/files.hpp"
#include "node/pipeline/log_files.hpp"
#include "tests/audit/world.hpp"
#include "tests/market/sample_batch.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace handprint::audit_test {

namespace {

namespace fs = std::filesystem;
using namespace market;

/// Everybody does one task, the first of them a second; then a licence fee is shared out.
void share_out(World& world, Int members, bool open_books = false) {
    world.found();
    for (Int number = 0; number < members; ++number)
        world.enrol(static_cast<std::uint8_t>(member + number));
    world.entry(RegisterRequester{key_text(requester)}, "new", requester);
    Fund fund;
    fund.amount = Amount{1'000'000};
    fund.currency = "KES";
    fund.reference = transfer("funding");
    world.entry(fund, "d:0", delegate);
    if (open_books) world.entry(SetRule{0, 1, "open_books"}, "d:0", delegate);
    world.entry(CreateProject{Hash{1}, "own"}, "r:0", requester);
    CreateBatch terms = market_test::sample_batch(0, Hash{7});
    terms.level = 0; // open to all
    terms.overlap = members;
    terms.price_micros = 3'000'000;
    const Int batch = world.batch(terms, 2, "r:0", requester);
    Accept all{batch, {}};
    for (Int number = 0; number < members; ++number) {
        const std::vector<Int> tasks = number == 0 ? std::vector<Int>{0, 1} : std::vector<Int>{0};
        world.submit(number, static_cast<std::uint8_t>(member + number), batch, tasks);
        all.items.push_back({0, number});
    }
    all.items.push_back({1, 0});
    std::sort(all.items.begin(), all.items.end());
    world.entry(all, "r:0", requester);
    world.entry(Income{Amount{100'003}, "KES", 0, transfer("licence")}, "d:0", delegate);
    world.settle();
    world.entry(ClosePeriod{}, "d:0", delegate);
}

fs::path list_of(World& world, Int run = 0) {
    const Int sealed = world.row<DistributionRow>(run).sealed;
    return fs::path(world.dir()) / "log"
           / record::share_list_path(static_cast<std::uint64_t>(sealed));
}

std::string said_of_payslip(World& world, Int number) {
    const auto slip = world.payslip(number, 1);
    REQUIRE_MESSAGE(slip, slip.error().what);
    const auto policy = merkle::Policy::parse(world.policy());
    const auto verdict = record::verify_payslip(*slip, *policy);
    return verdict.ok ? "good" : verdict.reason + ": " + verdict.detail;
}

/// Codes of what the audit finds, "" if nothing.
std::string audited(World& world) {
    audit::Options options;
    options.vault = &world.vault();
    options.log_dir = world.dir() + "/log";
    const auto report = audit::audit_store(world.store(), options);
    REQUIRE(report);
    std::string codes;
    for (const auto& finding : report->findings)
        codes += (codes.empty() ? "" : " ") + finding.code;
    return codes;
}

/// What an outsider says who has the published headers and the file.
std::string said_by_outsider(World& world, const std::string& file) {
    record::RunWatch watch;
    const auto entries = world.store().entries(0, 1000);
    for (const auto& entry : *entries) {
        const auto header = record::parse_header(entry.header);
        const auto run = watch.add(static_cast<std::uint64_t>(entry.index), *header);
        if (!run) continue;
        CHECK(run->paid_out);
        const auto seal = record::check_share_list(file, *run, *header);
        return seal ? "good" : seal.error().what;
    }
    return "no distribution";
}

} // namespace

TEST_CASE("shares: the list of many is published, and everybody finds their own") {
    TempDir dir;
    Witnesses witnesses(dir);
    World world(dir.in("data"), witnesses);
    share_out(world, 11);
    REQUIRE(world.publish());
    for (Int number = 0; number < 11; ++number)
        CHECK(said_of_payslip(world, number) == "good");
    const auto file = files::read_whole(list_of(world).string());
    REQUIRE(file);
    CHECK(said_by_outsider(world, std::string(as_text(*file))) == "good");
    world.stop();
    CHECK(audited(world) == "");

    // A payslip does not hang on the file.
    fs::remove(list_of(world));
    CHECK(said_of_payslip(world, 3) == "good");
    CHECK(audited(world) == "file_missing");
    std::ofstream(list_of(world)) << as_text(*file) << ' ';
    CHECK(said_of_payslip(world, 3) == "good");
    CHECK(audited(world) == "file_differs");
}

TEST_CASE("shares: the list is missed as soon as a checkpoint covers the seal") {
    TempDir dir;
    Witnesses witnesses(dir);
    World world(dir.in("data"), witnesses);
    share_out(world, 10);
    REQUIRE(world.publish());
    world.entry(Income{Amount{50'003}, "KES", 0, transfer("second licence")}, "d:0", delegate);
    world.settle();
    CHECK(audited(world) == "");
    const Int sealed = world.row<DistributionRow>(1).sealed;
    REQUIRE(sealed + 1 == world.sequencer().size());
    REQUIRE(world.publish());
    fs::remove(list_of(world, 1));
    CHECK(audited(world) == "file_missing");
    // A checkpoint up to the seal, of which nothing else is right.
    const merkle::NoteSigner signer(origin, key(log_key));
    const merkle::Checkpoint shorter{origin, static_cast<std::uint64_t>(sealed), Hash{7}, {}};
    const auto note = merkle::sign_checkpoint(shorter, signer).value();
    REQUIRE(files::write_whole(world.dir() + "/log/checkpoint", as_bytes(note)));
    audit::Options options;
    options.log_dir = world.dir() + "/log";
    options.policy = "log " + signer.key().text() + "\nquorum none\n";
    const auto report = audit::audit_store(world.store(), options).value();
    CHECK(report.has("checkpoint_differs"));
    CHECK(report.figures.published == sealed);
    const auto list = record::share_list_path(static_cast<std::uint64_t>(sealed));
    CHECK(std::ranges::count(report.findings, list, &audit::Finding::file) == 0);
}

TEST_CASE("shares: the list of a few is not published") {
    TempDir dir;
    Witnesses witnesses(dir);
    World world(dir.in("data"), witnesses);
    share_out(world, 9);
    REQUIRE(world.publish());
    CHECK_FALSE(fs::exists(list_of(world).parent_path()));
    for (Int number = 0; number < 9; ++number)
        CHECK(said_of_payslip(world, number) == "good");
    world.stop();
    CHECK(audited(world) == "");
    fs::create_directories(list_of(world).parent_path());
    std::ofstream(list_of(world)) << "{}";
    CHECK(audited(world) == "file_unknown");
}

TEST_CASE("shares: with open books that of a few is published too") {
    TempDir dir;
    Witnesses witnesses(dir);
    World world(dir.in("data"), witnesses);
    share_out(world, 2, true);
    REQUIRE(world.publish());
    const auto file = files::read_whole(list_of(world).string());
    REQUIRE(file);
    CHECK(said_by_outsider(world, std::string(as_text(*file))) == "good");
    CHECK(said_of_payslip(world, 1) == "good");
    world.stop();
    CHECK(audited(world) == "");
}

TEST_CASE("shares: no checkpoint covers a seal whose list is not on the disk") {
    TempDir dir;
    Witnesses witnesses(dir);
    World world(dir.in("data"), witnesses);
    share_out(world, 10);
    const fs::path folder = list_of(world).parent_path();
    fs::create_directories(folder.parent_path());
    std::ofstream(folder) << "in the way";
    const Int before = world.publisher().published().size;
    CHECK_FALSE(world.publish());
    CHECK(world.publisher().published().size == before);
    fs::remove(folder);
    REQUIRE(world.publish());
    CHECK(world.publisher().published().size == world.sequencer().size());
    CHECK(fs::exists(list_of(world)));
}

} // namespace handprint::audit_test

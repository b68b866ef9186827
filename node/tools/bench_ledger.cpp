// The Merkle tree alone, and a node's directory as a whole: appending, proving, auditing, starting.

#include "ledger/merkle/tile_builder.hpp"
#include "ledger/record/json.hpp"
#include "node/client/api_client.hpp"
#include "node/tools/bench.hpp"
#include "node/tools/complaint.hpp"
#include "node/tools/data_directory.hpp"
#include "node/tools/machine.hpp"
#include "node/tools/node_process.hpp"
#include "node/tools/paint.hpp"
#include "node/tools/progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <unordered_map>
#include <vector>

namespace handprint::tools {

namespace {

using client::Int;
using record::Json;
using Clock = std::chrono::steady_clock;
using Tiles = std::unordered_map<std::string, Bytes>;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// About as long as the header of a submission.
Bytes header_of(std::size_t number) {
    std::string text =
        R"({"authority":"actor","format":"handprint/entry/v1","kind":"submit","parts":[)"
        + std::string(180, 'c') + R"(],"rules":11,"sums":[],"time":)";
    text += std::to_string(1'795'280'000'000 + number) + '}';
    return to_bytes(as_bytes(text));
}

void keep(merkle::TileBuilder& builder, Tiles& tiles) {
    for (auto& file : builder.take_changed())
        tiles[merkle::tile_path(file.tile)] = std::move(file.bytes);
}

} // namespace

int bench_append(const LedgerOptions& options) {
    merkle::TileBuilder builder;
    Tiles tiles;
    std::vector<Bytes> headers;
    for (std::size_t i = 0; i < 1000; ++i)
        headers.push_back(header_of(i));
    Progress progress("entries", options.entries, options.json);
    const auto start = Clock::now();
    for (std::size_t i = 0; i < options.entries; ++i) {
        if (auto leaf = builder.append(headers[i % headers.size()]); !leaf) {
            return complain("bench append", leaf.error().what, options.json, 2);
        }
        if (i % 1000 != 999) continue;
        tiles.clear();
        keep(builder, tiles);
        progress.add(1000);
    }
    const Hash root = builder.root();
    const double seconds = seconds_since(start);
    progress.finish();
    const double rate = static_cast<double>(options.entries) / seconds;
    if (options.json) {
        std::cout << Json::object({{"appends_per_second", Json(static_cast<Int>(rate))},
                                   {"entries", Json(options.entries)},
                                   {"root_byte", Json(root[0])}}
        ).encode() << std::endl;
    } else {
        std::printf(
            "%zu entries with tiles in %.2f s: %.0f a second\n", options.entries, seconds, rate
        );
    }
    return 0;
}

int bench_proof(const LedgerOptions& options) {
    merkle::TileBuilder builder;
    Tiles tiles;
    for (std::size_t i = 0; i < options.entries; ++i) {
        if (auto leaf = builder.append(header_of(i)); !leaf)
            return complain("bench proof", leaf.error().what, options.json, 2);
        if (i % 4096 == 4095) keep(builder, tiles);
    }
    keep(builder, tiles);
    const auto reader = merkle::hashes_from_tiles(
        builder.size(),
        [&tiles](const std::string& path) -> Result<Bytes> {
            const auto at = tiles.find(path);
            if (at == tiles.end()) return fail("no tile " + path);
            return at->second;
        }
    );
    constexpr std::size_t proofs = 20'000;
    std::vector<double> taken;
    std::size_t nodes = 0;
    std::uint64_t state = 1;
    for (std::size_t i = 0; i < proofs; ++i) {
        state = state * 6'364'136'223'846'793'005ULL + 1'442'695'040'888'963'407ULL;
        const std::uint64_t index = (state >> 20U) % builder.size();
        const auto start = Clock::now();
        const auto proof = merkle::prove_inclusion(index, builder.size(), reader);
        taken.push_back(seconds_since(start) * 1e6);
        if (!proof) return complain("bench proof", proof.error().what, options.json, 2);
        nodes += proof->size();
        if (i % 100 != 0) continue;
        const Hash leaf = sha256({ByteView(std::array<std::uint8_t, 1>{0}), header_of(index)});
        if (!merkle::verify_inclusion(index, builder.size(), leaf, *proof, builder.root())) {
            return complain("bench proof", "a proof does not verify", options.json, 2);
        }
    }
    std::sort(taken.begin(), taken.end());
    const double p50 = taken[taken.size() / 2];
    const double p99 = taken[taken.size() * 99 / 100];
    if (options.json) {
        std::cout << Json::object({{"entries", Json(options.entries)},
                                   {"p50_ns", Json(static_cast<Int>(p50 * 1000))},
                                   {"p99_ns", Json(static_cast<Int>(p99 * 1000))}}
        ).encode() << std::endl;
    } else {
        std::printf(
            "%zu proofs of %.1f hashes from the tiles of %zu entries: p50 %.1f us, p99 %.1f us\n",
            proofs,
            static_cast<double>(nodes) / static_cast<double>(proofs),
            options.entries,
            p50,
            p99
        );
    }
    return 0;
}

int bench_audit(const AuditOptions& options) {
    if (auto ok = has_ledger(options.data); !ok)
        return complain("bench audit", ok.error().what, options.json, 2);
    const double raw_before = raw_verify_rate(2);
    const auto start = Clock::now();
    const auto audit = run_self({"audit", "--data", options.data, "--json"});
    const double seconds = seconds_since(start);
    const double raw = (raw_before + raw_verify_rate(2)) / 2;
    const auto report = Json::parse(audit.out, record::JsonMode::lenient);
    if (!report || report->as_object() == nullptr)
        return complain("bench audit", "no report: " + audit.out, options.json, 2);
    const Json* nested = report->find("figures");
    const Json& figures = nested != nullptr ? *nested : *report;
    const auto signatures = static_cast<double>(figures.integer_of("signatures", 0));
    const double rate = signatures / seconds;
    // Parsing, checking, folding and comparing entries, without what is held against them after.
    const double replay =
        signatures * 1000 / static_cast<double>(figures.integer_of("replay_milliseconds", 1)) / raw;
    if (options.json) {
        std::cout << Json::object({{"good", Json(audit.code == 0)},
                                   {"ratio", Json(ratio_text(rate / raw))},
                                   {"raw_verify_per_second", Json(static_cast<Int>(raw))},
                                   {"replay_ratio", Json(ratio_text(replay))},
                                   {"signatures", Json(static_cast<Int>(signatures))},
                                   {"signatures_per_second", Json(static_cast<Int>(rate))}}
        ).encode() << std::endl;
    } else {
        std::printf(
            "%.0f signatures of %lld entries in %.2f s: %.0f a second, ratio %.3f of %.0f raw "
            "checks "
            "a second, %.3f until all is folded; %s\n",
            signatures,
            static_cast<long long>(figures.integer_of("entries", 0)),
            seconds,
            rate,
            rate / raw,
            raw,
            replay,
            Paint(STDOUT_FILENO, false)
                .verdict(audit.code == 0, audit.code == 0 ? "all good" : "FINDINGS")
                .c_str()
        );
    }
    return audit.code;
}

int bench_start(const AuditOptions& options) {
    // A demo would found a new one there.
    if (auto ok = has_ledger(options.data); !ok)
        return complain("bench start", ok.error().what, options.json, 2);
    NodeProcess node;
    const auto start = Clock::now();
    if (auto ok = node.start(options.data); !ok)
        return complain("bench start", ok.error().what, options.json, 2);
    const double seconds = seconds_since(start);
    const std::uint64_t memory = peak_memory(node.pid());
    const auto address = client::parse_url(node.url);
    if (!address) return complain("bench start", address.error().what, options.json, 2);
    const auto ledger = client::ApiClient(*address).ledger();
    if (!ledger) return complain("bench start", ledger.error().what, options.json, 2);
    node.stop();
    if (options.json) {
        std::cout << Json::object({{"entries", Json(ledger->committed)},
                                   {"memory_bytes", Json(memory)},
                                   {"start_ms", Json(static_cast<Int>(seconds * 1000))}}
        ).encode() << std::endl;
    } else {
        std::printf(
            "%lld entries: ready after %.2f s, peak memory %.0f MB\n",
            static_cast<long long>(ledger->committed),
            seconds,
            static_cast<double>(memory) / 1e6
        );
    }
    return 0;
}

} // namespace handprint::tools

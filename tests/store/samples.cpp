#include "tests/store/samples.hpp"

#include "ledger/base/crypto.hpp"

#include <array>
#include <limits>

namespace handprint::store::samples {

Int Source::number() {
    static constexpr std::array<Int, 6> edges = {
        std::numeric_limits<Int>::min(), std::numeric_limits<Int>::max(), -1, 0, 1, Int{1} << 53
    };
    if (below(3) == 0) return edges[below(edges.size())];
    return static_cast<Int>(random_());
}

std::string Source::text() {
    static const std::array<std::string, 7> edges = {
        "",
        std::string(1, '\0'),
        std::string("a\0b", 3),
        "k\xC3\xA4se \xE2\x82\xAC \xF0\x9F\xA7\x80",
        "\xFF\xFE",
        "'; DROP TABLE head; --",
        std::string(5000, 'x'),
    };
    std::string out = std::to_string(random_());
    if (below(3) == 0) out += edges[below(edges.size())];
    return out;
}

Hash Source::hash() {
    Hash out{};
    for (auto& byte : out)
        byte = static_cast<std::uint8_t>(random_());
    return out;
}

Bytes Source::bytes(std::size_t length) {
    Bytes out(length);
    for (auto& byte : out)
        byte = static_cast<std::uint8_t>(random_());
    return out;
}

market::Row Source::row(std::size_t table) {
    market::Row out;
    (void)with_table(table, [&]<class R>(std::type_identity<R>) { out = row<R>(); });
    return out;
}

Bytes bytes_of(const market::Row& row) {
    Bytes out;
    std::visit([&out](const auto& r) { append_row(out, r); }, row);
    return out;
}

bool same(const market::Row& a, const market::Row& b) {
    return bytes_of(a) == bytes_of(b);
}

Hash root_at(Int size) {
    return sha256(as_bytes("root " + std::to_string(size)));
}

EntryRecord entry(Int index) {
    const std::string name = std::to_string(index);
    return {
        index,
        "{\"entry\":" + name + "}",
        sha256(as_bytes("salt " + name)),
        "{\"coop\":" + name + "}"
    };
}

PartRecord part(std::string party, Int index, Int number) {
    const std::string place = std::to_string(index) + "/" + std::to_string(number);
    return {
        std::move(party), index, number, "member", sha256(as_bytes(place)), "part " + place, false
    };
}

Batch next_batch(const Head& head, std::size_t count) {
    Batch batch;
    batch.expected = head;
    batch.next = head;
    batch.next.size += static_cast<Int>(count);
    batch.next.root = root_at(batch.next.size);
    batch.next.time = head.time + 1;
    batch.next.frontier = to_bytes(batch.next.root);
    for (Int index = head.size; index < batch.next.size; ++index) {
        batch.entries.push_back(entry(index));
        batch.parts.push_back(part("m:" + std::to_string(index % 3), index, 1));
    }
    return batch;
}

} // namespace handprint::store::samples

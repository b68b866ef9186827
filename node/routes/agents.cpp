#include "node/routes/agents.hpp"

#include "ledger/base/base64.hpp"
#include "ledger/record/json.hpp"

#include <utility>

namespace handprint::routes {

using market::Family;
using market::Refusal;
using record::Json;

namespace {

constexpr const char* note_kind = "agent_note"; // id: party/key

Unexpected<Refusal> try_later() {
    return unexpected(Refusal{Family::later, "busy", "Try again.", {}});
}

} // namespace

Result<std::string, Refusal> Agents::make(const std::string& party) {
    // From here on no other key of a party is made, so that the limit holds.
    const std::lock_guard lock(notes_);
    auto notes = read(party);
    if (!notes) return try_later();
    if (notes->unused >= most_unused) {
        return unexpected(Refusal{
            Family::conflict,
            "too_many_keys",
            "Sign a grant for a key that was made before, or come again in a day.",
            {}
        });
    }
    Seed seed{};
    parts_.vault.fill(seed);
    std::string key = base64_encode(KeyPair::from_seed(seed).public_key());
    const Json note = Json::object({{"created", Json(parts_.clock())}});
    auto& records = notes->gone;
    records.push_back(parts_.vault.seal("agent", key, seed));
    records.push_back(parts_.vault.seal(note_kind, party + '/' + key, as_bytes(note.encode())));
    if (!parts_.store.put_secrets(records)) return try_later();
    return key;
}

Result<Agents::Notes> Agents::read(const std::string& party) {
    const std::string mine = party + '/';
    const auto records = parts_.store.secrets(note_kind, mine, "", 4 * most_unused);
    if (!records) return unexpected(records.error());
    Notes out;
    for (const auto& record : *records) {
        const std::string key = record.id.substr(mine.size());
        const bool used = parts_.keys.of_key(key).has_value();
        const auto plain = parts_.vault.open(record.kind, record.id, record.sealed);
        if (!plain) return unexpected(plain.error());
        const auto note = Json::parse(as_text(*plain));
        if (!note) return fail("the note of an agent's key is malformed");
        const bool old = note->integer_of("created", 0) + unused_ms <= parts_.clock();
        if (!used && !old) ++out.unused;
        if (used || old) out.gone.push_back({note_kind, record.id, {}});
        if (!used && old) out.gone.push_back({"agent", key, {}});
    }
    return out;
}

} // namespace handprint::routes

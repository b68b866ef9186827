#include "node/audit/read_entry.hpp"

#include "ledger/base/base64.hpp"
#include "ledger/books/journal.hpp"
#include "ledger/record/command.hpp"
#include "ledger/record/commitment.hpp"
#include "ledger/record/entry.hpp"
#include "ledger/record/json_scan.hpp"
#include "node/market/json_codec.hpp"
#include "node/market/json_text.hpp"

#include <algorithm>
#include <utility>

namespace handprint::audit {

namespace {

class Reader {
public:
    Reader(ReadEntry& out, const record::KeyHints& hints) : out_(out), hints_(hints) {}

    void read(store::EntryRecord record, std::vector<store::PartRecord> parts) {
        out_.index = record.index;
        out_.header_bytes = std::move(record.header);
        out_.coop_bytes = std::move(record.coop);
        out_.leaf = record::leaf_hash(out_.header_bytes);
        auto header = record::parse_header(out_.header_bytes);
        if (!header) return entry_fault("header_malformed", "header", header.error().what);
        out_.header = std::move(*header);
        out_.usable = read_coop(record.coop_salt);
        out_.parts = std::move(parts);
        read_parts();
        if (out_.erased == 0) check_size();
    }

private:
    void entry_fault(const char* code, const char* column, std::string what) {
        Finding finding;
        finding.code = code;
        finding.table = "entry";
        finding.key = "entry_index=" + std::to_string(out_.index);
        finding.column = column;
        finding.entry = out_.index;
        finding.what = std::move(what);
        out_.findings.push_back(std::move(finding));
    }

    void part_fault(
        const char* code, const store::PartRecord& part, const char* column, std::string what
    ) {
        Finding finding;
        finding.code = code;
        finding.table = "part";
        finding.key = part_key(part);
        finding.column = column;
        finding.entry = out_.index;
        finding.what = std::move(what);
        out_.findings.push_back(std::move(finding));
    }

    bool read_coop(const record::Salt& salt) {
        if (!record::opens(out_.header, 0, salt, out_.coop_bytes)) {
            entry_fault("part_not_committed", "coop_salt,coop", "not what the header commits to");
            return false;
        }
        if (const auto text = record::scan_coop_part(out_.coop_bytes)) {
            if (auto fold = market::scan_fold_entry(out_.header, *text)) {
                take_coop(text->part, std::move(*fold));
                return true;
            }
        }
        const auto coop = record::parse_coop_part(out_.coop_bytes);
        if (!coop) {
            entry_fault("coop_malformed", "coop", coop.error().what);
            return false;
        }
        auto fold = market::read_fold_entry(out_.header, *coop);
        if (!fold) {
            entry_fault("coop_malformed", "coop", fold.error().what);
            return false;
        }
        take_coop(*coop, std::move(*fold));
        return true;
    }

    void take_coop(const record::CoopPart& coop, market::FoldEntry fold) {
        out_.fold = std::move(fold);
        if (coop.mandate) out_.request.request = coop.mandate->request;
        if (coop.mandate.has_value() != (out_.header.authority == record::Authority::agent)) {
            entry_fault(
                "authority_differs", "header", "a mandate goes with the authority agent only"
            );
        }
        const auto sums = books::class_sums(coop.postings);
        if (!sums || *sums != out_.header.sums) {
            entry_fault("sums_differ", "header", "the sums are not those of the postings");
        }
    }

    void read_parts() {
        std::size_t number = 1;
        for (const auto& part : out_.parts) {
            if (std::cmp_not_equal(part.number, number) || number >= out_.header.parts.size())
                break;
            if (out_.header.parts[number].role == record::Role::member) ++members_;
            read_part(part, out_.header.parts[number]);
            ++number;
        }
        if (number == out_.header.parts.size() && out_.parts.size() == number - 1) return;
        store::PartRecord missing;
        missing.index = out_.index;
        missing.number = static_cast<Int>(number);
        const bool surplus = number >= out_.header.parts.size();
        if (surplus) missing = out_.parts[number - 1];
        part_fault(
            surplus ? "part_surplus" : "part_missing",
            missing,
            "place",
            surplus ? "the header knows no such part"
                    : "the header has this part and the table has not"
        );
    }

    void read_part(const store::PartRecord& part, const record::PartCommitment& committed) {
        if (part.role != record::name(committed.role)) {
            part_fault(
                "part_differs",
                part,
                "role",
                "the header says " + std::string(record::name(committed.role)) + ", the table says "
                    + part.role
            );
        }
        check_party(part, committed.role);
        if (part.erased) {
            ++out_.erased;
            if (part.salt != Hash{} || !part.bytes.empty()) {
                part_fault(
                    "part_differs", part, "erased", "called erased, but salt or bytes are there"
                );
            }
            return;
        }
        if (committed.commit != record::commit(part.salt, part.bytes)) {
            return part_fault(
                "part_not_committed", part, "salt,bytes,erased", "not what the header commits to"
            );
        }
        if (scan_part(part, committed.role)) return;
        if (committed.role == record::Role::member) {
            auto member = record::parse_member_part(part.bytes);
            if (!member) return part_fault("part_malformed", part, "bytes", member.error().what);
            if (!member->evidence.is_null()) take_evidence(part, member->evidence);
            out_.members.push_back(std::move(*member));
            return;
        }
        const auto json = record::Json::parse(part.bytes);
        if (!json) return part_fault("part_malformed", part, "bytes", "not canonical JSON");
        const auto* evidence = json->find("evidence");
        if (evidence != nullptr && !evidence->is_null()) take_evidence(part, *evidence);
    }

    /// Reads what has a plain shape, as nearly everything has, without making a Json of it. False
    /// for the rest and for what is malformed.
    bool scan_part(const store::PartRecord& part, record::Role role) {
        constexpr std::string_view before = R"({"evidence":)";
        std::string_view evidence;
        std::optional<record::EnvelopeText> envelope;
        std::optional<record::MemberText> member;
        if (role == record::Role::member) {
            member = record::scan_member_part(part.bytes);
            if (!member) return false;
            if (member->evidence != "null") evidence = member->evidence;
            envelope = member->envelope;
        } else {
            record::JsonScan scan(part.bytes);
            if (!scan.eat(before)) return false;
            if (!scan_envelope(scan, envelope.emplace())) return false;
            evidence = scan.taken_from(before.size());
            if (!scan.eat("}") || !scan.done()) return false;
        }
        if (!evidence.empty() && (!envelope || !scan_evidence(evidence, *envelope))) return false;
        if (member) out_.members.push_back(std::move(member->part));
        return true;
    }

    bool scan_evidence(std::string_view text, const record::EnvelopeText& parts) {
        if (out_.has_evidence) return false;
        auto envelope = record::read_envelope(parts);
        if (!envelope || envelope->payload_type != record::kCommandType) return false;
        const auto body = record::scan_command(envelope->payload);
        if (!body) return false;
        auto command = market::scan_command(body->kind, body->args);
        if (!command) return false;
        out_.has_evidence = true;
        take_command(*body, std::move(*command), std::string(text));
        out_.envelope = std::move(*envelope);
        verify();
        return true;
    }

    /// Of a record::CommandBody or a record::CommandText.
    template <class Body>
    void take_command(const Body& body, market::Command command, std::string envelope) {
        auto& request = out_.request;
        request.command = std::move(command);
        request.actor = body.actor.text();
        request.id = body.command;
        request.envelope = std::move(envelope);
        if (body.seen) {
            request.seen_size = static_cast<Int>(body.seen->size);
            request.seen_root = body.seen->root;
        }
        out_.log = body.log;
        out_.kind = body.kind;
    }

    /// Whose the part is follows from the coop part.
    void check_party(const store::PartRecord& part, record::Role role) {
        if (!out_.usable) return;
        std::string party = out_.fold.by;
        if (role == record::Role::member) {
            const auto at = members_ - 1;
            if (at >= out_.fold.chain.size()) return; // found when it is decided again
            party = "m:" + std::to_string(out_.fold.chain[at].member);
        } else if (party == "new") {
            for (const auto& event : out_.fold.events) {
                const auto* fresh = std::get_if<market::RequesterRegistered>(&event);
                if (fresh != nullptr) party = "r:" + std::to_string(fresh->requester);
            }
        }
        if (part.party != party) {
            part_fault(
                "part_differs",
                part,
                "party",
                "the ledger says " + party + ", the table says " + part.party
            );
        }
    }

    void take_evidence(const store::PartRecord& part, const record::Json& json) {
        if (out_.has_evidence) {
            return part_fault("evidence_twice", part, "bytes", "an entry has one signed command");
        }
        out_.has_evidence = true;
        const auto bad = [&](std::string what) {
            part_fault("evidence_malformed", part, "bytes", std::move(what));
        };
        auto envelope = record::envelope_from_json(json);
        if (!envelope) return bad(envelope.error().what);
        out_.envelope = std::move(*envelope);
        if (out_.envelope.payload_type != record::kCommandType) {
            return bad("signed for another purpose: " + out_.envelope.payload_type);
        }
        auto body = record::parse_command(out_.envelope.payload);
        if (!body) return bad(body.error().what);
        auto command = market::command_from_json(body->kind, body->args);
        if (!command) return bad("args." + command.error().field + ' ' + command.error().what);
        take_command(*body, std::move(*command), json.encode());
        verify();
    }

    void verify() {
        const PublicKey* signer =
            record::signer_among(out_.envelope, hints_.find(out_.envelope.keyid));
        if (signer == nullptr) return;
        out_.request.key = base64_encode(*signer);
        out_.verified = true;
    }

    void check_size() {
        std::size_t total = out_.header_bytes.size() + out_.coop_bytes.size();
        for (const auto& part : out_.parts)
            total += part.bytes.size();
        if (total > record::kMaxEntryBytes) entry_fault("entry_too_large", "", "over 65,536 bytes");
    }

    ReadEntry& out_;
    const record::KeyHints& hints_;
    std::size_t members_ = 0;
};

} // namespace

std::string part_key(const store::PartRecord& part) {
    return "place=" + std::to_string(store::part_place(part.index, part.number));
}

void read_entry(
    ReadEntry& out,
    store::EntryRecord record,
    std::vector<store::PartRecord> parts,
    const record::KeyHints& hints
) {
    Reader(out, hints).read(std::move(record), std::move(parts));
}

} // namespace handprint::audit

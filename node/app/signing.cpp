#include "node/app/signing.hpp"

#include "ledger/base/base64.hpp"
#include "ledger/base/crypto.hpp"
#include "ledger/base/hex.hpp"
#include "ledger/base/utf8.hpp"
#include "ledger/record/fields.hpp"
#include "node/app/hand_signed.hpp"
#include "node/app/node_files.hpp"
#include "node/client/fill_in.hpp"
#include "node/client/key_file.hpp"
#include "node/client/treasury.hpp"
#include "node/files/files.hpp"
#include "node/market/reference.hpp"
#include "node/outbound/http_client.hpp"
#include "node/tools/complaint.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <memory>
#include <system_error>
#include <thread>

namespace handprint::app {

using client::Done;
using client::Given;
using market::Int;
using record::Json;
using tools::complain;

namespace {

/// Requests over http or https. One that got no answer is sent again as it is, which does a thing
/// once.
client::Exchange exchange_with(const SignOptions& o) {
    auto http = std::make_shared<outbound::HttpClient>();
    std::string base = o.url;
    while (base.ends_with('/'))
        base.pop_back();
    return [http, base, ca = o.ca](
               std::string_view method,
               std::string_view target,
               std::string_view headers,
               std::string_view body
           ) -> Result<client::WireReply> {
        constexpr int tries = 4;
        outbound::HttpCall call;
        call.method = method;
        call.url = base + std::string(target);
        call.body = body;
        call.timeout = std::chrono::seconds(60);
        call.reply_max = 64UL * 1024 * 1024;
        call.ca_file = ca;
        while (!headers.empty()) {
            const std::size_t end = headers.find("\r\n");
            const std::size_t colon = headers.find(": ");
            call.headers.emplace_back(
                headers.substr(0, colon), headers.substr(colon + 2, end - colon - 2)
            );
            headers.remove_prefix(end + 2);
        }
        for (int tried = 1;; ++tried) {
            const auto reply = http->fetch(call);
            if (!reply && tried == tries) return unexpected(reply.error());
            if (reply) {
                const auto cookie = reply->header("set-cookie");
                return client::WireReply{
                    reply->status,
                    std::string(reply->header("handprint-seq")),
                    std::string(cookie.substr(0, cookie.find(';'))),
                    reply->body
                };
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(300));
        }
    };
}

std::string value_of(const Given& given, std::string_view name) {
    const auto at = std::ranges::find(given, name, &Given::value_type::first);
    return at == given.end() ? std::string{} : at->second;
}

/// What need not be given, so that the rest can be checked before anybody is asked.
void add_defaults(Given& given, const HandSigned& kind, const client::PartyKey& key) {
    for (const auto& name : kind.filled) {
        if (!value_of(given, name).empty()) continue;
        std::string value;
        if (name == "key") value = base64_encode(key.key.public_key());
        if (name == "time") value = "now";
        if (name == "from") value = "0";
        given.emplace_back(name, value); // a checkpoint is asked for later
    }
}

class Signing {
public:
    Signing(const SignOptions& o, const client::PartyKey& key, client::FilledIn filled)
        : api_(exchange_with(o)),
          signer_{key.key, key.party, {}},
          command_(std::move(filled.command)),
          reference_(std::move(filled.reference)) {}

    Result<void> send(const Json& attachments) {
        auto ledger = api_.ledger();
        if (!ledger) return unexpected(ledger.error());
        signer_.origin = ledger->origin;
        if (auto ok = hash_reference(); !ok) return ok;
        if (auto ok = take_checkpoint(*ledger); !ok) return ok;
        if (auto* settle = std::get_if<market::Settle>(&command_); settle && named(*settle))
            return conclude(*settle);
        if (auto* back = std::get_if<market::Return>(&command_); back && named(*back))
            return conclude(*back);
        const client::Treasury treasury(
            {[&](const market::Command& c) { return api_.command(signer_, c, attachments); }, {}}
        );
        auto done = treasury.retried(command_, "run_open");
        if (!done) return unexpected(done.error());
        keep(*done);
        return {};
    }

    [[nodiscard]] const std::vector<Int>& entries() const { return entries_; }

    [[nodiscard]] const Json& result() const { return result_; }

    /// The text that stays with who signs, beside its salted hash; null if there is none.
    [[nodiscard]] const Json& kept() const { return kept_; }

    [[nodiscard]] const std::vector<std::string>& promises() const { return api_.promises(); }

    [[nodiscard]] const std::string& unanswered() const { return api_.unanswered(); }

private:
    /// Whether a payout is named, and not who of it.
    template <class Transfer>
    static bool named(const Transfer& transfer) {
        return transfer.payout.has_value() && !transfer.items.has_value();
    }

    Result<void> hash_reference() {
        if (reference_.empty()) return {};
        const auto salt = api_.reference_salt(signer_);
        if (!salt) return unexpected(salt.error());
        const auto hash = market::reference_hash(*salt, reference_);
        if (!hash) return unexpected(hash.error());
        *market::reference_in(command_) = *hash;
        kept_ = Json::object(
            {{"field", Json("reference")},
             {"hash", record::to_json(*hash)},
             {"salt", record::to_json(*salt)},
             {"text", Json(reference_)}}
        );
        return {};
    }

    Result<void> take_checkpoint(const client::LedgerState& ledger) {
        std::string* wanted = nullptr;
        if (auto* payout = std::get_if<market::Payout>(&command_)) wanted = &payout->checkpoint;
        if (auto* record = std::get_if<market::RecordCheckpoint>(&command_))
            wanted = &record->checkpoint;
        if (wanted == nullptr || !wanted->empty()) return {};
        // It is to cover all that has been entered so far, so also the newest close.
        auto published = api_.wait_published(ledger.committed - 1, 60);
        if (!published) return unexpected(published.error());
        *wanted = std::move(published->checkpoint);
        return {};
    }

    template <class Transfer>
    Result<void> conclude(const Transfer& transfer) {
        if (auto ok = api_.open_session(signer_); !ok) return ok;
        const std::string target = "/v1/payouts/" + std::to_string(*transfer.payout);
        Result<Json> payout = fail("");
        for (int looks = 0; looks < 100; ++looks) {
            payout = api_.json("GET", target);
            if (!payout) return unexpected(payout.error());
            if (payout->at("sealed").boolean()) break;
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
        }
        std::vector<Int> members;
        for (const Json& row : payout->at("rows").items()) {
            if (row.at("state").text() == "in_transit")
                members.push_back(row.at("member").integer());
        }
        if (members.empty()) {
            return fail("nothing of payout " + std::to_string(*transfer.payout) + " is in transit");
        }
        return client::treasury_of(api_, signer_)
            .conclude(transfer, members, [this](const Done& done, std::size_t) { keep(done); });
    }

    void keep(const Done& done) {
        entries_.push_back(done.index);
        result_ = done.result;
    }

    client::ApiClient api_;
    client::Signer signer_;
    market::Command command_;
    std::string reference_;
    std::vector<Int> entries_;
    Json result_, kept_;
};

void set_failed(Json& line, const std::string& why) {
    line.set("error", Json(why));
    line.set("ok", Json(false));
}

/// What was entered, and to machines also why the rest was not.
void print(const SignOptions& o, const Signing& signing, const std::string& failed) {
    const bool keeps = !signing.kept().is_null();
    if (!o.json) {
        std::cout << o.kind << " is entry";
        for (const Int index : signing.entries())
            std::cout << ' ' << index;
        std::cout << ".\n";
        if (signing.result().as_object() != nullptr) {
            for (const auto& member : signing.result().members())
                std::cout << member.key << ": " << member.value.encode() << '\n';
        }
        if (keeps) {
            std::cout << "The ledger has the reference " << signing.kept().at("text").text()
                      << " as a salted hash, which proves it:\n  salt "
                      << signing.kept().at("salt").text() << "\n  hash "
                      << signing.kept().at("hash").text() << '\n';
        }
        return;
    }
    Json::Array entries;
    for (const Int index : signing.entries())
        entries.emplace_back(index);
    Json::Array promises;
    for (const auto& promise : signing.promises()) {
        auto json = Json::parse(promise, record::JsonMode::lenient);
        if (json) promises.push_back(std::move(*json));
    }
    Json::Array texts;
    if (keeps) texts.push_back(signing.kept());
    Json line = Json::object(
        {{"entries", Json(std::move(entries))},
         {"kept", Json(std::move(texts))},
         {"kind", Json(o.kind)},
         {"promises", Json(std::move(promises))},
         {"result", signing.result()}}
    );
    if (!failed.empty()) set_failed(line, failed);
    std::cout << line.encode() << '\n';
}

/// The number that the node has given to somebody new.
std::string party_of(const Json& result) {
    if (const auto* member = result.find("member")) return "m:" + std::to_string(member->integer());
    return "r:" + std::to_string(result.at("requester").integer());
}

Result<Json> attachments_of(const HandSigned& kind, Given& given) {
    if (std::string_view(kind.kind) != "register_requester") return Json();
    const auto at = std::ranges::find(given, "name", &Given::value_type::first);
    if (at == given.end()) return fail("name is missing, the name of the requester: name=TEXT");
    Json attachments = Json::object({{"name", Json(at->second)}});
    given.erase(at);
    return attachments;
}

/// Puts by what may have been entered, so that the very same can be sent again.
void keep_unanswered(const SignOptions& o, const std::string& body) {
    const std::string path =
        o.key + ".unanswered-" + hex_encode(ByteView(sha256(as_bytes(body))).first(4));
    const auto kept = files::write_whole(path, as_bytes(body), files::Readers::owner);
    std::cerr << "No answer came, and it may have been entered. ";
    if (!kept) {
        std::cerr << "It could not be kept either: " << kept.error().what << '\n';
        return;
    }
    std::cerr << "The same again, which does it once:\n  handprint sign --key " << o.key
              << " --url " << o.url << " --again " << path << '\n';
}

Result<void>
rename_newcomer(const SignOptions& o, const client::PartyKey& key, const Json& result) {
    if (key.party != "new") return {};
    return client::rename_party(o.key, party_of(result), key.key);
}

/// What the client says of a command begins with its kind, which `handprint sign KIND` says too.
std::string without_kind(const std::string& kind, const std::string& what) {
    const std::string before = kind + ": ";
    return what.starts_with(before) ? what.substr(before.size()) : what;
}

int sign_again(const SignOptions& o) {
    const std::string what = "sign --again";
    if (o.key.empty())
        return complain(what, "--key is required: the key file of who signed", o.json, 2);
    if (o.url.empty())
        return complain(what, "--url is required: where the node listens", o.json, 2);
    const auto key = client::read_key_file(o.key);
    if (!key) return complain(what, key.error().what, o.json);
    const auto body = files::read_regular(o.again, std::size_t{1} << 20U);
    if (!body) return complain(what, body.error().what, o.json);
    client::ApiClient api(exchange_with(o));
    const auto done = api.send_command(*body);
    if (!done) return complain(what, done.error().what, o.json);
    std::error_code gone; // it is of no further use
    std::filesystem::remove(o.again, gone);
    const auto renamed = rename_newcomer(o, *key, done->result);
    if (o.json) {
        Json line = Json::object(
            {{"entries", Json(Json::Array{Json(done->index)})}, {"result", done->result}}
        );
        if (!renamed) set_failed(line, renamed.error().what);
        std::cout << line.encode() << '\n';
        return renamed ? 0 : 1;
    }
    std::cout << "It is entry " << done->index << ".\n";
    return renamed ? 0 : complain(what, renamed.error().what, false);
}

} // namespace

int sign(const SignOptions& o) {
    if (o.list) {
        print_hand_signed(o.json);
        return 0;
    }
    if (!o.again.empty()) return sign_again(o);
    if (o.kind.empty())
        return complain(
            "sign", "which kind of command? `handprint sign --list` names them", o.json, 2
        );
    const auto kind =
        std::ranges::find_if(hand_signed(), [&](const auto& one) { return one.kind == o.kind; });
    if (kind == hand_signed().end()) {
        const bool known = market::fields_of(o.kind).has_value();
        return complain(
            "sign",
            o.kind + (known ? " is not signed by hand" : " is no kind of command")
                + "; `handprint sign --list` names those that are",
            o.json,
            2
        );
    }
    const std::string what = "sign " + o.kind;
    if (o.key.empty())
        return complain(what, "--key is required: the key file of who signs", o.json, 2);
    if (o.url.empty())
        return complain(what, "--url is required: where the node listens", o.json, 2);
    const auto key = client::read_key_file(o.key);
    if (!key) return complain(what, key.error().what, o.json);
    const std::string_view by(kind->by);
    const bool fits =
        (by == "new") == (key->party == "new") && by.find(key->party.front()) != by.npos;
    if (!fits) {
        return complain(
            what,
            "it is signed by " + std::string(who_signs(kind->by)) + ", and " + o.key
                + " is the key of " + key->party,
            o.json
        );
    }
    auto given = client::read_words(o.words);
    if (!given) return complain(what, given.error().what, o.json, 2);
    const auto attachments = attachments_of(*kind, *given);
    if (!attachments) return complain(what, attachments.error().what, o.json, 2);
    add_defaults(*given, *kind, *key);
    auto filled = client::fill_in(o.kind, *given, wall_clock_ms());
    if (!filled) return complain(what, filled.error().what, o.json, 2);
    Signing signing(o, *key, std::move(*filled));
    const auto sent = signing.send(*attachments);
    if (!signing.unanswered().empty()) keep_unanswered(o, signing.unanswered());
    const std::string why = sent ? std::string{} : without_kind(o.kind, sent.error().what);
    if (!sent && signing.entries().empty()) return complain(what, why, o.json);
    std::string failed;
    if (!sent) failed = "the rest was not entered: " + why;
    if (sent) {
        if (auto ok = rename_newcomer(o, *key, signing.result()); !ok) failed = ok.error().what;
    }
    print(o, signing, failed);
    if (failed.empty()) return 0;
    return o.json ? 1 : complain(what, failed, false);
}

int get(const SignOptions& o) {
    if (!o.kind.starts_with('/'))
        return complain(
            "get", o.kind + " is no path; one begins with /, such as /v1/proposals", o.json, 2
        );
    const auto key = client::read_key_file(o.key);
    if (!key) return complain("get", key.error().what, o.json);
    client::ApiClient api(exchange_with(o));
    const auto ledger = api.ledger();
    if (!ledger) return complain("get", ledger.error().what, o.json);
    if (auto ok = api.open_session({key->key, key->party, ledger->origin}); !ok)
        return complain("get", ok.error().what, o.json);
    const auto text = api.call("GET", o.kind);
    if (!text) return complain("get", text.error().what, o.json);
    if (o.json) {
        const auto document = Json::parse(*text, record::JsonMode::lenient, text->size());
        if (!document && !is_utf8(*text))
            return complain("get", o.kind + " is no text; it is printed without --json", true);
        std::cout << (document ? *document : Json(*text)).encode() << '\n';
        return 0;
    }
    std::cout << *text << '\n';
    return 0;
}

} // namespace handprint::app

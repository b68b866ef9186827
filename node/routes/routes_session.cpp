// Signing in, grants, agent keys, API keys.

#include "ledger/record/fields.hpp"
#include "node/market/lists.hpp"
#include "node/market/parties.hpp"
#include "node/market/party_keys.hpp"
#include "node/routes/acting.hpp"
#include "node/routes/content.hpp"
#include "node/routes/member_views.hpp"
#include "node/routes/sessions.hpp"

namespace handprint::routes {

namespace auth = http::auth;
using http::Method;
using http::Request;
using http::Response;

namespace {

std::string cookie_line(const Request& request, const std::string& token, Int max_age) {
    // A browser would not keep a Secure cookie that comes over plain HTTP.
    return "hp_session=" + token + "; Path=/; HttpOnly; SameSite=Strict"
           + (request.secure ? "; Secure" : "") + "; Max-Age=" + std::to_string(max_age);
}

Response new_challenge(Node& node, const Request& request) {
    const auto body = read_body(request, {"key"});
    if (!body) return body.error();
    const std::string key = body->text_of("key");
    if (!market::is_key(key)) {
        return respond(market::Refusal{
            market::Family::invalid, "bad_key", "An Ed25519 key in padded base64.", "key"
        });
    }
    const auto made = node.sessions.challenge(key);
    return respond_json(
        Json::object({{"challenge", Json(made.text)}, {"expires", Json(made.expires)}})
    );
}

Response open_session(Node& node, const Request& request) {
    const auto body = read_body(request, {"envelope"});
    if (!body) return body.error();
    const Json* envelope = body->find("envelope");
    if (envelope == nullptr) {
        return respond(api::bad_request("missing", "envelope", "The signed challenge is missing."));
    }
    const auto opened = node.sessions.open(envelope->encode());
    if (!opened) return respond(opened.error());
    constexpr Int thirty_days_s = 30LL * 24 * 3600;
    return respond_json(Json::object({{"party", Json(opened->principal.party)}})
    ).with("Set-Cookie", cookie_line(request, opened->token, thirty_days_s));
}

Response who(Node& node, const Request& request) {
    const auto& principal = *request.principal;
    Json json = Json::object({
        {"key", Json(principal.key)},
        {"party", Json(principal.party)},
        {"roles",
         Json::array({Json(
             principal.party.starts_with("m:")   ? "member"
             : principal.party.starts_with("r:") ? "requester"
                                                 : "delegate"
         )})},
    });
    if (const auto name = node.content.name(principal.party); !name.empty())
        json.set("name", Json(name));
    if (const auto mandate = node.sessions.mandate(principal, ""))
        json.set("grant", Json(mandate->grant));
    return respond_json(json);
}

template <class T>
Json array_of(const std::vector<T>& values) {
    Json::Array items;
    items.reserve(values.size());
    for (const T& value : values)
        items.emplace_back(value);
    return Json(std::move(items));
}

Json grant_json(const market::GrantRow& grant) {
    Json json = Json::object({
        {"cap", record::amount_to_json(grant.cap)},
        {"currency", Json(grant.currency)},
        {"expires", Json(grant.expires)},
        {"grant", Json(grant.grant)},
        {"spent", record::amount_to_json(grant.spent)},
    });
    json.set("batches", array_of(market::split_numbers(grant.batches)));
    json.set("kinds", array_of(market::split_words(grant.kinds)));
    return json;
}

Response list_grants(Node& node, const Request& request) {
    const auto requester = requester_of(request);
    if (!requester) return requester.error();
    if (auto late = check_seq(node, request)) return std::move(*late);
    Json::Array list;
    for (const auto& grant : node.sessions.grants().unrevoked(*requester))
        list.push_back(grant_json(grant));
    return respond_json(Json::object({{"grants", Json(std::move(list))}}));
}

Response list_keys(Node& node, const Request& request) {
    if (auto late = check_seq(node, request)) return std::move(*late);
    Json keys = Json::array({});
    const std::string& party = request.principal->party;
    const bool own = market::with_holder(party, [&]<class R>(std::type_identity<R>, Int number) {
        if (const auto holder = row<R>(node, number)) keys = keys_json(node, holder->valid_keys);
    });
    if (!own) {
        return respond(market::Refusal{
            market::Family::denied, "not_a_holder", "This is for members and requesters.", {}
        });
    }
    return respond_json(Json::object({{"keys", std::move(keys)}}));
}

Response new_api_key(Node& node, const Request& request) {
    const auto body = read_body(request, {"grant", "label"});
    if (!body) return body.error();
    const Json* number = body->find("grant");
    if (number == nullptr || number->as_integer() == nullptr) {
        return respond(api::bad_request("missing", "grant", "The index of the grant's entry."));
    }
    const auto label = optional_text(*body, "label");
    if (!label) return label.error();
    if (label->size() > 128) {
        return respond(api::bad_request("bad_argument", "label", "At most 128 bytes."));
    }
    if (auto ok = node.sessions.may_act(*request.principal); !ok) return respond(ok.error());
    const auto grant = row<market::GrantRow>(node, number->integer());
    if (!grant) {
        auto problem = api::not_found("not_granted", "There is no such grant.");
        problem.field = "grant";
        return respond(problem);
    }
    const auto made = node.sessions.api_keys().make(request.principal->party, *grant, *label);
    if (!made) return respond(made.error());
    return respond_json(Json::object({{"api_key", Json(made->key)}, {"id", Json(made->id)}}), 201);
}

Response list_api_keys(Node& node, const Request& request) {
    if (const auto requester = requester_of(request); !requester) return requester.error();
    const auto keys = node.sessions.api_keys().list(request.principal->party);
    if (!keys) return busy();
    Json::Array list;
    for (const auto& key : *keys) {
        Json json = Json::object({
            {"created", Json(key.created)},
            {"grant", Json(key.grant)},
            {"id", Json(key.id)},
            {"label", Json(key.label)},
        });
        if (key.used != market::never) json.set("used", Json(key.used));
        if (key.revoked != market::never) json.set("revoked", Json(key.revoked));
        list.push_back(std::move(json));
    }
    return respond_json(Json::object({{"api_keys", Json(std::move(list))}}));
}

Response revoke_api_key(Node& node, const Request& request) {
    const auto gone =
        node.sessions.api_keys().revoke(request.principal->party, std::string(request.param("id")));
    if (!gone) return busy();
    if (!*gone) return respond(api::not_found("key_unknown", "No such API key of yours."));
    return Response::empty();
}

} // namespace

void add_session_routes(http::Router& router, Node& node) {
    router.add<auth::none>(Method::post, "/v1/sessions/challenge", [&node](const Request& r) {
        return new_challenge(node, r);
    });
    router.add<auth::none>(Method::post, "/v1/sessions", [&node](const Request& r) {
        return open_session(node, r);
    });
    router.add<auth::session>(Method::del, "/v1/sessions", [&node](const Request& r) {
        const auto token = http::cookie(r.headers.get("Cookie"), http::kSessionCookie);
        if (!node.sessions.close(token)) return busy();
        return Response::empty().with("Set-Cookie", cookie_line(r, "", 0));
    });
    router.add<auth::session>(Method::get, "/v1/session", [&node](const Request& r) {
        return who(node, r);
    });
    router.add<auth::session>(Method::get, "/v1/grants", [&node](const Request& r) {
        return list_grants(node, r);
    });
    router.add<auth::session>(Method::get, "/v1/keys", [&node](const Request& r) {
        return list_keys(node, r);
    });
    router.add<auth::session>(Method::post, "/v1/agents", [&node](const Request& r) {
        if (auto told = refuse_body(r)) return std::move(*told);
        if (const auto who = requester_of(r); !who) return who.error();
        const auto key = node.sessions.agents().make(r.principal->party);
        if (!key) return respond(key.error());
        return respond_json(Json::object({{"key", Json(*key)}}), 201);
    });
    router.add<auth::session>(Method::post, "/v1/api-keys", [&node](const Request& r) {
        return new_api_key(node, r);
    });
    router.add<auth::session>(Method::get, "/v1/api-keys", [&node](const Request& r) {
        return list_api_keys(node, r);
    });
    router.add<auth::session>(Method::del, "/v1/api-keys/{id}", [&node](const Request& r) {
        return revoke_api_key(node, r);
    });
}

} // namespace handprint::routes

#include "node/witness/server.hpp"

#include "node/http/signals.hpp"
#include "node/outbound/http_client.hpp"
#include "node/witness/key_file.hpp"
#include "node/witness/published.hpp"

#include <unistd.h>

#include <chrono>
#include <future>
#include <utility>

namespace handprint::witness {

namespace {

std::uint64_t wall_clock_seconds() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(now).count()
    );
}

http::Response response_of(WitnessAnswer answer) {
    http::Response response;
    response.status = answer.status;
    response.content_type = std::move(answer.content_type);
    response.body = std::move(answer.body);
    return response;
}

/// Checkpoints of ours that others still serve. One that does not answer might be the one that
/// knows better, so it counts as a failure; 404 is an answer.
Result<std::vector<std::string>> ask_public_copies(const WitnessConfig& config) {
    std::vector<std::string> notes;
    outbound::HttpClient client;
    for (const std::string& prefix : config.published_at) {
        for (const WatchedLog& log : config.logs) {
            outbound::HttpCall call;
            call.url = prefix + "/" + origin_name(log.origin) + "/checkpoint";
            Result<outbound::HttpReply> reply = client.fetch(call);
            if (!reply) return unexpected(std::move(reply).error());
            if (reply->status == 404) continue;
            if (reply->status != 200) {
                return fail("witness: " + call.url + " says " + std::to_string(reply->status));
            }
            notes.push_back(std::move(reply->body));
        }
    }
    return notes;
}

Result<std::unique_ptr<WitnessService>> open_service(const WitnessConfig& config) {
    Result<merkle::Cosigner> signer = load_key_file(config.key_file);
    if (!signer) return unexpected(std::move(signer).error());
    Result<std::vector<std::string>> published = ask_public_copies(config);
    if (!published) return unexpected(std::move(published).error());
    WitnessPorts ports;
    ports.unix_seconds = wall_clock_seconds;
    if (!config.publish_directory.empty()) {
        const auto files = std::make_shared<PublishedFiles>(config.publish_directory);
        Result<std::vector<std::string>> more = files->read_all();
        if (!more) return unexpected(std::move(more).error());
        for (std::string& note : *more)
            published->push_back(std::move(note));
        ports.publish = [files](const std::string& name, const std::string& note) {
            return files->write(name, note);
        };
    }
    return WitnessService::open(
        config.state_file, std::move(*signer), config.logs, std::move(ports), *published
    );
}

} // namespace

void add_witness_routes(http::Router& router, WitnessService& service) {
    using http::Method;
    namespace auth = http::auth;
    router
        .add<auth::signed_body>(
            Method::post,
            "/add-checkpoint",
            [&service](const http::Request& request) {
                return response_of(service.add_checkpoint(request.body));
            }
        )
        .add<auth::none>(
            Method::get,
            "/{name}/checkpoint",
            [&service](const http::Request& request) {
                http::Response response = response_of(service.latest(request.param("name")));
                response.with("Access-Control-Allow-Origin", "*");
                return response;
            }
        )
        .add<auth::none>(Method::get, "/", [&service](const http::Request&) {
            return response_of(service.about());
        });
}

WitnessServer::WitnessServer(std::unique_ptr<WitnessService> service)
    : service_(std::move(service)) {}

WitnessServer::~WitnessServer() {
    stop();
}

Result<std::unique_ptr<WitnessServer>>
WitnessServer::start(const WitnessConfig& config, http::Observer* observer) {
    Result<std::unique_ptr<WitnessService>> service = open_service(config);
    if (!service) return unexpected(std::move(service).error());
    std::unique_ptr<WitnessServer> out(new WitnessServer(std::move(*service)));
    http::Router router;
    add_witness_routes(router, *out->service_);
    http::ServerParts parts;
    parts.observer = observer;
    Result<std::unique_ptr<http::Server>> server =
        http::Server::start(config.http, std::move(router), parts);
    if (!server) return unexpected(std::move(server).error());
    out->server_ = std::move(*server);
    return out;
}

std::uint16_t WitnessServer::port() const {
    return server_->ports().front();
}

void WitnessServer::stop() {
    if (server_) server_->stop();
}

Result<void>
run_witness(const WitnessConfig& config, const std::function<void(std::string_view)>& say) {
    std::promise<int> ended;
    const auto watch = http::on_signal(
        [&](int number) { ended.set_value(number); }, [](int number) { ::_exit(128 + number); }
    );
    Result<std::unique_ptr<WitnessServer>> server = WitnessServer::start(config);
    if (!server) return unexpected(std::move(server).error());
    say("witness " + (*server)->key().text() + " listens on port "
        + std::to_string((*server)->port()));
    const int signal = ended.get_future().get();
    say("stops on signal " + std::to_string(signal));
    (*server)->stop();
    return {};
}

} // namespace handprint::witness

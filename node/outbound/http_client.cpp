#include "node/outbound/http_client.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <mutex>
#include <string_view>

namespace handprint::outbound {

namespace {

constexpr std::size_t kHeadersMax = 64 * 1024;

struct Receiver {
    HttpReply reply;
    std::size_t body_max = 0;
    std::size_t header_bytes = 0;
    bool too_large = false;
};

std::size_t take_body(char* data, std::size_t, std::size_t count, void* user) {
    Receiver& to = *static_cast<Receiver*>(user);
    if (to.reply.body.size() + count > to.body_max) {
        to.too_large = true;
        return 0;
    }
    to.reply.body.append(data, count);
    return count;
}

std::size_t take_header(char* data, std::size_t, std::size_t count, void* user) {
    Receiver& to = *static_cast<Receiver*>(user);
    to.header_bytes += count;
    if (to.header_bytes > kHeadersMax) {
        to.too_large = true;
        return 0;
    }
    const std::string_view line(data, count);
    if (line.starts_with("HTTP/")) to.reply.headers.clear(); // of an interim response
    if (auto header = header_line(line)) to.reply.headers.push_back(std::move(*header));
    return count;
}

/// Frees what curl_slist_append made.
class HeaderList {
public:
    HeaderList() = default;
    HeaderList(const HeaderList&) = delete;
    HeaderList& operator=(const HeaderList&) = delete;

    ~HeaderList() { curl_slist_free_all(list_); }

    void add(const std::string& line) { list_ = curl_slist_append(list_, line.c_str()); }

    [[nodiscard]] curl_slist* get() const noexcept { return list_; }

private:
    curl_slist* list_ = nullptr;
};

} // namespace

std::optional<std::pair<std::string, std::string>> header_line(std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    std::string name(line.substr(0, colon));
    std::ranges::transform(name, name.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    });
    line.remove_prefix(colon + 1);
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    line = line.substr(0, line.find_last_not_of(" \t\r\n") + 1);
    return std::pair{std::move(name), std::string(line)};
}

std::string_view HttpReply::header(std::string_view name) const noexcept {
    for (const auto& [key, value] : headers) {
        if (key == name) return value;
    }
    return {};
}

/// Idle handles, each with its open connections. A call takes one or makes one.
class HttpClient::Pool {
public:
    Pool() {
        static const bool ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
        HP_CHECK(ready, "libcurl does not start");
    }

    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    ~Pool() {
        for (CURL* handle : idle_)
            curl_easy_cleanup(handle);
    }

    CURL* take() {
        {
            const std::lock_guard lock(mutex_);
            if (!idle_.empty()) {
                CURL* handle = idle_.back();
                idle_.pop_back();
                return handle;
            }
        }
        CURL* made = curl_easy_init();
        HP_CHECK(made != nullptr, "libcurl makes a handle");
        return made;
    }

    void give_back(CURL* handle) {
        constexpr std::size_t kIdleMax = 16;
        {
            const std::lock_guard lock(mutex_);
            if (idle_.size() < kIdleMax) {
                idle_.push_back(handle);
                return;
            }
        }
        curl_easy_cleanup(handle);
    }

private:
    std::mutex mutex_;
    std::vector<CURL*> idle_;
};

HttpClient::HttpClient() : pool_(std::make_unique<Pool>()) {}

HttpClient::~HttpClient() = default;

namespace {

template <class Value>
void set(CURL* handle, CURLoption option, Value value) {
    const CURLcode code = curl_easy_setopt(handle, option, value);
    HP_CHECK(code == CURLE_OK, curl_easy_strerror(code));
}

void set_up(CURL* handle, const HttpCall& call, Receiver& receiver, const HeaderList& headers) {
    curl_easy_reset(handle); // keeps connections
    set(handle, CURLOPT_URL, call.url.c_str());
    set(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    set(handle, CURLOPT_FOLLOWLOCATION, 0L);
    set(handle, CURLOPT_PROXY, "");
    set(handle, CURLOPT_NOSIGNAL, 1L);
    set(handle, CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
    set(handle, CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
    set(handle, CURLOPT_USERAGENT, "handprint");
    set(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(call.timeout.count()));
    set(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(call.connect_timeout.count()));
    if (!call.ca_file.empty()) set(handle, CURLOPT_CAINFO, call.ca_file.c_str());
    if (call.method == "HEAD") {
        set(handle, CURLOPT_NOBODY, 1L);
    } else if (call.method == "GET" && call.body.empty()) {
        set(handle, CURLOPT_HTTPGET, 1L);
    } else {
        set(handle, CURLOPT_POSTFIELDS, call.body.data());
        set(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call.body.size()));
        set(handle, CURLOPT_CUSTOMREQUEST, call.method.c_str());
    }
    set(handle, CURLOPT_HTTPHEADER, headers.get());
    set(handle, CURLOPT_WRITEFUNCTION, take_body);
    set(handle, CURLOPT_WRITEDATA, &receiver);
    set(handle, CURLOPT_HEADERFUNCTION, take_header);
    set(handle, CURLOPT_HEADERDATA, &receiver);
}

bool breaks_line(std::string_view text) {
    return text.find_first_of("\r\n") != std::string_view::npos || text.find('\0') != text.npos;
}

} // namespace

Result<HttpReply> HttpClient::fetch(const HttpCall& call) {
    if (breaks_line(call.url)) return fail("http: a line break in the address");
    HeaderList headers;
    headers.add("Expect:"); // libcurl would wait for "100 Continue" before a larger body
    for (const auto& [name, value] : call.headers) {
        if (breaks_line(name) || breaks_line(value)) return fail("http: a line break in a header");
        headers.add(value.empty() ? name + ";" : name + ": " + value);
    }
    Receiver receiver{{}, call.reply_max};
    CURL* handle = pool_->take();
    set_up(handle, call, receiver, headers);
    const CURLcode code = curl_easy_perform(handle);
    long status = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    pool_->give_back(handle);
    if (receiver.too_large) return fail("http: " + call.url + ": the reply is too large");
    if (code != CURLE_OK) return fail("http: " + call.url + ": " + curl_easy_strerror(code));
    receiver.reply.status = static_cast<int>(status);
    return std::move(receiver.reply);
}

} // namespace handprint::outbound

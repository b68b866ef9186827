#pragma once

#include "node/http/types.hpp"

#include <cstdint>
#include <memory>
#include <utility>

namespace handprint::http {

/// Where an answer goes; the server's side of a Reply.
class ReplyTarget {
public:
    virtual ~ReplyTarget() = default;
    virtual void answer(std::uint64_t ticket, Response response) noexcept = 0;
};

/// The duty to answer one request, from any thread, once. One that is dropped without an answer
/// sends 503 "retry with the same id", for then nobody knows what became of the request.
class Reply {
public:
    Reply(std::shared_ptr<ReplyTarget> target, std::uint64_t ticket) noexcept
        : target_(std::move(target)), ticket_(ticket) {}

    Reply(Reply&&) noexcept = default;
    Reply& operator=(Reply&& other) noexcept;
    Reply(const Reply&) = delete;
    Reply& operator=(const Reply&) = delete;
    ~Reply();

    void operator()(Response response) noexcept;

private:
    void abandon() noexcept;

    std::shared_ptr<ReplyTarget> target_;
    std::uint64_t ticket_;
};

} // namespace handprint::http

#include "node/http/reply.hpp"

namespace handprint::http {

Reply& Reply::operator=(Reply&& other) noexcept {
    if (this != &other) {
        abandon();
        target_ = std::move(other.target_);
        ticket_ = other.ticket_;
    }
    return *this;
}

Reply::~Reply() {
    abandon();
}

void Reply::operator()(Response response) noexcept {
    const std::shared_ptr<ReplyTarget> target = std::move(target_);
    target_ = nullptr;
    if (target) target->answer(ticket_, std::move(response));
}

void Reply::abandon() noexcept {
    if (!target_) return;
    (*this)(problem(unavailable()));
}

} // namespace handprint::http

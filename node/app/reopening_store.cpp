#include "node/app/reopening_store.hpp"

#include <utility>

namespace handprint::app {

std::shared_ptr<store::SqliteStore> ReopeningStore::current() const {
    const std::lock_guard lock(mutex_);
    return now_;
}

Result<void> ReopeningStore::reopen() {
    const std::lock_guard lock(opening_);
    return open_anew();
}

Result<void> ReopeningStore::beside(const std::function<Result<void>(store::Store&)>& write) {
    const auto store = current();
    auto done = write(*store);
    if (done || !store->in_doubt()) return done;
    const std::lock_guard lock(opening_);
    if (current() != store) return done; // somebody has been here
    if (auto ok = open_anew(); !ok) return fail(done.error().what + "; " + ok.error().what);
    return done;
}

Result<void> ReopeningStore::open_anew() {
    auto fresh = store::SqliteStore::open(options_);
    if (!fresh) return unexpected(fresh.error());
    const std::lock_guard lock(mutex_);
    now_ = std::move(*fresh); // readers that are under way keep the old one until they are done
    return {};
}

} // namespace handprint::app

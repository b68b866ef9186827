#include "node/app/reopening_store.hpp"

#include <utility>

namespace handprint::app {

std::shared_ptr<store::SqliteStore> ReopeningStore::current() const {
    const std::lock_guard lock(mutex_);
    return now_;
}

Result<void> ReopeningStore::reopen() {
    auto fresh = store::SqliteStore::open(options_);
    if (!fresh) return unexpected(fresh.error());
    const std::lock_guard lock(mutex_);
    now_ = std::move(*fresh); // readers that are under way keep the old one until they are done
    return {};
}

} // namespace handprint::app

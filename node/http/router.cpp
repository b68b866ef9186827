#include "node/http/router.hpp"

#include "ledger/base/check.hpp"

#include <algorithm>

namespace handprint::http {

namespace {

constexpr std::size_t kMethods = 8;

using ByMethod = std::array<const Route*, kMethods>;

/// Takes the text up to the next '/' off the front of `path`, which does not begin with one.
std::string_view take_segment(std::string_view& path) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view segment = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
    return segment;
}

} // namespace

struct Router::Node {
    std::vector<std::pair<std::string, std::unique_ptr<Node>>> literals;
    std::unique_ptr<Node> parameter;
    ByMethod here{};
    ByMethod tail{};                // of `{name...}`
    std::vector<std::string> names; // of the parameters on the way, per node that ends a route
    std::vector<std::string> tail_names;

    Node& child(std::string_view literal) {
        for (auto& [text, node] : literals) {
            if (text == literal) return *node;
        }
        literals.emplace_back(std::string(literal), std::make_unique<Node>());
        return *literals.back().second;
    }
};

Router::Router() : root_(std::make_unique<Node>()) {}

Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

void Router::insert(Route route) {
    HP_CHECK(route.pattern.starts_with('/'), route.pattern + ": a pattern begins with a slash");
    routes_.push_back(std::make_unique<Route>(std::move(route)));
    const Route& added = *routes_.back();

    Node* node = root_.get();
    std::vector<std::string> names;
    std::string_view rest = std::string_view(added.pattern).substr(1);
    bool tail = false;
    while (!rest.empty()) {
        HP_CHECK(!tail, added.pattern + ": something follows {name...}");
        const std::string_view segment = take_segment(rest);
        if (!segment.starts_with('{')) {
            node = &node->child(segment);
            continue;
        }
        HP_CHECK(segment.size() > 2 && segment.ends_with('}'), added.pattern + ": bad parameter");
        std::string_view name = segment.substr(1, segment.size() - 2);
        tail = name.ends_with("...");
        if (tail) name.remove_suffix(3);
        names.emplace_back(name);
        if (tail) continue;
        if (!node->parameter) node->parameter = std::make_unique<Node>();
        node = node->parameter.get();
    }
    auto& slot = (tail ? node->tail : node->here)[static_cast<std::size_t>(added.method)];
    HP_CHECK(slot == nullptr, added.pattern + ": declared twice");
    slot = &added;
    std::vector<std::string>& known = tail ? node->tail_names : node->names;
    HP_CHECK(known.empty() || known == names, added.pattern + ": parameters named differently");
    known = std::move(names);
}

void Router::fallback(Handler handler) {
    fallback_ = std::make_unique<Route>(
        Route{Method::get, "(static)", Auth::none, {.any_query = true}, std::move(handler), nullptr}
    );
}

std::vector<const Route*> Router::routes() const {
    std::vector<const Route*> out;
    out.reserve(routes_.size());
    for (const auto& route : routes_)
        out.push_back(route.get());
    return out;
}

/// One walk down the tree for one request.
class Router::Search {
public:
    explicit Search(std::size_t slot) : slot_(slot) {}

    /// Depth first, a literal before a parameter before a tail. A place that has the path but not
    /// the method is kept for the Allow list, and the search goes on. `rest` is empty or begins
    /// with a slash.
    bool from(const Node& node, std::string_view rest) {
        if (rest.empty()) return ends(node.here, node.names);
        std::string_view after = rest.substr(1);
        const std::string_view segment = take_segment(after);
        const std::string_view next = rest.substr(segment.size() + 1);
        for (const auto& [text, child] : node.literals) {
            if (text == segment && from(*child, next)) return true;
        }
        if (count_ == taken_.size()) return false;
        if (node.parameter && !segment.empty()) {
            taken_[count_++] = segment;
            if (from(*node.parameter, next)) return true;
            --count_;
        }
        if (!node.tail_names.empty()) {
            taken_[count_++] = rest.substr(1);
            if (ends(node.tail, node.tail_names)) return true;
            --count_;
        }
        return false;
    }

    void fill(Match& match) const {
        match.params.reserve(names_->size());
        for (std::size_t i = 0; i < names_->size(); ++i) {
            Result<std::string> value = percent_decode(taken_[i]);
            if (!value) {
                match.bad_path = true;
                return;
            }
            match.params.emplace_back((*names_)[i], std::move(*value));
        }
        match.route = (*routes_)[slot_];
    }

    /// Empty unless the path is there for other methods.
    [[nodiscard]] std::string allow() const {
        std::string out;
        for (std::size_t i = 0; routes_ != nullptr && i < routes_->size(); ++i) {
            if ((*routes_)[i] == nullptr) continue;
            if (!out.empty()) out += ", ";
            out += name(static_cast<Method>(i));
            if (static_cast<Method>(i) == Method::get) out += ", HEAD";
        }
        return out;
    }

private:
    bool ends(const ByMethod& routes, const std::vector<std::string>& names) {
        if (std::ranges::all_of(routes, [](const Route* r) { return r == nullptr; })) return false;
        const bool hit = routes[slot_] != nullptr;
        if (routes_ == nullptr || hit) {
            routes_ = &routes;
            names_ = &names;
        }
        return hit;
    }

    std::size_t slot_;
    std::array<std::string_view, 8> taken_{}; // by parameters, in order
    std::size_t count_ = 0;
    const ByMethod* routes_ = nullptr;
    const std::vector<std::string>* names_ = nullptr;
};

Router::Match Router::find(Method method, std::string_view path) const {
    Match match;
    const Method asked = method == Method::head ? Method::get : method;
    Search search(static_cast<std::size_t>(asked));
    const std::string_view rest = path == "/" ? "" : path;
    if (path.starts_with('/') && search.from(*root_, rest)) {
        search.fill(match);
        return match;
    }
    match.allow = search.allow();
    if (match.allow.empty() && asked == Method::get) match.route = fallback_.get();
    return match;
}

} // namespace handprint::http

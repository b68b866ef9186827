#include "node/http/router.hpp"

#include "ledger/base/check.hpp"

#include <algorithm>

namespace handprint::http {

namespace {

constexpr std::size_t kMethods = 8;

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
    std::array<const Route*, kMethods> here{};
    std::array<const Route*, kMethods> tail{}; // of `{name...}`
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
        Route{Method::get, "(static)", Auth::none, {}, std::move(handler), nullptr}
    );
}

std::vector<const Route*> Router::routes() const {
    std::vector<const Route*> out;
    for (const auto& route : routes_)
        out.push_back(route.get());
    return out;
}

namespace {

/// What a walk down the tree has found: the segments that parameters took.
struct Walk {
    std::array<std::string_view, 8> taken{};
    std::size_t count = 0;
};

} // namespace

Router::Match Router::find(Method method, std::string_view path) const {
    Match match;
    const Method asked = method == Method::head ? Method::get : method;
    const auto slot = static_cast<std::size_t>(asked);
    const Node* found = nullptr;
    const std::array<const Route*, kMethods>* table = nullptr;
    const std::vector<std::string>* names = nullptr;
    Walk walk;

    // Depth first, a literal before a parameter before a tail. A node that has the path but not the
    // method is kept for the Allow list, and the search goes on.
    const auto search = [&](const auto& self, const Node& node, std::string_view rest) -> bool {
        const auto ends = [&](const std::array<const Route*, kMethods>& routes,
                              const std::vector<std::string>& known) {
            if (std::ranges::all_of(routes, [](const Route* r) { return r == nullptr; })) {
                return false;
            }
            if (found == nullptr || routes[slot] != nullptr) {
                found = &node;
                table = &routes;
                names = &known;
            }
            return routes[slot] != nullptr;
        };
        if (rest.empty()) return ends(node.here, node.names);
        std::string_view after = rest.substr(1);
        const std::string_view segment = take_segment(after);
        const std::string_view next =
            rest.size() > segment.size() + 1 ? rest.substr(segment.size() + 1) : "";
        for (const auto& [text, child] : node.literals) {
            if (text == segment && self(self, *child, next)) return true;
        }
        const bool room = walk.count < walk.taken.size();
        if (node.parameter && !segment.empty() && room) {
            walk.taken[walk.count++] = segment;
            if (self(self, *node.parameter, next)) return true;
            --walk.count;
        }
        if (!node.tail_names.empty() && room) {
            walk.taken[walk.count++] = rest.substr(1);
            if (ends(node.tail, node.tail_names)) return true;
            --walk.count;
        }
        return false;
    };

    const bool hit = path.starts_with('/') && search(search, *root_, path == "/" ? "" : path);
    if (hit) {
        match.route = (*table)[slot];
        match.params.reserve(names->size());
        for (std::size_t i = 0; i < names->size(); ++i) {
            Result<std::string> value = percent_decode(walk.taken[i]);
            if (!value) {
                match.bad_path = true;
                match.route = nullptr;
                return match;
            }
            match.params.emplace_back((*names)[i], std::move(*value));
        }
        return match;
    }
    if (found != nullptr) {
        for (std::size_t i = 0; i < kMethods; ++i) {
            if ((*table)[i] == nullptr) continue;
            if (!match.allow.empty()) match.allow += ", ";
            match.allow += name(static_cast<Method>(i));
            if (static_cast<Method>(i) == Method::get) match.allow += ", HEAD";
        }
        return match;
    }
    if (asked == Method::get) match.route = fallback_.get();
    return match;
}

} // namespace handprint::http

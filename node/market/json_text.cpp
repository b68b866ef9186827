#include "node/market/json_text.hpp"

#include "ledger/record/json_scan.hpp"
#include "ledger/record/json_writer.hpp"
#include "node/market/json_shapes.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace handprint::market {

namespace {

using record::JsonScan;
using record::JsonWriter;

template <class T>
void write(JsonWriter& writer, const T& value);

/// The number of the `type` of an event among its members, which it is not.
constexpr std::size_t type_member = 1000;

/// The members of an object in the order of their keys.
template <class T>
std::vector<std::pair<std::string_view, std::size_t>> in_order(bool typed) {
    std::vector<std::pair<std::string_view, std::size_t>> out;
    const T value{};
    T::fields(value, [&out](const char* name, const auto&) { out.emplace_back(name, out.size()); });
    if (typed) out.emplace_back("type", type_member);
    std::sort(out.begin(), out.end());
    return out;
}

/// An event has a type, other objects have none.
template <class T>
void write_object(JsonWriter& writer, const T& value, std::string_view type = {}) {
    static const auto order = in_order<T>(false);
    static const auto typed_order = in_order<T>(true);
    writer.begin_object();
    for (const auto& [name, number] : type.empty() ? order : typed_order) {
        if (number == type_member) writer.key(name).text(type);
        std::size_t at = 0;
        T::fields(value, [&](const char*, const auto& member) {
            if (at++ != number) return;
            using M = std::remove_cvref_t<decltype(member)>;
            if constexpr (is_optional<M>::value) {
                if (!member) return;
                writer.key(name);
                write(writer, *member);
            } else {
                writer.key(name);
                write(writer, member);
            }
        });
    }
    writer.end_object();
}

template <class T>
void write(JsonWriter& writer, const T& value) {
    if constexpr (std::is_same_v<T, Int>) {
        writer.integer(value);
    } else if constexpr (std::is_same_v<T, std::string>) {
        writer.text(value);
    } else if constexpr (std::is_same_v<T, Hash>) {
        writer.bytes(value);
    } else if constexpr (std::is_same_v<T, Amount>) {
        writer.amount(value.minor);
    } else if constexpr (std::is_same_v<T, Points>) {
        writer.amount(value.value);
    } else if constexpr (is_vector<T>::value) {
        writer.begin_array();
        for (const auto& item : value)
            write(writer, item);
        writer.end_array();
    } else if constexpr (listed<T>) {
        writer.begin_array();
        T::fields(value, [&](const char*, const auto& member) { write(writer, member); });
        writer.end_array();
    } else {
        write_object(writer, value);
    }
}

template <class T>
bool scan_value(JsonScan& scan, T& value);

/// `type`: if not empty, there may be a member `type`, which says this.
template <class T>
bool scan_object(JsonScan& scan, T& value, std::string_view type = {}) {
    std::uint64_t found = 0; // bits of the members that were there
    const bool taken = scan.object([&](std::string_view key) {
        bool good = false;
        std::size_t at = 0;
        T::fields(value, [&](const char* name, auto& member) {
            const std::size_t number = at++;
            if (good || key != name) return;
            found |= std::uint64_t{1} << number;
            using M = std::remove_cvref_t<decltype(member)>;
            if constexpr (is_optional<M>::value) {
                good = scan_value(scan, member.emplace());
            } else {
                good = scan_value(scan, member);
            }
        });
        std::string_view said;
        return good || (!type.empty() && key == "type" && scan.string(said) && said == type);
    });
    if (!taken) return false;
    bool all = true;
    std::size_t at = 0;
    T::fields(value, [&](const char*, auto& member) {
        const bool given = (found >> at++ & 1U) != 0;
        all = all && (given || is_optional<std::remove_cvref_t<decltype(member)>>::value);
    });
    return all;
}

template <class T>
bool scan_value(JsonScan& scan, T& value) {
    if constexpr (std::is_same_v<T, Int>) {
        return scan.integer(value);
    } else if constexpr (std::is_same_v<T, std::string>) {
        std::string_view text;
        if (!scan.string(text)) return false;
        value = text;
        return true;
    } else if constexpr (std::is_same_v<T, Hash>) {
        return scan.hash(value);
    } else if constexpr (std::is_same_v<T, Amount>) {
        return scan.amount(value.minor);
    } else if constexpr (std::is_same_v<T, Points>) {
        return scan.amount(value.value);
    } else if constexpr (is_vector<T>::value) {
        return scan.array([&] { return scan_value(scan, value.emplace_back()); });
    } else if constexpr (listed<T>) {
        bool good = scan.eat("[");
        bool first = true;
        T::fields(value, [&](const char*, auto& member) {
            good =
                good && (std::exchange(first, false) || scan.eat(",")) && scan_value(scan, member);
        });
        return good && scan.eat("]");
    } else {
        return scan_object(scan, value);
    }
}

/// What type an event says it is; empty if none. Whoever reads the event holds it to that.
std::string_view type_of(std::string_view text) {
    constexpr std::string_view member = R"("type":")";
    constexpr std::string_view end = R"("})";
    if (text.ends_with(end)) { // its last member, as it is of most
        const auto rest = text.substr(0, text.size() - end.size());
        const auto from = rest.rfind('"') + 1;
        if (rest.substr(0, from).ends_with(member)) return rest.substr(from);
    }
    JsonScan scan(text);
    std::string_view type;
    std::string_view passed;
    const bool taken = scan.object([&](std::string_view key) {
        return key == "type" ? scan.string(type) : scan.skip(passed);
    });
    return taken && scan.done() ? type : std::string_view();
}

template <class E>
std::optional<Event> scan_event_as(std::string_view text) {
    JsonScan scan(text);
    E event;
    if (!scan_object(scan, event, E::type) || !scan.done()) return std::nullopt;
    return Event(std::move(event));
}

template <class C>
std::optional<Command> scan_command_as(std::string_view args) {
    JsonScan scan(args);
    C command;
    if (!scan_object(scan, command) || !scan.done()) return std::nullopt;
    return Command(std::move(command));
}

/// What is read by which function, by name.
template <class T>
using Readers = std::vector<std::pair<std::string_view, std::optional<T> (*)(std::string_view)>>;

template <class T>
std::optional<T> scan_named(Readers<T> (*make)(), std::string_view name, std::string_view text) {
    static const auto readers = [make] {
        auto out = make();
        std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
            return a.first < b.first;
        });
        return out;
    }();
    const auto at = std::lower_bound(
        readers.begin(),
        readers.end(),
        name,
        [](const auto& reader, std::string_view wanted) { return reader.first < wanted; }
    );
    if (at == readers.end() || at->first != name) return std::nullopt;
    return at->second(text);
}

template <class... E>
Readers<Event> event_readers(std::type_identity<std::variant<E...>>) {
    return {{E::type, &scan_event_as<E>}...};
}

template <class... C>
Readers<Command> command_readers(std::type_identity<std::variant<C...>>) {
    Readers<Command> out;
    const auto add = [&out]<class One>(std::type_identity<One>) {
        if constexpr (makes_entry<One>) out.emplace_back(One::kind, &scan_command_as<One>);
    };
    (add(std::type_identity<C>{}), ...);
    return out;
}

} // namespace

void append_json(std::string& out, const Event& event) {
    JsonWriter writer(out);
    std::visit([&writer](const auto& e) { write_object(writer, e, e.type); }, event);
}

void append_json(std::string& out, const std::vector<AnswerRef>& answers) {
    JsonWriter writer(out);
    write(writer, answers);
}

void append_args(std::string& out, const Command& command) {
    JsonWriter writer(out);
    std::visit(
        [&writer]<class C>(const C& c) {
            if constexpr (makes_entry<C>) {
                write_object(writer, c);
            } else {
                HP_CHECK(false, "claims are not signed");
            }
        },
        command
    );
}

std::optional<Event> scan_event(std::string_view text) {
    return scan_named<Event>(
        [] { return event_readers(std::type_identity<Event>{}); }, type_of(text), text
    );
}

std::optional<Command> scan_command(std::string_view kind, std::string_view args) {
    return scan_named<Command>(
        [] { return command_readers(std::type_identity<Command>{}); }, kind, args
    );
}

} // namespace handprint::market

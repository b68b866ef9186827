#include "node/market/json_codec.hpp"

#include "ledger/base/decimal.hpp"
#include "ledger/record/fields.hpp"
#include "node/market/json_shapes.hpp"
#include "node/market/json_text.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

namespace handprint::market {

namespace {

using record::Json;

/// Keeps the first fault and where it was.
struct Reader {
    std::string field, what;

    [[nodiscard]] bool failed() const { return !what.empty(); }

    bool fault(const std::string& where, const char* problem) {
        if (!failed()) {
            field = where;
            what = problem;
        }
        return false;
    }

    template <class T>
    bool read(const Json& json, T& value, const std::string& where);

    template <class T>
    bool read_object(const Json& json, T& value, const std::string& where, std::size_t extra = 0) {
        const auto* object = json.as_object();
        if (object == nullptr) return fault(where, "must be an object");
        std::size_t found = extra;
        T::fields(value, [&](const char* name, auto& member) {
            using M = std::remove_cvref_t<decltype(member)>;
            const std::string inner = where.empty() ? name : where + '.' + name;
            const Json* given = json.find(name);
            if (given != nullptr) ++found;
            if constexpr (is_optional<M>::value) {
                if (given == nullptr) return;
                read(*given, member.emplace(), inner);
            } else {
                if (given == nullptr) {
                    fault(inner, "is missing");
                } else {
                    read(*given, member, inner);
                }
            }
        });
        if (failed()) return false;
        if (found == object->size()) return true;
        for (const auto& member : *object) {
            bool known = extra > 0 && member.key == "type";
            T::fields(value, [&](const char* name, auto&) { known = known || member.key == name; });
            if (!known)
                return fault(where.empty() ? member.key : where + '.' + member.key, "is not known");
        }
        return true;
    }

    bool read_amount(const Json& json, Int& value, const std::string& where) {
        const auto* text = json.as_string();
        const auto number = text != nullptr ? parse_i64(*text) : Result<Int>(fail(""));
        if (!number) return fault(where, "must be a decimal string");
        value = *number;
        return true;
    }
};

template <class T>
bool Reader::read(const Json& json, T& value, const std::string& where) {
    if constexpr (std::is_same_v<T, Int>) {
        const auto* number = json.as_integer();
        if (number == nullptr) return fault(where, "must be an integer");
        value = *number;
        return true;
    } else if constexpr (std::is_same_v<T, std::string>) {
        const auto* text = json.as_string();
        if (text == nullptr) return fault(where, "must be a string");
        value = *text;
        return true;
    } else if constexpr (std::is_same_v<T, Hash>) {
        const auto hash = record::hash_from_json(json);
        if (!hash) return fault(where, "must be 32 bytes in padded base64");
        value = *hash;
        return true;
    } else if constexpr (std::is_same_v<T, Amount>) {
        return read_amount(json, value.minor, where);
    } else if constexpr (std::is_same_v<T, Points>) {
        return read_amount(json, value.value, where);
    } else if constexpr (is_vector<T>::value) {
        const auto* items = json.as_array();
        if (items == nullptr) return fault(where, "must be an array");
        value.clear();
        value.reserve(items->size());
        for (std::size_t i = 0; i < items->size(); ++i) {
            value.emplace_back();
            if (!read((*items)[i], value.back(), where + '[' + std::to_string(i) + ']'))
                return false;
        }
        return true;
    } else if constexpr (listed<T>) {
        const auto* items = json.as_array();
        std::size_t at = 0;
        std::size_t count = 0;
        T::fields(value, [&](const char*, auto&) { ++count; });
        if (items == nullptr || items->size() != count) {
            return fault(where, "must be a list of its members in order");
        }
        T::fields(value, [&](const char* name, auto& member) {
            read((*items)[at++], member, where + '.' + name);
        });
        return !failed();
    } else {
        return read_object(json, value, where);
    }
}

template <std::size_t I = 0>
Result<Event> read_event(const std::string& type, const Json& json) {
    if constexpr (I == std::variant_size_v<Event>) {
        return fail("no such event: " + type);
    } else {
        using E = std::variant_alternative_t<I, Event>;
        if (type != E::type) return read_event<I + 1>(type, json);
        E event;
        Reader reader;
        if (!reader.read_object(json, event, {}, 1)) {
            return fail(type + ": " + reader.field + ' ' + reader.what);
        }
        return Event(std::move(event));
    }
}

template <std::size_t I = 0>
Result<Command, ArgsError> read_command(const std::string& kind, const Json& args) {
    if constexpr (I == std::variant_size_v<Command>) {
        return unexpected(ArgsError{"kind", "is not a kind of command", true});
    } else {
        using C = std::variant_alternative_t<I, Command>;
        if constexpr (!makes_entry<C>) {
            return read_command<I + 1>(kind, args);
        } else {
            if (kind != C::kind) return read_command<I + 1>(kind, args);
            C command;
            Reader reader;
            if (!reader.read_object(args, command, {})) {
                return unexpected(ArgsError{reader.field, reader.what, false});
            }
            return Command(std::move(command));
        }
    }
}

template <class T>
constexpr FieldType type_of() {
    if constexpr (is_optional<T>::value) {
        return type_of<typename T::value_type>();
    } else if constexpr (std::is_same_v<T, Int>) {
        return FieldType::number;
    } else if constexpr (std::is_same_v<T, std::string>) {
        return FieldType::text;
    } else if constexpr (std::is_same_v<T, Hash>) {
        return FieldType::hash;
    } else if constexpr (std::is_same_v<T, Amount>) {
        return FieldType::amount;
    } else if constexpr (std::is_same_v<T, std::vector<Int>>) {
        return FieldType::numbers;
    } else if constexpr (std::is_same_v<T, std::vector<std::string>>) {
        return FieldType::texts;
    } else {
        return FieldType::json;
    }
}

template <std::size_t I = 0>
std::optional<std::vector<FieldShape>> read_fields(const std::string& kind) {
    if constexpr (I == std::variant_size_v<Command>) {
        return std::nullopt;
    } else {
        using C = std::variant_alternative_t<I, Command>;
        if constexpr (makes_entry<C>) {
            if (kind == C::kind) {
                std::vector<FieldShape> shapes;
                const C command;
                C::fields(command, [&](const char* name, const auto& member) {
                    using M = std::remove_cvref_t<decltype(member)>;
                    shapes.push_back({name, type_of<M>(), is_optional<M>::value});
                });
                return shapes;
            }
        }
        return read_fields<I + 1>(kind);
    }
}

} // namespace

Json to_json(const Event& event) {
    std::string text;
    append_json(text, event);
    return Json::parse(text).value();
}

Result<Event> event_from_json(const Json& json) {
    const Json* type = json.find("type");
    if (type == nullptr || type->as_string() == nullptr) return fail("an event has a type");
    return read_event(*type->as_string(), json);
}

Json args_to_json(const Command& command) {
    std::string text;
    append_args(text, command);
    return Json::parse(text).value();
}

Result<Command, ArgsError> command_from_json(const std::string& kind, const Json& args) {
    return read_command(kind, args);
}

std::optional<std::vector<FieldShape>> fields_of(const std::string& kind) {
    return read_fields(kind);
}

} // namespace handprint::market

#pragma once

#include "ledger/base/check.hpp"

#include <concepts>
#include <functional>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace handprint {

/// The environment or an input did not do what was needed. `what` is for a log or a developer;
/// code that must tell causes apart uses an error type of its own.
struct Failure {
    std::string what;
    bool operator==(const Failure&) const = default;
};

/// Carries an error into a Result, so that `return unexpected(e)` cannot be taken for a value.
template <class E>
struct Unexpected {
    E error;
};

template <class E>
[[nodiscard]] Unexpected<std::decay_t<E>> unexpected(E&& error) {
    return {std::forward<E>(error)};
}

[[nodiscard]] inline Unexpected<Failure> fail(std::string what) {
    return {Failure{std::move(what)}};
}

/// A value or an error, with the names of std::expected. Reading the side that is not there is a
/// bug and aborts (std::expected leaves it undefined).
template <class T, class E = Failure>
class [[nodiscard]] Result {
public:
    using value_type = T;
    using error_type = E;

    /// A Result<bool> is built from a bool only: a pointer or another Result must not decay to it.
    template <class U = T>
        requires(
            std::convertible_to<U, T> && !std::same_as<std::remove_cvref_t<U>, Result>
            && (!std::same_as<T, bool> || std::same_as<std::remove_cvref_t<U>, bool>)
        )
    // NOLINTNEXTLINE(google-explicit-constructor): `return value;` is how a Result is made
    Result(U&& value) : state_(std::in_place_index<0>, std::forward<U>(value)) {}

    template <class G>
        requires std::convertible_to<G, E>
    // NOLINTNEXTLINE(google-explicit-constructor): so is `return fail(...);`
    Result(Unexpected<G> error) : state_(std::in_place_index<1>, std::move(error.error)) {}

    [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }

    explicit operator bool() const noexcept { return has_value(); }

    [[nodiscard]] T& value() & {
        require_value();
        return *std::get_if<0>(&state_);
    }

    [[nodiscard]] const T& value() const& {
        require_value();
        return *std::get_if<0>(&state_);
    }

    [[nodiscard]] T&& value() && {
        require_value();
        return std::move(*std::get_if<0>(&state_));
    }

    [[nodiscard]] E& error() & {
        require_error();
        return *std::get_if<1>(&state_);
    }

    [[nodiscard]] const E& error() const& {
        require_error();
        return *std::get_if<1>(&state_);
    }

    [[nodiscard]] E&& error() && {
        require_error();
        return std::move(*std::get_if<1>(&state_));
    }

    [[nodiscard]] T& operator*() & { return value(); }

    [[nodiscard]] const T& operator*() const& { return value(); }

    [[nodiscard]] T&& operator*() && { return std::move(*this).value(); }

    [[nodiscard]] T* operator->() { return &value(); }

    [[nodiscard]] const T* operator->() const { return &value(); }

    template <class U>
    [[nodiscard]] T value_or(U&& fallback) const& {
        return has_value() ? value() : static_cast<T>(std::forward<U>(fallback));
    }

    template <class U>
    [[nodiscard]] T value_or(U&& fallback) && {
        return has_value() ? std::move(*this).value() : static_cast<T>(std::forward<U>(fallback));
    }

    /// `f` takes the value and returns a Result with the same error type.
    template <class F>
    [[nodiscard]] auto and_then(F&& f) const& -> std::invoke_result_t<F, const T&> {
        if (!has_value()) return Unexpected<E>{error()};
        return std::invoke(std::forward<F>(f), value());
    }

    template <class F>
    [[nodiscard]] auto and_then(F&& f) && -> std::invoke_result_t<F, T&&> {
        if (!has_value()) return Unexpected<E>{std::move(*this).error()};
        return std::invoke(std::forward<F>(f), std::move(*this).value());
    }

    /// `f` takes the value and returns another value (or nothing).
    template <class F>
    [[nodiscard]] auto transform(F&& f) const& {
        return map_value(*this, std::forward<F>(f));
    }

    template <class F>
    [[nodiscard]] auto transform(F&& f) && {
        return map_value(std::move(*this), std::forward<F>(f));
    }

    /// `f` takes the error and returns an error of any type.
    template <class F>
    [[nodiscard]] auto transform_error(F&& f) const& {
        using G = std::decay_t<std::invoke_result_t<F, const E&>>;
        if (has_value()) return Result<T, G>(value());
        return Result<T, G>(Unexpected<G>{std::invoke(std::forward<F>(f), error())});
    }

    template <class F>
    [[nodiscard]] auto transform_error(F&& f) && {
        using G = std::decay_t<std::invoke_result_t<F, E&&>>;
        if (has_value()) return Result<T, G>(std::move(*this).value());
        return Result<T, G>(Unexpected<G>{std::invoke(std::forward<F>(f), std::move(*this).error())}
        );
    }

private:
    template <class Self, class F>
    static auto map_value(Self&& self, F&& f) {
        using V = std::invoke_result_t<F, decltype(std::forward<Self>(self).value())>;
        using R = Result<std::remove_cvref_t<V>, E>;
        if (!self.has_value()) return R(Unexpected<E>{std::forward<Self>(self).error()});
        if constexpr (std::is_void_v<V>) {
            std::invoke(std::forward<F>(f), std::forward<Self>(self).value());
            return R();
        } else {
            return R(std::invoke(std::forward<F>(f), std::forward<Self>(self).value()));
        }
    }

    void require_value() const { HP_CHECK(has_value(), "value() of a Result that is an error"); }

    void require_error() const {
        HP_CHECK(state_.index() == 1, "error() of a Result that has a value");
    }

    std::variant<T, E> state_;
};

/// Success without a value. `return {};` is success.
template <class E>
class [[nodiscard]] Result<void, E> {
public:
    using value_type = void;
    using error_type = E;

    Result() = default;

    template <class G>
        requires std::convertible_to<G, E>
    // NOLINTNEXTLINE(google-explicit-constructor): so is `return fail(...);`
    Result(Unexpected<G> error) : error_(std::move(error.error)) {}

    [[nodiscard]] bool has_value() const noexcept { return !error_.has_value(); }

    explicit operator bool() const noexcept { return has_value(); }

    void value() const { HP_CHECK(has_value(), "value() of a Result that is an error"); }

    void operator*() const { value(); }

    [[nodiscard]] const E& error() const& {
        HP_CHECK(error_.has_value(), "error() of a Result that has a value");
        return *error_;
    }

    [[nodiscard]] E&& error() && {
        HP_CHECK(error_.has_value(), "error() of a Result that has a value");
        return std::move(*error_);
    }

    template <class F>
    [[nodiscard]] auto and_then(F&& f) const -> std::invoke_result_t<F> {
        if (error_) return Unexpected<E>{*error_};
        return std::invoke(std::forward<F>(f));
    }

    template <class F>
    [[nodiscard]] auto transform(F&& f) const {
        using V = std::invoke_result_t<F>;
        using R = Result<std::remove_cvref_t<V>, E>;
        if (error_) return R(Unexpected<E>{*error_});
        if constexpr (std::is_void_v<V>) {
            std::invoke(std::forward<F>(f));
            return R();
        } else {
            return R(std::invoke(std::forward<F>(f)));
        }
    }

    template <class F>
    [[nodiscard]] auto transform_error(F&& f) const {
        using G = std::decay_t<std::invoke_result_t<F, const E&>>;
        if (!error_) return Result<void, G>();
        return Result<void, G>(Unexpected<G>{std::invoke(std::forward<F>(f), *error_)});
    }

private:
    std::optional<E> error_;
};

} // namespace handprint

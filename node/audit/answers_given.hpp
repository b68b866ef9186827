#pragma once

#include "ledger/record/json.hpp"

#include <optional>
#include <string_view>

namespace handprint::audit {

/// The answers of a submission as they are kept: JSON, a list of salts and contents.
class AnswersGiven {
public:
    /// `text` must outlive this.
    explicit AnswersGiven(std::string_view text) : text_(text) {}

    /// Whether they open the commitments and have the lengths of the answers in a member's part;
    /// nothing if the part has no answers.
    [[nodiscard]] std::optional<bool> are_of(std::string_view part) const;

private:
    std::string_view text_;
};

} // namespace handprint::audit

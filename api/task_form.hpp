#pragma once

// What the work of a batch is: what its terms say to members, and which answers fit it. Tasks are
// classified: one of some choices, and a note if the member wants.

#include "ledger/base/result.hpp"
#include "ledger/record/json.hpp"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace handprint::api {

/// What is wrong with something that came in, by a rule of this interface.
struct FormFault {
    std::string code, field, detail;
};

/// Trimmed, printable text of 1 to `most` bytes of UTF-8: no control characters, nothing that turns
/// the direction of what follows. With `lines`, line feeds and tabs too.
[[nodiscard]] bool is_plain_text(std::string_view text, std::size_t most, bool lines = false);

using Domains = std::set<std::string, std::less<>>;

/// The ids of all domains of a taxonomy; empty if it is none.
[[nodiscard]] Domains domains_of(std::string_view taxonomy);

class TaskForm {
public:
    /// Reads `title`, `instructions`, `question`, `choices` and `fields` of terms, and looks at
    /// `domain` when domains are given. The fault names a field under `where`, such as
    /// "attachments.terms.".
    [[nodiscard]] static Result<TaskForm, FormFault>
    read(const record::Json& terms, std::string_view where = {}, const Domains& domains = {});

    /// What keeps this from being an answer, if anything: {"value": one of the choices, "note":
    /// text}, at most 16 KiB. The field is left empty.
    [[nodiscard]] std::optional<FormFault>
    answer_fault(std::string_view type, std::string_view bytes) const;

    /// What each row must have, for members are shown it.
    [[nodiscard]] const std::vector<std::string>& fields() const noexcept { return fields_; }

    /// Of a task's content what members are shown: the fields of the terms, as they stand in it.
    /// Content that is no JSON object has none.
    [[nodiscard]] std::string shown(std::string_view content) const;

    /// What an answer may be, and what the right answers of a test are among.
    [[nodiscard]] const std::set<std::string, std::less<>>& choices() const noexcept {
        return choices_;
    }

private:
    std::set<std::string, std::less<>> choices_;
    std::vector<std::string> fields_;
};

} // namespace handprint::api

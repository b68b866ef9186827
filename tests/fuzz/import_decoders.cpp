#include "api/import.hpp"
#include "api/json_shape.hpp"
#include "api/task_chunk.hpp"
#include "tests/api/read_all.hpp"
#include "tests/fuzz/decoder.hpp"

#include <array>

namespace handprint::fuzz {

namespace {

using namespace api;

/// What was imported is sealed as lines and must come out of them unchanged.
void through_a_chunk(const Tasks& tasks) {
    if (!tasks) {
        (void)to_json(tasks.error());
        return;
    }
    const auto kept = read_chunk(write_chunk(*tasks));
    must(kept && kept->size() == tasks->size(), "as many tasks");
    for (std::size_t i = 0; i < tasks->size(); ++i) {
        const auto& [external, content, own] = (*kept)[i];
        must(external == (*tasks)[i].external, "the same id");
        must(content == (*tasks)[i].content, "the same content");
        must(own == (*tasks)[i].own, "the same terms");
    }
}

void jsonl(std::string_view text) {
    through_a_chunk(read_all(TaskFormat::jsonl, text, {}));
    through_a_chunk(read_all(TaskFormat::jsonl, text, {.truth = true}));
    // Content, given back with an id, is the same content.
    const auto tasks = read_all(TaskFormat::jsonl, text, {});
    if (!tasks) return;
    for (const auto& task : *tasks) {
        const auto again =
            read_all(TaskFormat::jsonl, "{\"id\":\"1\"," + task.content.substr(1), {});
        if (task.content.find("\"id\"") != std::string::npos) continue;
        must(again && again->front().content == task.content, "content settles");
    }
}

void csv(std::string_view text) {
    through_a_chunk(read_all(TaskFormat::csv, text, {}));
    through_a_chunk(read_all(TaskFormat::csv, text, {.truth = true}));
    // A cell that we write is one cell, with the text in it.
    const std::string cell = csv_cell(text);
    std::size_t at = 0;
    const auto cells = csv_record(cell, at);
    must(cells && cells->size() == 1 && at == cell.size(), "a cell is one cell");
    must(cells->front().ends_with(text), "a cell holds its text");
}

void task_chunk(std::string_view text) {
    const auto tasks = read_chunk(text);
    if (!tasks) return;
    std::vector<ImportedTask> written;
    for (const auto& task : *tasks)
        written.push_back({task.external, task.content, std::nullopt, 0, task.own});
    must(write_chunk(written) == text, "a chunk is written as it was read");
}

/// An answer as an export holds it: one line of JSON, whatever the member handed in.
void json_line(std::string_view text) {
    const auto line = api::json_line(text);
    must(line.find('\n') == std::string::npos, "it is one line");
    must(shape_of(line).depth <= kMostJsonDepth, "it is not too deep");
    must(api::json_line(line) == line, "what was exported is exported the same");
}

constexpr std::array kDecoders = {
    Decoder{
        "jsonl",
        jsonl,
        [] {
            return Seeds{
                "{\"id\":1,\"text\":\"a\",\"truth\":\"b\"}\n{\"id\":\"2\",\"n\":[1.5,{\"x\":null}],"
                "\"truth\":\"\"}\r\n",
                "\xEF\xBB\xBF{\"id\":\"\\u00e9\",\"deep\":[[[[[[[[]]]]]]]],\"big\":"
                "123456789012345678901}\n"
            };
        }
    },
    Decoder{
        "csv",
        csv,
        [] {
            return Seeds{
                "id,text,truth\r\n1,\"a \"\"b\"\", c\",x\r\n2,=1+1,y\r\n",
                "\xEF\xBB\xBFtext,id\nx,1\n\n\"y\nz\",2",
                "-1\r\n",
                "a\rb"
            };
        }
    },
    Decoder{
        "json_line",
        json_line,
        [] {
            return Seeds{
                "{\"value\":\"clear\", \"note\":[1.50,null]}",
                "[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]",
                "two\nlines",
                "\xFF"
            };
        }
    },
    Decoder{"task_chunk", task_chunk, [] { return Seeds{"MQ== {\"text\":\"a\"}\nMg== {}\n"}; }},
};

} // namespace

std::span<const Decoder> import_decoders() {
    return kDecoders;
}

} // namespace handprint::fuzz

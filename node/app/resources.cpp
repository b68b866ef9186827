#include "node/app/resources.hpp"

// HANDPRINT_ROOT is the source tree; the bytes end up in .rodata, the path does not.
#define HANDPRINT_EMBED(name, path)                                                                \
    __asm__(".section .rodata\n"                                                                   \
            ".global handprint_res_" #name "\n"                                                    \
            ".global handprint_res_" #name "_end\n"                                                \
            "handprint_res_" #name ":\n"                                                           \
            ".incbin \"" HANDPRINT_ROOT "/" path "\"\n"                                            \
            "handprint_res_" #name "_end:\n"                                                       \
            ".byte 0\n"                                                                            \
            ".previous\n");                                                                        \
    extern "C" const char handprint_res_##name[];                                                  \
    extern "C" const char handprint_res_##name##_end[];                                            \
    namespace handprint::app::resources {                                                          \
    std::string_view name() {                                                                      \
        return {                                                                                   \
            handprint_res_##name,                                                                  \
            static_cast<std::size_t>(handprint_res_##name##_end - handprint_res_##name)            \
        };                                                                                         \
    }                                                                                              \
    }

HANDPRINT_EMBED(openapi, "api/openapi.json")
HANDPRINT_EMBED(taxonomy, "node/app/demo_content/taxonomy.json")
HANDPRINT_EMBED(people, "node/app/demo_content/people.json")
HANDPRINT_EMBED(health_claims, "node/app/demo_content/health-claims.json")
HANDPRINT_EMBED(contract_clauses, "node/app/demo_content/contract-clauses.json")
HANDPRINT_EMBED(code_bugs, "node/app/demo_content/code-bugs.json")
HANDPRINT_EMBED(translate_en_sw, "node/app/demo_content/translate-en-sw.json")
HANDPRINT_EMBED(chat_answers, "node/app/demo_content/chat-answers.json")

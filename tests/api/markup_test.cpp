#include "api/markup.hpp"

#include <doctest/doctest.h>

using handprint::api::html_of;

TEST_CASE("the descriptions of the contract become paragraphs, lists and tables") {
    CHECK(html_of("One\nline.\n\nTwo.") == "<p>One line.</p>\n<p>Two.</p>\n");
    CHECK(
        html_of("**In and out.** Send `a<b` **here**.")
        == "<p><strong>In and out.</strong> Send <code>a&lt;b</code> <strong>here</strong>.</p>\n"
    );
    CHECK(
        html_of("Kinds:\n- one\n  more\n- `two`")
        == "<p>Kinds:</p>\n<ul><li>one more</li><li><code>two</code></li></ul>\n"
    );
    CHECK(
        html_of("| a | b |\n| --- | --- |\n| 1 | 2 |")
        == "<div class=\"table\" tabindex=\"0\"><table><tr><th> a </th><th> b </th></tr>"
           "<tr><td> 1 </td><td> 2 </td></tr></table></div>\n"
    );
    CHECK(html_of("a `b") == "<p>a `b</p>\n");
    CHECK(html_of("**a") == "<p>**a</p>\n");
    CHECK(html_of("`**` is <b>") == "<p><code>**</code> is &lt;b&gt;</p>\n");
    CHECK(html_of("").empty());
}

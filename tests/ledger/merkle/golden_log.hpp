#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

// The golden log of github.com/transparency-dev/tessera (testdata/log), which signs with a key that
// is published there, and a cosignature made with torchwood's published test key. Never keys of
// anything real.

namespace handprint::merkle::golden {

inline constexpr std::string_view kOrigin = "example.com/log/testdata";

inline constexpr std::string_view kLogKey =
    "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";

inline constexpr std::string_view kLogPrivateKey =
    "PRIVATE+KEY+example.com/log/testdata+33d7b496+AeymY/SZAX0jZcJ8enZ5FY1Dz+wTML2yWSkK+9DSF3eg";

inline constexpr std::string_view kWitnessName = "example.com/witness";

inline constexpr std::string_view kWitnessKey =
    "example.com/witness+10a1c019+BGSEitir7W6FmBs7OHWyUrh2frtLAvcDrKOx5xu9ao5Q";

inline constexpr std::string_view kWitnessSeed =
    "31ffc2116ecbe003acaa800ab70757bd7d53206e3febef6a6d0796d95530b34f";

inline const std::vector<std::string> kEntries{
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eit",
    "nain",
    "ten",
    "ileven",
    "twelf",
    "threeten",
    "fourten",
    "fivten"
};

/// The log's checkpoint of size 15, signed by the log.
inline constexpr std::string_view kCheckpoint15 =
    "example.com/log/testdata\n"
    "15\n"
    "rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=\n"
    "\n"
    "\u2014 example.com/log/testdata "
    "M9e0luh4jTG+UMBqOUo9/q+yAEvx1ilBEniMvjf1zfcBOhg+CKubMt53MvIt/"
    "uEWP6zdkdIQzd/fmwlM/dlPWF74ewI=\n";

/// The cosignature over it, of time 1700000000.
inline constexpr std::string_view kCosignature15 =
    "\u2014 example.com/witness "
    "EKHAGQAAAABlU/EAmzeWFDqE0pEPBSwnvYXBkTWWA2q/"
    "1StwU+tjD8NxlNwdBamPdAOIeHFx8kLDgeL9YjICRubQZbTnmky6"
    "AzArDw==\n";

/// A proof for entry 10, "ileven", under the cosigned checkpoint.
inline std::string proof_file() {
    return std::string("c2sp.org/tlog-proof@v1\n"
                       "index 10\n"
                       "O61cHA6zA3ynJh7PzdEPrfB8aE1YBWCBnJcNIpeUePs=\n"
                       "+aOLtO2sRhNENZkJokiDScXfm3SIduSzvll41DTaUUI=\n"
                       "Oy+stN8Ie64lJ90ILA9yEeOWSzBgC+6RjoKksiWsR7Y=\n"
                       "bC+VwvrJbalNVjfkdI8kUgs7mJoXrqiXCE7bgnD28pY=\n"
                       "\n")
           + std::string(kCheckpoint15) + std::string(kCosignature15);
}

/// A policy that trusts the log and wants the witness.
inline std::string policy_text() {
    return "log " + std::string(kLogKey) + "\nwitness w1 " + std::string(kWitnessKey)
           + "\nquorum w1\n";
}

} // namespace handprint::merkle::golden

#include "ledger/base/bytes.hpp"

namespace handprint {

namespace {

template <class T>
void put_big_endian(Bytes& out, T value) {
    for (std::size_t shift = sizeof(T) * 8; shift != 0; shift -= 8) {
        out.push_back(static_cast<std::uint8_t>((value >> (shift - 8)) & 0xffU));
    }
}

template <class T>
Result<T> take_big_endian(ByteView& in) {
    if (in.size() < sizeof(T)) return fail("truncated integer");
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i)
        value = (value << 8U) | in[i];
    in = in.subspan(sizeof(T));
    return static_cast<T>(value);
}

} // namespace

ByteView as_bytes(std::string_view text) noexcept {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string_view as_text(ByteView bytes) noexcept {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool equal(ByteView a, ByteView b) noexcept {
    return std::ranges::equal(a, b);
}

Bytes to_bytes(ByteView view) {
    return {view.begin(), view.end()};
}

void append(Bytes& out, ByteView more) {
    out.insert(out.end(), more.begin(), more.end());
}

void put_u16(Bytes& out, std::uint16_t value) {
    put_big_endian(out, value);
}

void put_u32(Bytes& out, std::uint32_t value) {
    put_big_endian(out, value);
}

void put_u64(Bytes& out, std::uint64_t value) {
    put_big_endian(out, value);
}

Result<std::uint16_t> take_u16(ByteView& in) {
    return take_big_endian<std::uint16_t>(in);
}

Result<std::uint32_t> take_u32(ByteView& in) {
    return take_big_endian<std::uint32_t>(in);
}

Result<std::uint64_t> take_u64(ByteView& in) {
    return take_big_endian<std::uint64_t>(in);
}

Result<ByteView> take_bytes(ByteView& in, std::size_t count) {
    if (in.size() < count) return fail("truncated bytes");
    const ByteView head = in.first(count);
    in = in.subspan(count);
    return head;
}

} // namespace handprint

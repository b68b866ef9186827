#include "node/store/batch_shape.hpp"

#include "ledger/base/check.hpp"

namespace handprint::store {

void check_shape(const Batch& batch) {
    HP_CHECK(batch.next.epoch == batch.expected.epoch, "a batch does not change the epoch");
    HP_CHECK(
        batch.next.size == batch.expected.size + static_cast<Int>(batch.entries.size()),
        "the head moves by the entries of the batch"
    );
    Int index = batch.expected.size;
    for (const EntryRecord& entry : batch.entries) {
        HP_CHECK(entry.index == index, "entries follow one another without gaps");
        ++index;
    }
    for (const PartRecord& part : batch.parts) {
        HP_CHECK(
            part.index >= batch.expected.size && part.index < batch.next.size,
            "a part belongs to an entry of its batch"
        );
    }
    Int blob = 0;
    for (const BlobRecord& record : batch.blobs) {
        HP_CHECK(
            record.id >= 1 && (blob == 0 || record.id == blob + 1), "blobs follow one another"
        );
        blob = record.id;
    }
}

bool continues(const Head& stored, const Head& expected) {
    return stored.epoch == expected.epoch && stored.size == expected.size
           && stored.root == expected.root;
}

} // namespace handprint::store

// Package records keeps the records of streams in a folder: lts.Records on
// Pebble, within the process.
//
// An append writes one row for each record, in one synced batch. Behind it, a
// sealer packs the rows of a stream, some 4096 at a time, into a compressed
// block with a summary: span, label sets, a filter of the words and the exact
// counts of the frequent ones. One Pebble batch writes the block and deletes its
// rows, so a record is always in exactly one of both. The blocks of a stream
// never overlap. A query merges rows and blocks, skips the blocks that cannot
// match, and answers counts from summaries where it can.
//
// Late records stay rows until enough of them lie within one block, which is
// then written anew. Records of streams too sparse for a block stay rows.
//
// When hardly anything is written for some seconds, the store gives back the
// disk space that was of use for writing only: logs and sealed rows.
//
// When the disk is full or fails, appends fail and leave nothing; the store
// opens its database again by itself with one of the next calls.
package records

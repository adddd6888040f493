package records

import (
	"encoding/binary"
	"fmt"
)

// The first byte of a key is its table. Numbers are big-endian, so that keys
// sort as numbers do.
//
//	s | stream ID              number of the stream
//	n | stream                 its ID
//	l | stream | label set     labels, for rows
//	r | stream | line number   one record
//	b | stream | greatest      a block of records, by its greatest line number
//	m | stream | greatest      its summary
//	f | stream | greatest      the filter of its words
//	c | stream | greatest      the counts of its frequent words
const (
	tableStreams = 's'
	tableNumbers = 'n'
	tableLabels  = 'l'
	tableRows    = 'r'
	tableBlocks  = 'b'
	tableSummary = 'm'
	tableFilters = 'f'
	tableCounts  = 'c'
)

// blockTables hold what belongs to a block, under the same key but for the
// first byte.
var blockTables = []byte{tableBlocks, tableSummary, tableFilters, tableCounts}

const (
	streamKeyLen = 1 + 8
	lineKeyLen   = streamKeyLen + 8
)

func idKey(streamID string) []byte { return append([]byte{tableStreams}, streamID...) }

func streamKey(table byte, stream uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{table}, stream)
}

// lineKey is a place in a table of a stream: a line number or a label set.
func lineKey(table byte, stream uint64, line int64) []byte {
	key := make([]byte, lineKeyLen)
	putLineKey(key, table, stream, line)
	return key
}

func putLineKey(key []byte, table byte, stream uint64, line int64) {
	key[0] = table
	binary.BigEndian.PutUint64(key[1:], stream)
	binary.BigEndian.PutUint64(key[streamKeyLen:], uint64(max(line, 0)))
}

// lineOf gives the line number of a key that lineKey made.
func lineOf(key []byte) int64 {
	return int64(binary.BigEndian.Uint64(key[streamKeyLen:]))
}

// streamOf gives the stream of a key that streamKey or lineKey made.
func streamOf(key []byte) uint64 { return binary.BigEndian.Uint64(key[1:]) }

func errCorrupt(what string) error { return fmt.Errorf("records: corrupt %s", what) }

// errFormat is what a folder gives that another version of this program has
// written.
func errFormat(what string, have, want byte) error {
	return fmt.Errorf("records: a %s has format %d, this program reads format %d", what, have, want)
}

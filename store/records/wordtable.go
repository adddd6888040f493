package records

import (
	"cmp"
	"encoding/binary"
	"slices"

	"github.com/FastFilter/xorfilter"
	"github.com/cespare/xxhash/v2"

	"github.com/ltskit/ltskit/lts"
)

// rareWord is the number of records of a block up to which a word is not worth
// a count of its own.
const rareWord = 4

// wordHash stands for a folded word in filters and counts. It is never 0.
func wordHash[T string | []byte](word T) uint64 {
	return max(xxhash.Sum64String(string(word)), 1)
}

// A wordTable counts in how many records each word stands. Its memory is used
// again and again.
type wordTable struct {
	slots   []wordSlot // open addressing, a power of two
	used    int
	folded  []byte
	builder xorfilter.BinaryFuseBuilder
	hashes  []uint64
	common  []wordSlot
}

type wordSlot struct {
	hash   uint64 // 0: free
	count  uint32
	latest int32 // the last record that had the word
}

// count takes in the words of all records.
func (t *wordTable) count(records *columns) {
	t.used = 0
	if t.slots == nil {
		t.slots = make([]wordSlot, 1<<12)
	}
	clear(t.slots)
	for i := range records.lines {
		t.folded = lts.AppendFold(t.folded[:0], records.view(i))
		for start, end := lts.NextWord(t.folded, 0); start < end; start, end = lts.NextWord(t.folded, end) {
			t.add(max(xxhash.Sum64(t.folded[start:end]), 1), int32(i))
		}
	}
}

func (t *wordTable) add(hash uint64, record int32) {
	slot := t.find(hash)
	switch {
	case slot.hash == 0:
		*slot = wordSlot{hash, 1, record}
		if t.used++; t.used > len(t.slots)/2 {
			t.grow()
		}
	case slot.latest != record:
		slot.count++
		slot.latest = record
	}
}

// find gives the slot of hash, or the free one where it belongs.
func (t *wordTable) find(hash uint64) *wordSlot {
	mask := uint64(len(t.slots) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		if slot := &t.slots[i]; slot.hash == hash || slot.hash == 0 {
			return slot
		}
	}
}

func (t *wordTable) grow() {
	old := t.slots
	t.slots = make([]wordSlot, 2*len(old))
	for _, slot := range old {
		if slot.hash != 0 {
			*t.find(slot.hash) = slot
		}
	}
}

// filter writes a binary-fuse filter of the words: five numbers, then
// fingerprints. It is empty when there are no words.
func (t *wordTable) filter() ([]byte, error) {
	t.hashes = t.hashes[:0]
	for _, slot := range t.slots {
		if slot.hash != 0 {
			t.hashes = append(t.hashes, slot.hash)
		}
	}
	if len(t.hashes) == 0 {
		return nil, nil
	}
	f, err := xorfilter.BuildBinaryFuse[uint8](&t.builder, t.hashes)
	if err != nil {
		return nil, err
	}
	b := make([]byte, 0, filterHeader+len(f.Fingerprints))
	b = binary.LittleEndian.AppendUint64(b, f.Seed)
	for _, n := range []uint32{f.SegmentLength, f.SegmentLengthMask, f.SegmentCount, f.SegmentCountLength} {
		b = binary.LittleEndian.AppendUint32(b, n)
	}
	return append(b, f.Fingerprints...), nil
}

const filterHeader = 8 + 4*4

// filterHas tells whether a word may be among those of the filter.
func filterHas(b []byte, hash uint64) bool {
	if len(b) < filterHeader {
		return false
	}
	word := func(i int) uint32 { return binary.LittleEndian.Uint32(b[8+4*i:]) }
	f := xorfilter.BinaryFuse[uint8]{
		Seed:          binary.LittleEndian.Uint64(b),
		SegmentLength: word(0), SegmentLengthMask: word(1), SegmentCount: word(2), SegmentCountLength: word(3),
		Fingerprints: b[filterHeader:],
	}
	return f.Contains(hash)
}

// counts writes the words of more than rareWord records: all hashes, ascending,
// then the count of each.
func (t *wordTable) counts() []byte {
	t.common = t.common[:0]
	for _, slot := range t.slots {
		if slot.count > rareWord {
			t.common = append(t.common, slot)
		}
	}
	slices.SortFunc(t.common, func(a, b wordSlot) int { return cmp.Compare(a.hash, b.hash) })
	b := make([]byte, 0, countSize*len(t.common))
	for _, slot := range t.common {
		b = binary.LittleEndian.AppendUint64(b, slot.hash)
	}
	for _, slot := range t.common {
		b = binary.LittleEndian.AppendUint16(b, uint16(slot.count))
	}
	return b
}

const countSize = 8 + 2

// countOf gives the number of records that have a word, 0 if it is not among
// the counts.
func countOf(b []byte, hash uint64) int {
	number := len(b) / countSize
	low, high := 0, number
	for low < high {
		middle := (low + high) / 2
		if binary.LittleEndian.Uint64(b[8*middle:]) < hash {
			low = middle + 1
		} else {
			high = middle
		}
	}
	if low == number || binary.LittleEndian.Uint64(b[8*low:]) != hash {
		return 0
	}
	return int(binary.LittleEndian.Uint16(b[8*number+2*low:]))
}

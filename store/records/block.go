package records

import (
	"encoding/binary"
	"slices"

	"github.com/klauspost/compress/zstd"
)

// maxBlockRecords is the greatest number of records of a block: counts of words
// have 16 bits.
const maxBlockRecords = 1<<16 - 1

// blockFormat begins every block, before its compressed part.
const blockFormat = 1

// A blockCodec packs and unpacks blocks. It may be used concurrently.
type blockCodec struct {
	encoder *zstd.Encoder
	decoder *zstd.Decoder
}

// newBlockCodec leaves checksums to Pebble, which has its own.
func newBlockCodec() (*blockCodec, error) {
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest),
		zstd.WithEncoderCRC(false), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	decoder, err := zstd.NewReader(nil, zstd.IgnoreChecksum(true), zstd.WithDecoderConcurrency(0))
	if err != nil {
		return nil, err
	}
	return &blockCodec{encoder, decoder}, nil
}

func (c *blockCodec) close() {
	_ = c.encoder.Close() // nothing is being written
	c.decoder.Close()
}

// encode appends the packed records to dst.
func (c *blockCodec) encode(dst []byte, plain []byte) []byte {
	return c.encoder.EncodeAll(plain, append(dst, blockFormat))
}

// appendPlain writes what encode packs: number, label sets, then line numbers
// (differences), label sets (if there are several) and lengths of all records,
// then the text.
func (c *columns) appendPlain(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(c.len()))
	b = appendSets(b, c.sets.encoded)
	before := int64(0)
	for _, line := range c.lines {
		b = binary.AppendUvarint(b, uint64(line-before))
		before = line
	}
	if len(c.sets.encoded) > 1 {
		for _, label := range c.label {
			b = binary.AppendUvarint(b, uint64(label))
		}
	}
	for i := range c.ends {
		b = binary.AppendUvarint(b, uint64(c.ends[i]-c.start(i)))
	}
	return append(b, c.text...)
}

// decode unpacks a block into records, whose memory it reuses. The buffer is the
// memory in which the text lies; give it to the next decode once records are of
// no use any more.
func (c *blockCodec) decode(records *columns, block, buffer []byte) ([]byte, error) {
	if len(block) == 0 || block[0] != blockFormat {
		return buffer, errCorrupt("block format")
	}
	buffer, err := c.decoder.DecodeAll(block[1:], buffer[:0])
	if err != nil {
		return buffer, err
	}
	if !records.read(buffer) {
		return buffer, errCorrupt("block")
	}
	return buffer, nil
}

// read takes what appendPlain wrote; the text stays in b.
func (c *columns) read(b []byte) bool {
	number, n := binary.Uvarint(b)
	if n <= 0 || number > maxBlockRecords {
		return false
	}
	sets, b, ok := takeSets(b[n:])
	if !ok || len(sets) == 0 {
		return false
	}
	c.setSets(sets)
	c.resize(int(number))
	if b, ok = c.readLines(b); !ok {
		return false
	}
	if b, ok = c.readLabels(b); !ok {
		return false
	}
	c.text, ok = c.readEnds(b)
	return ok
}

// setSets keeps what is decoded already when the sets are the same as before.
func (c *columns) setSets(sets []string) {
	if slices.Equal(sets, c.sets.encoded) {
		return
	}
	c.sets = labelSets{}
	for _, set := range sets {
		c.sets.add(set)
	}
}

func (c *columns) resize(number int) {
	c.lines = slices.Grow(c.lines[:0], number)[:number]
	c.label = slices.Grow(c.label[:0], number)[:number]
	c.ends = slices.Grow(c.ends[:0], number)[:number]
}

func (c *columns) readLines(b []byte) ([]byte, bool) {
	line := int64(0)
	for i := range c.lines {
		step, n := binary.Uvarint(b)
		if n <= 0 {
			return nil, false
		}
		line += int64(step)
		c.lines[i] = line
		b = b[n:]
	}
	return b, true
}

func (c *columns) readLabels(b []byte) ([]byte, bool) {
	if len(c.sets.encoded) == 1 {
		clear(c.label)
		return b, true
	}
	for i := range c.label {
		label, n := binary.Uvarint(b)
		if n <= 0 || label >= uint64(len(c.sets.encoded)) {
			return nil, false
		}
		c.label[i] = int32(label)
		b = b[n:]
	}
	return b, true
}

func (c *columns) readEnds(b []byte) ([]byte, bool) {
	end := 0
	for i := range c.ends {
		size, n := binary.Uvarint(b)
		if n <= 0 || size > 1<<40 {
			return nil, false
		}
		end += int(size)
		c.ends[i] = end
		b = b[n:]
	}
	return b, end == len(b)
}
